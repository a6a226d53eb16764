"""Withholding: what was purged is not shown either where it comes again at another address.

A file is known by its bytes, so that is when somebody first looks at it. From then on its address is refused like the
file, and what showed it lets it go as if it had come without: there is no version of that, and nobody is notified.
What comes later with a refused address is taken in without it. Emoji and pictures of earlier versions stand in many
places and have no row of their own: they are left out when something is shown.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from msgspec import structs

from smallfed.domain.account import Account, Emoji
from smallfed.domain.card import Glimpse
from smallfed.domain.copy import Subject
from smallfed.domain.events import PictureWithheld
from smallfed.domain.incoming import IncomingAccount, IncomingPost, IncomingVersion
from smallfed.domain.post import Attachment, Post
from smallfed.store import accounts, attachments, cards, documents, posts, purges
from smallfed.store.tx import Tx

Version = TypeVar("Version", IncomingPost, IncomingVersion)
Illustrated = TypeVar("Illustrated", Account, Post)


# What shows it already ------------------------------------------------------------------------------------------------
def recognise(tx: Tx, subject: Subject, whose: int, url: str, *digests: bytes | None) -> bool:
    """Return whether what was fetched from ``url``, with these hashes, was purged; then let go what shows it."""
    purge = purges.of_file(tx, *digests)
    if purge is not None:
        purges.remember(tx, purge, words=[url])
    elif not purges.holds(tx, url):
        return False
    dismiss(tx, subject, whose, url)
    return True


def dismiss(tx: Tx, subject: Subject, whose: int, url: str) -> None:
    """Let somebody else's attachment, face or card go if it is what is at ``url``, which is refused."""
    found = _DISMISSING.get(subject)
    if found is not None:
        found(tx, whose, url)


def _from_post(tx: Tx, number: int, url: str) -> None:
    post, shown = attachments.find(tx, number) or (0, None)
    if shown is None or url not in (shown.url, shown.preview_url) or posts.get(tx, post).local:
        return
    if _without(shown, {url}) is None:
        attachments.drop(tx, number)
    else:
        attachments.drop_preview(tx, number)
    documents.drop(tx, post)  # it names the picture, and describes it
    tx.announce(PictureWithheld(post=post))


def _avatar(tx: Tx, number: int, url: str) -> None:
    account = accounts.find(tx, number)
    if account is not None and not account.local and account.avatar == url:
        accounts.change(tx, number, avatar=None, avatar_description="")
        tx.announce(PictureWithheld())


def _header(tx: Tx, number: int, url: str) -> None:
    account = accounts.find(tx, number)
    if account is not None and not account.local and account.header == url:
        accounts.change(tx, number, header=None, header_description="")
        tx.announce(PictureWithheld())


def _card(tx: Tx, number: int, url: str) -> None:
    if cards.drop_image(tx, number, url):
        tx.announce(PictureWithheld())


_DISMISSING: Mapping[Subject, Callable[[Tx, int, str], None]] = {
    Subject.ATTACHMENT: _from_post,
    Subject.AVATAR: _avatar,
    Subject.HEADER: _header,
    Subject.CARD: _card,
}


# What comes -----------------------------------------------------------------------------------------------------------
def of_post(tx: Tx, post: IncomingPost) -> IncomingPost:
    """Return a post that has come, or a version of one, without what is at refused addresses."""
    pictures = (post.attachments, *(version.attachments for version in post.former))
    urls = {url for some in pictures for shown in some for url in _places(shown)}
    refused = purges.held(tx, urls | _drawn(post.emojis))
    if not refused:
        return post
    former = tuple(_version(version, refused) for version in post.former)
    return structs.replace(_version(post, refused), former=former, emojis=_emojis(post.emojis, refused), raw=b"")


def _version(version: Version, refused: Collection[str]) -> Version:
    left = (_without(shown, refused) for shown in version.attachments)
    return structs.replace(version, attachments=tuple(shown for shown in left if shown is not None))


def of_person(tx: Tx, actor: IncomingAccount) -> IncomingAccount:
    """Return somebody without faces and emoji at refused addresses."""
    refused = purges.held(tx, {actor.avatar or "", actor.header or ""} - {""} | _drawn(actor.emojis))
    if not refused:
        return actor
    if actor.avatar in refused:
        actor = structs.replace(actor, avatar=None, avatar_description="")
    if actor.header in refused:
        actor = structs.replace(actor, header=None, header_description="")
    return structs.replace(actor, emojis=_emojis(actor.emojis, refused))


def of_page(tx: Tx, glimpse: Glimpse) -> Glimpse:
    """Return what a page says of itself without a picture at a refused address."""
    if not purges.holds(tx, glimpse.image):
        return glimpse
    return structs.replace(glimpse, image="", image_description="")


# What is shown --------------------------------------------------------------------------------------------------------
def drawn(tx: Tx, found: Mapping[int, Illustrated]) -> dict[int, Illustrated]:
    """Return posts or people without emoji at refused addresses: their names stay as text."""
    refused = purges.held(tx, {url for one in found.values() for url in _drawn(one.emojis)})
    if not refused:
        return dict(found)
    return {number: structs.replace(one, emojis=_emojis(one.emojis, refused)) for number, one in found.items()}


def earlier(tx: Tx, versions: Collection[tuple[Attachment, ...]]) -> list[tuple[Attachment, ...]]:
    """Return what versions of a post showed, without what is at refused addresses."""
    refused = purges.held(tx, {url for version in versions for shown in version for url in _places(shown)})
    left = ([_without(shown, refused) for shown in version] for version in versions)
    return [tuple(shown for shown in version if shown is not None) for version in left]


def _without(shown: Attachment, refused: Collection[str]) -> Attachment | None:
    """Return an attachment without what is refused. The smaller form of a picture is that picture; of a film it is not.

    How it looks from afar is how the smaller form does.
    """
    if shown.url in refused:
        return None
    if shown.preview_url is None or shown.preview_url not in refused:
        return shown
    return structs.replace(shown, preview_url=None, blurhash=None) if shown.kind in _MOVING else None


_MOVING = ("gifv", "video", "audio")


def _places(shown: Attachment) -> list[str]:
    return [url for url in (shown.url, shown.preview_url) if url]


def _drawn(emojis: Iterable[Emoji]) -> set[str]:
    return {url for emoji in emojis for url in (emoji.url, emoji.still) if url}


def _emojis(emojis: Iterable[Emoji], refused: Collection[str]) -> tuple[Emoji, ...]:
    return tuple(emoji for emoji in emojis if emoji.url not in refused and emoji.still not in refused)
