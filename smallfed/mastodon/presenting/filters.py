"""Filters as client apps see them, and which of them match the posts of a page.

Spec: CLIENT_API §14 (Filter, FilterResult); https://docs.joinmastodon.org/entities/FilterResult/.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import UNSET, UnsetType

from smallfed.domain import filter as facts
from smallfed.domain.post import Post
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe
from smallfed.policy import filtering
from smallfed.store import filters
from smallfed.store.details import Detail
from smallfed.store.tx import Tx
from smallfed.text.sanitise import words


class Filtered:
    """Which filters match the posts of a page, asked once. Whoever is no owner, or has none, costs next to nothing."""

    def __init__(self, tx: Tx, page: Collection[int], details: Mapping[int, Detail], viewer: int | None) -> None:
        self._details, self._mine = details, viewer is not None
        self._rules = filters.rules(tx) if self._mine else []
        self._singles = filters.matching(tx, page) if self._rules else set()
        self._matches: dict[int, list[list[str]]] = {}

    def results(self, post: Post, boost: Post | None = None) -> list[entities.FilterResult] | UnsetType:
        """Return what matches a post, or a boost of it; nobody but the owner is told anything."""
        if not self._rules:
            return [] if self._mine else UNSET
        ids = [post.id] if boost is None else [boost.id, post.id]
        found = []
        for rule, written in zip(self._rules, self._written(post), strict=True):
            singles = [str(one) for one in ids if (rule.filter.id, one) in self._singles]
            if written or singles:
                found.append(
                    entities.FilterResult(
                        filter=entity(rule.filter), keyword_matches=written or None, status_matches=singles or None
                    )
                )
        return found

    def _written(self, post: Post) -> list[list[str]]:
        """Return what in the text of a post each filter matches."""
        if post.id not in self._matches:
            text = filtering.haystack(_text(post, self._details[post.id]))
            self._matches[post.id] = [filtering.found(rule.needles, text) for rule in self._rules]
        return self._matches[post.id]


def _text(post: Post, detail: Detail) -> str:
    """Return everything that is to be read of a post: its warning, its text, its choices, what its pictures show."""
    options = [] if detail.poll is None else [option.title for option in detail.poll.options]
    described = [media.description for media in detail.attachments]
    return "\n\n".join([post.summary, words(post.content), *options, *described])


# Filters by themselves ------------------------------------------------------------------------------------------------
def several(tx: Tx, known: Sequence[facts.Filter]) -> list[entities.Filter]:
    """Return filters with all that they look for."""
    wanted = [one.id for one in known]
    keywords, posts = filters.keywords(tx, wanted), filters.posts(tx, wanted)
    return [
        entity(
            one,
            keywords=[keyword(each) for each in keywords if each.filter_id == one.id],
            statuses=[single(each) for each in posts if each.filter_id == one.id],
        )
        for one in known
    ]


def entity(
    known: facts.Filter,
    *,
    keywords: list[entities.FilterKeyword] | UnsetType = UNSET,
    statuses: list[entities.FilterStatus] | UnsetType = UNSET,
) -> entities.Filter:
    """Return a filter, with what it looks for if that is given."""
    return entities.Filter(
        id=str(known.id),
        title=known.title,
        context=[context.value for context in known.contexts],
        expires_at=maybe(known.expires_at),
        filter_action=known.action.value,
        keywords=keywords,
        statuses=statuses,
    )


def keyword(known: facts.Keyword) -> entities.FilterKeyword:
    """Return a keyword."""
    return entities.FilterKeyword(id=str(known.id), keyword=known.keyword, whole_word=known.whole_word)


def single(known: facts.FilteredPost) -> entities.FilterStatus:
    """Return a single post of a filter."""
    return entities.FilterStatus(id=str(known.id), status_id=str(known.post_id))


def alone(known: facts.Keyword, group: facts.Filter) -> entities.SingleFilter:
    """Return a keyword as the first version of the API sees it."""
    return entities.SingleFilter(
        id=str(known.id),
        phrase=known.keyword,
        context=[context.value for context in group.contexts],
        expires_at=maybe(group.expires_at),
        irreversible=group.action is facts.Action.HIDE,
        whole_word=known.whole_word,
    )
