"""Purging: what must not be here goes, wherever it is, and what it was is refused from then on.

First what is refused is remembered, so that nothing comes back while the rest goes; then posts and files go slice by
slice, each in a transaction of its own, with the hashes of their files; at last what the books still name. Everything
that is to be done is a row until it is done, so a restart goes on where it was.

Spec: issue of moderation, item 8.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.events import AccountGone, FilesDiscarded, PostDeleted, PurgeBegun
from smallfed.domain.post import Post
from smallfed.domain.purge import Purge, PurgeKind
from smallfed.domain.uris import host, web
from smallfed.errors import Conflict, Invalid
from smallfed.services import admitting, boosting, following, posting, uploading
from smallfed.services.copying import FOLDER
from smallfed.services.uploading import FILES
from smallfed.store import (
    accounts,
    attachments,
    copies,
    discards,
    edits,
    erasing,
    follows,
    houses,
    media,
    posts,
    purges,
    searchables,
    traces,
    waves,
)
from smallfed.store.traces import Traces
from smallfed.store.tx import Tx

SLICE = 20  # posts in one transaction
SWEPT = 1000  # entries of the index of words
LONGEST = 500  # characters of a reason
HEX = 64  # letters of a SHA-256


class Plan(Struct, frozen=True, kw_only=True):
    """What a purge is about, and what would go. ``shown_by``: posts of the owner that show the file, and keep it."""

    kind: PurgeKind
    host: str = ""
    own: bool = False
    words: tuple[str, ...] = ()
    digests: tuple[bytes, ...] = ()
    account_id: int | None = None
    here: bool = False
    posts: int = 0
    boosts: int = 0
    files: int = 0
    follows: bool = False
    followed: bool = False
    shown_by: tuple[str, ...] = ()


class Slice(Struct, frozen=True, kw_only=True):
    """What goes next: posts, copies of others' media, uploads. ``files`` are remembered by their hashes, by name."""

    posts: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()
    media: tuple[int, ...] = ()
    files: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything goes."""
        return bool(self.posts or self.copies or self.media)


# Before ---------------------------------------------------------------------------------------------------------------
def plan(tx: Tx, named: str) -> Plan:
    """Say what ``named`` (an address, an id, a handle, the SHA-256 of a file) is, and what would go.

    What is not here can be purged, too: then it never comes. Invalid for what is none of these, or the owner.
    """
    named = named.strip()
    if len(named) == HEX and all(letter in "0123456789abcdef" for letter in named.lower()):
        return _of_file(tx, bytes.fromhex(named))
    if web(named) is None:
        return _of_handle(tx, named)
    post, account, copy = posts.find_url(tx, named), accounts.find_url(tx, named), copies.find(tx, named)
    if post is not None:
        return _of_post(tx, post)
    if account is not None:
        return _of_account(tx, account)
    if copy is not None and copy.digest is not None:
        found = _of_file(tx, copy.digest)
        return Plan(
            kind=found.kind, host=copy.host, words=(named,), digests=found.digests, here=True, files=found.files
        )
    if host(named) in houses.get(tx).names:
        raise Invalid(f"{named} is no post of yours that is still here")
    return Plan(kind=PurgeKind.POST, host=host(named) or "", words=(named,))


def _of_handle(tx: Tx, named: str) -> Plan:
    user, _, name = named.removeprefix("@").partition("@")
    if not user or not name or "/" in name:
        raise Invalid(f"{named!r} is nothing that can be purged: give an address, @user@example.org, or a SHA-256")
    account = accounts.find_handle(tx, user, name.lower())
    if account is not None:
        return _of_account(tx, account)
    return Plan(kind=PurgeKind.ACTOR, host=name.lower(), words=(handle(user, name),))


def handle(user: str, name: str) -> str:
    """Return a handle as it is remembered."""
    return f"@{user}@{name}".lower()


def _of_post(tx: Tx, post: Post) -> Plan:
    author = accounts.get(tx, post.account_id)
    return Plan(
        kind=PurgeKind.POST,
        host=author.host,
        own=post.local,
        words=_words_of(tx, post),
        here=True,
        posts=1,
        boosts=erasing.boosts(tx, post.id),
        files=len(_slice_of(tx, [post.id]).files),
    )


def _of_account(tx: Tx, account: Account) -> Plan:
    if account.local:
        raise Invalid("this is your own account: to leave for good there is `smallfed farewell`")
    owner, total = houses.owner_id(tx), erasing.totals(tx, account.id)
    return Plan(
        kind=PurgeKind.ACTOR,
        host=account.host,
        words=tuple(filter(None, (account.uri, account.url, handle(account.username, account.host)))),
        account_id=account.id,
        here=True,
        posts=total.posts,
        boosts=total.boosts,
        files=total.files,
        follows=follows.has(tx, owner, account.id),
        followed=follows.has(tx, account.id, owner),
    )


def _of_file(tx: Tx, digest: bytes) -> Plan:
    found = erasing.copies_of_file(tx, digest)
    unused = purges.unused_media(tx, digest)
    return Plan(
        kind=PurgeKind.FILE,
        digests=(digest,),
        here=bool(found or unused),
        files=len(found) + len(unused),
        shown_by=tuple(purges.showing(tx, digest)),
    )


def _words_of(tx: Tx, post: Post) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (post.uri, post.url, *_urls(tx, post)))))


def _urls(tx: Tx, post: Post) -> list[str]:
    """Return where the pictures of all versions of somebody else's post are; the owner's have no copies."""
    shown = [] if post.local else [*attachments.of_post(tx, post.id)]
    earlier = [] if post.local else [one for edit in edits.of_post(tx, post.id) for one in edit.attachments]
    return [url for one in (*shown, *earlier) for url in (one.url, one.preview_url) if url]


# It begins ------------------------------------------------------------------------------------------------------------
def begin(tx: Tx, named: str, *, reason: str = "") -> Purge:
    """Refuse from now on what ``named`` says, and let it go soon. Conflict when another purge is under way."""
    if purges.under_way(tx) is not None:
        raise Conflict("another purge is under way: wait until `smallfed purge list` says that it has ended")
    found = plan(tx, named)
    begun = purges.put(
        tx,
        Purge(
            id=0,
            kind=found.kind,
            host=found.host,
            reason=reason.strip()[:LONGEST],
            own=found.own,
            words=found.words,
            account_id=found.account_id,
            begun_at=tx.now,
        ),
    )
    if not found.own:  # nobody sends us what is our own
        purges.remember(tx, begun.id, words=found.words)
    purges.remember(tx, begun.id, files=found.digests)
    tx.announce(PurgeBegun(purge=begun.id))
    return begun


# Slice by slice -------------------------------------------------------------------------------------------------------
def next_slice(tx: Tx, purge: Purge) -> Slice:
    """Return what goes next; nothing at the end. May read all copies: for a thread."""
    if purge.account_id is not None:
        found = [post.id for post in posts.newest_of(tx, purge.account_id, SLICE)]
        if found:
            return _slice_of(tx, found)
    elif purge.kind is PurgeKind.POST:
        named = [post for post in (posts.find_uri(tx, word) for word in purge.words) if post is not None]
        if named:
            return _slice_of(tx, [post.id for post in named])
    same = purges.same_copies(tx, purge.id, SLICE)
    unused = [medium for digest in purges.digests(tx, purge.id) for medium in purges.unused_media(tx, digest)][:SLICE]
    return Slice(copies=tuple(same), media=tuple(unused), files=_names(tx, same, unused))


def _slice_of(tx: Tx, chosen: Sequence[int]) -> Slice:
    found = list(posts.several(tx, chosen).values())
    shown = purges.copies_at(tx, [url for post in found for url in _urls(tx, post)])
    own = [medium.id for post in found if post.local for medium in media.of_post(tx, post.id)]
    return Slice(posts=tuple(post.id for post in found), copies=tuple(shown), files=_names(tx, shown, own))


def _names(tx: Tx, shown: Collection[int], own: Collection[int]) -> tuple[str, ...]:
    """Return the files, below the folder of media, of copies and of uploads."""
    found = [copy for copy in (copies.find_id(tx, one) for one in shown) if copy is not None]
    theirs = [f"{FOLDER}/{name}" for copy in found for name in (copy.file, copy.preview) if name is not None]
    taken = [f"{FILES}/{name}" for one in media.several(tx, own).values() for name in (one.file, one.preview) if name]
    return (*theirs, *taken)


def strike(tx: Tx, number: int, chosen: Slice, digests: Mapping[str, bytes]) -> tuple[str, ...] | None:
    """Let a slice go, and refuse its files; return their names.

    ``digests`` are the SHA-256 of those files that could be read. None when there is more by now than was chosen: then
    choose again. What the owner has posted or boosted is taken back, as if the owner had deleted it.
    """
    again = _slice_of(tx, chosen.posts) if chosen.posts else chosen
    if set(again.files) - set(chosen.files):
        return None
    known = {digest for one in chosen.copies if (copy := copies.find_id(tx, one)) and (digest := copy.digest)}
    uploads = [medium for post in chosen.posts for medium in media.of_post(tx, post)]
    uploads += media.several(tx, chosen.media).values()
    known |= {digest for medium in uploads for digest in (medium.digest, medium.uploaded) if digest is not None}
    purges.remember(tx, number, files=[*known, *digests.values()])
    going = posts.several(tx, chosen.posts).values()
    words = [word for post in going for word in _words_of(tx, post)]
    purges.remember(tx, number, words=[word for post in going if not post.local for word in _words_of(tx, post)])
    cards = [image for post in chosen.posts for image in purges.lonely_cards(tx, post)]
    gone = purges.drop_copies(tx, [*chosen.copies, *purges.copies_at(tx, cards)])
    _discard(tx, [f"{FOLDER}/{name}" for name in gone])
    uploading.remove(tx, list(media.several(tx, chosen.media).values()))
    waves.forget_samples(tx, posts=chosen.posts)
    for post in going:
        _remove(tx, post)
    traces.drop_exact(tx, words, spare=accounts.owner(tx).uri)
    while searchables.sweep(tx, SWEPT) == SWEPT:
        pass
    purges.count(tx, number, posts=len(chosen.posts), files=len(again.files))
    return tuple(dict.fromkeys((*again.files, *(f"{FOLDER}/{name}" for name in gone))))


def _discard(tx: Tx, names: Collection[str]) -> None:
    if names:
        discards.put(tx, names)
        tx.announce(FilesDiscarded())


def _remove(tx: Tx, post: Post) -> None:
    if post.local:
        posting.delete(tx, post.id, media=True)
        return
    if post.boost_of_id is not None:
        boosting.take_back(tx, post)
        return
    boost = posts.find_boost(tx, post.id, houses.owner_id(tx))
    if boost is not None:
        boosting.take_back(tx, boost)
    boosts = posts.drop(tx, post.id)
    accounts.reckon(tx, post.account_id, "posts", -1)
    tx.announce(PostDeleted(post=post.id, uri=post.uri, local=False, account=post.account_id, boosts=boosts))


# At the end -----------------------------------------------------------------------------------------------------------
def part(tx: Tx, purge: Purge) -> tuple[str, ...]:
    """Let the person go who was purged, with all that was between us; return the names of files."""
    account = None if purge.account_id is None else accounts.find(tx, purge.account_id)
    if account is None or account.local:
        return ()
    following.unfollow(tx, account)
    admitting.remove_follower(tx, account)
    faces = [url for url in (account.avatar, account.header) if url is not None]
    gone = [f"{FOLDER}/{name}" for name in purges.drop_copies(tx, purges.copies_at(tx, faces))]
    _discard(tx, gone)
    waves.forget_samples(tx, account=account.id)
    erasing.account(tx, account.id)
    tx.announce(AccountGone(account=account.id, uri=account.uri))
    return tuple(gone)


def words_of(purge: Purge) -> tuple[str, ...]:
    """Return by what the books may name what goes."""
    return tuple(word for word in purge.words if not word.startswith("@"))


def tidy(tx: Tx, purge: Purge) -> None:
    """Let go what the books have of exactly this."""
    traces.drop_exact(tx, words_of(purge), spare=accounts.owner(tx).uri)


def look(tx: Tx, purge: Purge) -> Traces:
    """Look through all that came and was sent for what names it."""
    return traces.find(tx, words_of(purge))


def forget(tx: Tx, number: int) -> Purge:
    """Let what was purged come back if it comes; NotFound. Conflict while it is still going."""
    if purges.get(tx, number).ended_at is None:
        raise Conflict("this purge is still under way")
    return purges.forget(tx, number)


def end(tx: Tx, number: int) -> Purge:
    """Note that a purge has ended."""
    purges.end(tx, number)
    return purges.get(tx, number)
