"""Quotes on the public pages: a small card of what is quoted, or why it is not shown.

Spec: FEP-044f; what was not agreed to is not shown. Strangers see of quoted posts what they see of all.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from markupsafe import Markup, escape
from msgspec import Struct

from smallfed.domain import uris
from smallfed.domain.account import Account
from smallfed.domain.house import House
from smallfed.domain.interaction import Quote, QuoteState
from smallfed.domain.post import Post
from smallfed.services import withholding
from smallfed.store import accounts, attachments, polls, posts, quotes, relations
from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from smallfed.text import quoting
from smallfed.text.sanitise import cut, plain
from smallfed.web import words
from smallfed.web.persons import Person, illustrated, page_of, person

LONGEST = 400
_WHY: Mapping[QuoteState, str] = {
    QuoteState.PENDING: "This quotes a post whose author has not agreed to it yet.",
    QuoteState.ACCEPTED: "This quotes a post that cannot be shown here.",
    QuoteState.REJECTED: "This quotes a post whose author did not agree to it.",
    QuoteState.REVOKED: "This quotes a post whose author has taken their consent back.",
    QuoteState.DELETED: "This quotes a post that was deleted.",
}


class Quoted(Struct, frozen=True, kw_only=True):
    """A quoted post, cut short. ``extras`` says what else it has, such as a poll; "" for nothing."""

    url: str
    author: Person
    summary: Markup
    content: Markup
    language: str | None
    published_at: datetime
    extras: str


class Quotation(Struct, frozen=True, kw_only=True):
    """What a post quotes: the ``post``, or ``why`` it is not shown; then ``url`` is where it may be asked for."""

    post: Quoted | None = None
    why: str = ""
    url: str | None = None


class Quotations:
    """What a page of posts quotes, asked for once."""

    def __init__(self, tx: Tx, house: House, page: Collection[Post]) -> None:
        self._tx, self._house = tx, house
        self._quotes = {
            post: quote for post, quote in quotes.of_posts(tx, [post.id for post in page]).items() if _heard(quote)
        }
        wanted = {
            quote.quoted_id for quote in self._quotes.values() if quote.state is QuoteState.ACCEPTED and quote.quoted_id
        }
        found = _welcome(tx, posts.several_visible(tx, wanted, None)) if wanted else {}
        self._posts = withholding.drawn(tx, found)
        self._people: Mapping[int, Account] = {}
        self._extras: dict[int, list[str]] = {}
        if self._posts:
            people = accounts.several(tx, {post.account_id for post in self._posts.values()})
            self._people = withholding.drawn(tx, people)
            self._extras = _extras(tx, self._posts)

    def of(self, post: Post) -> Quotation | None:
        """Return what a post quotes, or None."""
        quote = self._quotes.get(post.id)
        if quote is None:
            return None
        quoted = self._posts.get(quote.quoted_id or 0) if quote.state is QuoteState.ACCEPTED else None
        if quoted is not None:
            return Quotation(post=self._card(quoted))
        awaited = quote.state is QuoteState.PENDING and quote.quoted is not None
        return Quotation(why=_WHY[quote.state], url=uris.web(quote.quoted or "") if awaited else None)

    def words(self, post: Post) -> str:
        """Return the content of a post, without the reference that stands for a quote where the quote is shown."""
        return quoting.strip(post.content) if post.id in self._quotes else post.content

    def _card(self, post: Post) -> Quoted:
        extras = self._extras.get(post.id, [])
        text = cut(plain(quoting.strip(post.content)), LONGEST)
        return Quoted(
            url=page_of(self._house, post),
            author=person(self._house, self._people[post.account_id]),
            summary=illustrated(self._house, escape(post.summary), post.emojis),
            content=illustrated(self._house, escape(text), post.emojis),
            language=post.language,
            published_at=post.published_at,
            extras=f"With {words.listed(extras)}." if extras else "",
        )


def _welcome(tx: Tx, found: Mapping[int, Post]) -> dict[int, Post]:
    """Leave out whom the owner has shut out, or is shut out by: they are not shown by way of others either."""
    shut_out = relations.unwelcome(tx, {post.account_id for post in found.values()})
    return {number: post for number, post in found.items() if post.account_id not in shut_out}


def _heard(quote: Quote) -> bool:
    """Whether there is anything to say: a form that knows no consent, where it would be needed, has asked nobody."""
    return not quote.legacy or quote.state is QuoteState.ACCEPTED


def _extras(tx: Tx, found: Mapping[int, Post]) -> dict[int, list[str]]:
    """Return what these posts have that a card does not show."""
    wanted = listed(found)
    extras: dict[int, list[str]] = {post: [] for post in found}
    for post in polls.of_posts(tx, wanted):
        extras[post].append("a poll")
    held = [post for post, _ in attachments.of_posts(tx, wanted)]
    for post in dict.fromkeys(held):
        extras[post].append(words.counted(held.count(post), "attachment", "attachments"))
    for post in quotes.of_posts(tx, found):
        extras[post].append("a quote of its own")
    return extras
