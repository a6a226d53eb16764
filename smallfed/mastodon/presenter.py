"""The presenter: facts in, entities out, in batches.

One presenter serves one call of the database. What it cannot present is left out and logged: one bad row never breaks
a timeline (SAFETY rule 32).
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import UNSET, UnsetType, structs

from smallfed.domain.account import Account
from smallfed.domain.announcement import Announcement
from smallfed.domain.card import Card
from smallfed.domain.correspondence import Correspondence
from smallfed.domain.house import House
from smallfed.domain.notification import Notification
from smallfed.domain.post import Post
from smallfed.mastodon import entities
from smallfed.mastodon.entities import announcements as announced
from smallfed.mastodon.presenting import announcements, cards, media, notices, people, reactions, statuses, tags
from smallfed.mastodon.presenting.filters import Filtered
from smallfed.mastodon.presenting.quotes import Quotes
from smallfed.services import withholding
from smallfed.store import accounts, details, follows, houses, likes, posts, preferences, relations, standings
from smallfed.store.details import Detail
from smallfed.store.rows import listed
from smallfed.store.standings import FREE, Standing
from smallfed.store.trending_links import Day
from smallfed.store.tx import Tx

log = logging.getLogger(__name__)

SHOWN_OF_EACH = 40  # people who gave a post the same reaction


class Presenter:
    """Presents what ``tx`` finds to ``viewer``: the owner's account id, or None for a stranger.

    ``shown`` is told which posts it presents.
    """

    def __init__(self, tx: Tx, house: House, viewer: int | None, *, shown: list[int] | None = None) -> None:
        self.tx, self.house, self.viewer = tx, house, viewer
        self._shown = shown
        self._limits: dict[int, Standing] = {}

    # People
    def accounts(self, known: Collection[Account]) -> list[entities.Account]:
        """Return these accounts, in their order, with where they have moved to if we know those."""
        targets = accounts.by_uri(self.tx, {person.moved_to for person in known if person.moved_to is not None})
        everybody = withholding.drawn(self.tx, {person.id: person for person in (*known, *targets.values())})
        hidden = preferences.hidden(self.tx, self.viewer)
        tallies, limits = relations.tallies(self.tx, everybody.values()), self.limits(everybody)

        def shown(person: Account, moved: entities.Account | UnsetType = UNSET) -> entities.Account:
            stands = limits[person.id]
            person = people.bare(person) if stands.without_pictures else person
            person = structs.replace(person, suspended=True) if stands.cut_off else person
            return people.account(
                self.house,
                person,
                tallies[person.id],
                moved=moved,
                limited=stands.limited,
                discreet=hidden.follows and self.keeps(person),
            )

        arrived = {uri: shown(everybody[target.id]) for uri, target in targets.items()}
        return [shown(everybody[person.id], arrived.get(person.moved_to or "", UNSET)) for person in known]

    def keeps(self, person: Account) -> bool:
        """Whether counts of somebody, or of their posts, are what the owner may want to keep from the viewer.

        From strangers those of the owner; from the owner everybody's.
        """
        return person.local or self.viewer is not None

    def keeps_who(self, post: Post) -> bool:
        """Whether the owner keeps from the viewer who likes, boosts and quotes a post: they could be counted."""
        return self.viewer is None and post.local and preferences.hidden(self.tx, None).posts

    def limits(self, people: Collection[int]) -> Mapping[int, Standing]:
        """Return what the owner has limited of these accounts, by id; others may be among them."""
        unknown = set(people) - self._limits.keys()
        if unknown:
            self._limits |= dict.fromkeys(unknown, FREE) | standings.of(self.tx, unknown)
        return self._limits

    def account(self, person: Account) -> entities.Account:
        """Return one account."""
        return self.accounts([person])[0]

    def owner(self) -> entities.CredentialAccount:
        """Return the owner, to the owner."""
        person = accounts.owner(self.tx)
        requests = follows.count(self.tx, person.id, followers=True, accepted=False)
        source = people.source(person, houses.owner(self.tx), preferences.find(self.tx), requests=requests)
        shown = self.account(person)
        fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
        return entities.CredentialAccount(**fields, source=source, role=entities.Role())

    def relationships(self, wanted: Sequence[int]) -> list[entities.Relationship]:
        """Return what is between the owner and these accounts, in their order; unknown ones are left out."""
        known = relations.relationships(self.tx, wanted)
        return [people.relationship(known[one]) for one in dict.fromkeys(wanted) if one in known]

    def relationship(self, account: int) -> entities.Relationship:
        """Return what is between the owner and an account that exists."""
        return people.relationship(relations.relationship(self.tx, account))

    # What the house says
    def announcements(self, known: Sequence[Announcement]) -> list[announced.Announcement]:
        """Return these announcements, in their order."""
        return announcements.present(self.tx, self.house, known, self.viewer)

    # Hashtags
    def tags(self, names: Sequence[str]) -> list[entities.Tag]:
        """Return these hashtags (NFKC, lower case), in their order."""
        return tags.tags(self.tx, self.house, names, self.viewer)

    # Pages
    def links(self, known: Sequence[tuple[Card, Sequence[Day]]]) -> list[entities.TrendingLink]:
        """Return pages that are talked about, with how much on which days."""
        around = cards.Around(self.tx, [card for card, _ in known], self.accounts, mine=self.viewer is not None)
        return [cards.trending(self.house, card, around, [tags.history(*day) for day in days]) for card, days in known]

    # Posts
    def statuses(self, wanted: Sequence[Post]) -> list[entities.Status]:
        """Return these posts and boosts, in their order. Whether the viewer may see them is not checked here."""
        if self._shown is not None:
            self._shown.extend(post.boost_of_id or post.id for post in wanted)
        gathered = _Gathered(self, wanted)
        shown = (gathered.status(post) for post in wanted)
        return [status for status in shown if status is not None]

    def status(self, post: Post) -> entities.Status:
        """Return one post or boost that exists; an error when it cannot be presented."""
        return _Gathered(self, [post]).shown(post)

    # What the owner is told
    def notifications(self, known: Sequence[Notification]) -> list[entities.Notification]:
        """Return these notifications, in their order, without those whose post or sender cannot be shown."""
        return notices.notifications(self, known)

    def conversations(self, known: Sequence[Correspondence]) -> list[entities.Conversation]:
        """Return these correspondences, in their order; without their last post where that cannot be shown."""
        persons = accounts.several(self.tx, {person for one in known for person in one.people} | {self.viewer or 0})
        shown = dict(zip(persons, self.accounts(persons.values()), strict=True))
        last = posts.several_visible(self.tx, {one.last_post_id for one in known if one.last_post_id}, self.viewer)
        said = {int(status.id): status for status in self.statuses(list(last.values()))}
        return [
            entities.Conversation(
                id=str(one.id),
                unread=one.unread,
                accounts=[shown[person] for person in one.people or [self.viewer] if person in shown],
                last_status=said.get(one.last_post_id or 0),
            )
            for one in known
        ]

    def reactions(self, post: Post) -> list[entities.Reacted]:
        """Return the reactions to a post that is no boost, with (some of) those who reacted."""
        found_tallies = [tally for _, tally in likes.tallies(self.tx, listed([post.id]))]
        unwanted = reactions.unwanted(self.tx, found_tallies)
        tallies = [reactions.without(tally, unwanted) for tally in found_tallies]
        emojis = [tally.reaction.emoji for tally in tallies]
        found = likes.reactors(self.tx, post.id, emojis, limit=SHOWN_OF_EACH)
        everybody = {account.id: account for each in found.values() for account in each}
        shown = dict(zip(everybody, self.accounts(everybody.values()), strict=True))
        return [
            reactions.reacted(self.house, tally, [shown[account.id] for account in found[tally.reaction.emoji]])
            for tally in tallies
        ]


class _Gathered:
    """Everything that is shown with some posts, asked for once."""

    def __init__(self, presenter: Presenter, wanted: Iterable[Post]) -> None:
        tx, self._house, self._mine = presenter.tx, presenter.house, presenter.viewer is not None
        self._posts = {post.id: post for post in wanted}
        boosted = {post.boost_of_id for post in self._posts.values() if post.boost_of_id is not None}
        self._posts |= posts.several(tx, boosted - self._posts.keys()) if boosted else {}
        page = [post for post in self._posts.values() if post.boost_of_id is None]
        self._quotes = Quotes(tx, self._house, page, presenter.viewer)
        self._posts = withholding.drawn(tx, self._posts | self._quotes.posts)
        originals = [post for post in self._posts.values() if post.boost_of_id is None]
        self._details: dict[int, Detail] = details.of_posts(tx, originals)
        seen = (each for detail in self._details.values() for each in detail.attachments)
        self._media = media.around(tx, self._house, seen)
        persons = accounts.several(tx, {post.account_id for post in self._posts.values()})
        self._accounts = dict(zip(persons, presenter.accounts(persons.values()), strict=True))
        self._limits = presenter.limits(persons)
        hidden = preferences.hidden(tx, presenter.viewer).posts
        self._discreet = {number for number, person in persons.items() if hidden and presenter.keeps(person)}
        self._quotes.meet(persons, originals)
        pages = (detail.card for detail in self._details.values() if detail.card is not None)
        self._around = cards.Around(tx, pages, presenter.accounts, mine=self._mine)
        shown = (tally for detail in self._details.values() for tally in detail.reactions)
        self._unwanted = reactions.unwanted(tx, shown)
        self._filtered = Filtered(tx, self._posts, self._details, presenter.viewer)

    def status(self, post: Post) -> entities.Status | None:
        """Return the post, or None when it cannot be presented; the log says why."""
        try:
            return self.shown(post)
        except Exception:
            log.exception("the post %d cannot be presented", post.id)
            return None

    def shown(self, post: Post) -> entities.Status:
        """Return the post."""
        if post.boost_of_id is None:
            return self._original(post, self._quotes.quote(post, self._quoted))
        original, account = self._posts[post.boost_of_id], self._accounts[post.account_id]
        filtered = self._filtered.results(original, post)
        return statuses.boost(post, self.shown(original), account, filtered=filtered)

    def _quoted(self, post: Post) -> entities.Status:
        return self._original(post, self._quotes.shallow(post))

    def _original(self, post: Post, quote: entities.Quote | None) -> entities.Status:
        post, account, detail = self._posts[post.id], self._accounts[post.account_id], self._details[post.id]
        filtered = self._filtered.results(post)
        if self._limits[post.account_id].without_pictures:
            post, detail = structs.replace(post, emojis=()), structs.replace(detail, attachments=())
        return statuses.status(
            self._house,
            post,
            reactions.wanted(detail, self._unwanted),
            account,
            mine=self._mine,
            quotes=self._quotes,
            quote=quote,
            card=None if detail.card is None else cards.card(self._house, detail.card, self._around),
            filtered=filtered,
            media=self._media,
            discreet=post.account_id in self._discreet,
        )
