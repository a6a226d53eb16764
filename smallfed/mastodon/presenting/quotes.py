"""Quotes and who may quote, as client apps see them.

Spec: CLIENT_API §14 (Quote, QuoteApproval); https://docs.joinmastodon.org/entities/Quote/.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from smallfed.domain.account import Account
from smallfed.domain.house import House
from smallfed.domain.interaction import Interaction, Policy, Quote, QuoteState, SubPolicy
from smallfed.domain.post import Post, Visibility
from smallfed.domain.relation import Relationship
from smallfed.mastodon import entities
from smallfed.mastodon.entities.posts import QuoteStateName, Whom
from smallfed.policy import interacting
from smallfed.policy.interacting import Leave, Standing
from smallfed.policy.visibility import PUBLIC
from smallfed.store import policies, posts, quotes, relations, standings
from smallfed.store.tx import Tx

_ORDER: tuple[Whom, ...] = ("unsupported_policy", "public", "followers", "following")


_STATES: Mapping[QuoteState, QuoteStateName] = {
    QuoteState.PENDING: "pending",
    QuoteState.ACCEPTED: "accepted",
    QuoteState.REJECTED: "rejected",
    QuoteState.REVOKED: "revoked",
    QuoteState.DELETED: "deleted",
}


class Quotes:
    """What a page of posts quotes, asked for once. ``posts`` are those quoted that ``viewer`` may see.

    Strangers are shown nothing of whom the owner has shut out, and not told why; the owner is told.
    What quoted posts quote themselves is only named by id.
    """

    def __init__(self, tx: Tx, house: House, page: Collection[Post], viewer: int | None) -> None:
        self._tx, self._house, self._viewer = tx, house, viewer
        self._quotes = quotes.of_posts(tx, [post.id for post in page])
        self.posts = self._quoted(self._quotes.values())
        below = quotes.of_posts(tx, self.posts) if self.posts else {}
        self._seen = {**self._quoted(below.values()), **self.posts}
        self._quotes = below | self._quotes
        wanted = [*self.posts, *(post.id for post in page)]
        self._policies, self._counts = policies.several(tx, wanted), quotes.counts(tx, wanted)
        self._relations: dict[int, Relationship] = {}
        self._muted: set[int] = set()  # on servers that the owner does not want to read
        self._people: Mapping[int, Account] = {}
        self._usual: dict[tuple[bool, Visibility], entities.QuoteApproval] = {}  # without a policy

    def _quoted(self, found: Iterable[Quote]) -> dict[int, Post]:
        wanted = {quote.quoted_id for quote in found if quote.state is QuoteState.ACCEPTED and quote.quoted_id}
        seen = posts.several_visible(self._tx, wanted, self._viewer) if wanted else {}
        if self._viewer is not None or not seen:
            return seen
        shut_out = relations.unwelcome(self._tx, {post.account_id for post in seen.values()})
        return {number: post for number, post in seen.items() if post.account_id not in shut_out}

    def meet(self, people: Mapping[int, Account], page: Iterable[Post]) -> None:
        """Learn who the authors are, and what is between them and the owner where that matters."""
        self._people = people
        if self._viewer is None:
            return
        asked = {post.account_id for post in page if _has_collections(self._policies.get(post.id))}
        asked |= {post.account_id for post in self._seen.values()}
        self._relations = relations.relationships(self._tx, asked) if asked else {}
        held = standings.of(self._tx, asked) if asked else {}
        self._muted = {number for number, standing in held.items() if standing.muted}

    def count(self, post: Post) -> int:
        """Return how many quote a post, as far as we know."""
        return self._counts.get(post.id, 0)

    def quote(self, post: Post, show: Callable[[Post], entities.Status]) -> entities.Quote | None:
        """Return what a post quotes, with the whole quoted post."""
        quote = self._quotes.get(post.id)
        if quote is None or _is_unheard(quote):
            return None
        quoted = self._seen.get(quote.quoted_id or 0) if quote.state is QuoteState.ACCEPTED else None
        state = self._state(quote, quoted)
        return entities.Quote(state=state, quoted_status=None if quoted is None else show(quoted))

    def shallow(self, post: Post) -> entities.Quote | None:
        """Return what a quoted post quotes itself."""
        quote = self._quotes.get(post.id)
        if quote is None or _is_unheard(quote):
            return None
        quoted = self._seen.get(quote.quoted_id or 0) if quote.state is QuoteState.ACCEPTED else None
        state = self._state(quote, quoted)
        return entities.Quote(state=state, quoted_status_id=None if quoted is None else str(quoted.id))

    def _state(self, quote: Quote, quoted: Post | None) -> QuoteStateName:
        if quote.state is not QuoteState.ACCEPTED:
            return _STATES[quote.state]
        if quoted is None:
            return self._unseen(quote)
        between = self._relations.get(quoted.account_id)
        if between is None or quoted.account_id == self._viewer:
            return "accepted"
        hidden: tuple[tuple[bool, QuoteStateName], ...] = (
            (between.blocking, "blocked_account"),
            (between.muting or quoted.account_id in self._muted, "muted_account"),
        )
        return next((state for holds, state in hidden if holds), "accepted")

    def _unseen(self, quote: Quote) -> QuoteStateName:
        """Say why there is nothing to show. That its server is cut off is for the owner to know."""
        if quote.quoted_id is None:
            return "deleted"
        if self._viewer is None:
            return "unauthorized"
        return "blocked_domain" if quotes.is_of_cut_off(self._tx, quote.quoted_id) else "unauthorized"

    # Who may quote
    def approval(self, post: Post) -> entities.QuoteApproval:
        """Return who may quote a post, and whether the viewer may."""
        policy, author = self._policies.get(post.id), self._people[post.account_id]
        if policy is not None:
            return self._approval(post, policy, author)
        alike = author.id == self._viewer, post.visibility
        if alike not in self._usual:
            self._usual[alike] = self._approval(post, None, author)
        return self._usual[alike]

    def _approval(self, post: Post, policy: Policy | None, author: Account) -> entities.QuoteApproval:
        said = (policy.quote if policy else None) or SubPolicy()
        return entities.QuoteApproval(
            automatic=_words(said.automatic, author),
            manual=_words(said.manual, author),
            current_user=self._leave(post, policy, author).value,
        )

    def _leave(self, post: Post, policy: Policy | None, author: Account) -> Leave:
        own = author.id == self._viewer
        is_open = post.visibility.is_open
        if self._viewer is None or post.visibility is Visibility.DIRECT or not (own or is_open):
            return Leave.DENIED
        between = self._relations.get(author.id)
        who = Standing(
            actor=self._house.actor,
            author=author.uri,
            followers=author.followers,
            following=author.following,
            follows=between is not None and between.following,
            followed=between is not None and between.followed_by,
        )
        return interacting.leave(policy, Interaction.QUOTE, who)


def _is_unheard(quote: Quote) -> bool:
    """Whether nobody waits for an answer: a form that knows no consent, where consent would be needed, asks nobody."""
    return quote.legacy and quote.state is not QuoteState.ACCEPTED


def _has_collections(policy: Policy | None) -> bool:
    said = None if policy is None else policy.quote
    return said is not None and PUBLIC.isdisjoint(said.automatic)


def _words(uris: Collection[str], author: Account) -> list[Whom]:
    known: dict[str | None, Whom] = {author.followers: "followers", author.following: "following"}
    found = {"public" if uri in PUBLIC else known.get(uri, "unsupported_policy") for uri in uris if uri != author.uri}
    return [word for word in _ORDER if word in found]
