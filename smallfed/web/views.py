"""Facts as the public pages show them: what a template needs of a post, gathered for a whole page at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup, escape
from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.house import House
from smallfed.domain.post import Post, Visibility
from smallfed.domain.remote import can_be_carried
from smallfed.services import withholding
from smallfed.store import accounts, details, posts, preferences, standings
from smallfed.store.likes import Tally
from smallfed.store.tx import Tx
from smallfed.text.sanitise import cut, plain
from smallfed.web import words
from smallfed.web.ballots import Ballot, ballot
from smallfed.web.galleries import Gallery, gallery
from smallfed.web.linked import Linked, linked
from smallfed.web.persons import Person, bare, emoticon, illustrated, page_of, person
from smallfed.web.quotations import Quotation, Quotations

_AUDIENCE = {
    Visibility.PRIVATE: "For followers",
    Visibility.DIRECT: "For those it names",
    Visibility.LOCAL: "Local only",
}


class Felt(Struct, frozen=True, kw_only=True):
    """How many gave a post a reaction; ``picture`` is that of a custom emoji of ours."""

    emoji: str
    picture: str | None
    count: int


class Parent(Struct, frozen=True, kw_only=True):
    """What a post answers: its number, None while we lack it; its author's name, and where it can be read."""

    id: int | None
    name: Markup
    url: str


class Shown(Struct, frozen=True, kw_only=True):
    """A post on a page. ``content`` is sanitised HTML, ``text`` the beginning of it on one line, ``warning`` is the
    ``summary`` with pictures of custom emoji.

    ``verified`` says how far its numbers are verified; ``boosted`` is set when the owner only passes it on;
    ``audience`` says who may see it, "" where everybody may.
    """  # noqa: D205

    id: int
    url: str
    author: Person
    content: Markup
    text: str
    summary: str
    warning: Markup
    sensitive: bool
    language: str | None
    published_at: datetime
    edited_at: datetime | None
    gallery: Gallery
    counts: tuple[str, ...]
    verified: str
    reactions: tuple[Felt, ...] = ()
    local: bool = False
    ballot: Ballot | None = None
    quotation: Quotation | None = None
    linked: Linked | None = None
    parent: Parent | None = None
    audience: str = ""
    boosted: bool = False
    pinned: bool = False


def several(tx: Tx, house: House, found: Sequence[Post], *, pinned: bool = False) -> list[Shown]:
    """Return posts as shown, in their order; boosts as what they pass on, ``pinned`` ones as such."""
    boosted = posts.several_visible(tx, [post.boost_of_id for post in found if post.boost_of_id], None)
    originals = [boosted.get(post.boost_of_id or 0, post) for post in found]
    parts = details.of_posts(tx, originals)
    quotations = Quotations(tx, house, originals)
    answered = {post.in_reply_to_account_id for post in originals if post.in_reply_to_account_id is not None}
    discreet = preferences.hidden(tx, None).posts
    people = withholding.drawn(tx, accounts.several(tx, {post.account_id for post in originals} | answered))
    drawn = withholding.drawn(tx, {post.id: post for post in originals})
    unseen = {number for number, known in standings.of(tx, people).items() if known.without_pictures}
    people = {number: bare(known) if number in unseen else known for number, known in people.items()}
    return [
        _shown(
            house,
            structs.replace(original, emojis=()) if original.account_id in unseen else drawn[original.id],
            people,
            _without_pictures(parts[original.id]) if original.account_id in unseen else parts[original.id],
            quotations,
            boosted=original.id != post.id,
            pinned=pinned,
            discreet=discreet and original.local,
        )
        for post, original in zip(found, originals, strict=True)
        if original.boost_of_id is None
    ]


def _without_pictures(detail: details.Detail) -> details.Detail:
    return structs.replace(detail, attachments=(), card=None)


def _shown(
    house: House,
    post: Post,
    people: Mapping[int, Account],
    detail: details.Detail,
    quotations: Quotations,
    *,
    boosted: bool,
    pinned: bool,
    discreet: bool,
) -> Shown:
    def drawn(text: str) -> Markup:
        return illustrated(house, escape(text), post.emojis)

    author = person(house, people[post.account_id])
    claimed_by = None if post.local else author.host
    content = quotations.words(post)
    return Shown(
        id=post.id,
        url=page_of(house, post),
        author=author,
        content=illustrated(house, content, post.emojis),
        text=cut(" ".join(plain(content).split()), 200),
        summary=post.summary,
        warning=drawn(post.summary),
        sensitive=post.sensitive,
        language=post.language,
        published_at=post.published_at,
        edited_at=post.edited_at,
        gallery=gallery(house, detail.attachments),
        counts=_counts(detail, discreet=discreet),
        verified=""
        if discreet
        else words.verified(
            boosted=(detail.boosts, detail.boosts_verified),
            liked=(detail.likes, detail.likes_verified),
            claimed_by=claimed_by,
        ),
        reactions=() if discreet else tuple(_felt(house, tally) for tally in detail.reactions),
        local=post.local,
        ballot=None if detail.poll is None else ballot(detail.poll, drawn, claimed_by),
        quotation=quotations.of(post),
        linked=None if detail.attachments else linked(house, detail.card, sensitive=post.sensitive),
        parent=_parent(house, post, people),
        audience=_AUDIENCE.get(post.visibility, ""),
        boosted=boosted,
        pinned=pinned,
    )


def _counts(detail: details.Detail, *, discreet: bool) -> tuple[str, ...]:
    """Say how many answer, boost and like it; ``discreet``: only how many answer, who stand below it anyway."""
    answers = (detail.replies, words.counted(detail.replies, "reply", "replies"))
    others = [(detail.boosts, words.boosts(detail.boosts)), (detail.likes, words.favourites(detail.likes))]
    return tuple(said for number, said in [answers, *([] if discreet else others)] if number)


def _parent(house: House, post: Post, people: Mapping[int, Account]) -> Parent | None:
    author = people.get(post.in_reply_to_account_id or 0)
    if author is None or post.in_reply_to is None:
        return None
    ours = author.local and post.in_reply_to_id is not None
    url = house.note_page(post.in_reply_to_id) if ours and post.in_reply_to_id else post.in_reply_to
    return Parent(id=post.in_reply_to_id, name=person(house, author).display, url=url)


def _felt(house: House, tally: Tally) -> Felt:
    reaction = tally.reaction
    known = reaction.picture
    picture = emoticon(house, known) if known is not None and can_be_carried(known) else None
    return Felt(emoji=reaction.emoji, picture=picture, count=tally.count)
