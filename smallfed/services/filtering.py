"""Filtering: what the owner does not want to meet unwarned, as the owner changes it.

Nothing is left out anywhere: what filters match is told with each post, and apps act on it, as with Mastodon since 4.0.

Spec: https://docs.joinmastodon.org/methods/filters/; CLIENT_API §8.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import UNSET, Struct, UnsetType, structs

from smallfed.domain.events import FiltersChanged
from smallfed.domain.filter import Action, Context, Filter, FilteredPost, Keyword
from smallfed.errors import Invalid, NotFound
from smallfed.store import filters, houses, ids, posts
from smallfed.store.tx import Tx

MOST = 500
LONGEST = 512  # characters of a keyword, as Mastodon
LONGEST_TITLE = 256
MOST_KEYWORDS = 1000  # of all filters: each is looked for in every post that is shown


class KeywordChange(Struct, frozen=True, kw_only=True):
    """What becomes of a keyword: one without ``id`` is new, of one with it what is not None changes, or it goes."""

    id: int | None = None
    keyword: str | None = None
    whole_word: bool | None = None
    goes: bool = False


class Wish(Struct, frozen=True, kw_only=True):
    """What a filter shall be; None, or UNSET, leaves something as it is."""

    title: str | None = None
    contexts: Collection[str] | None = None
    action: str | None = None
    expires_at: datetime | UnsetType | None = UNSET
    keywords: Sequence[KeywordChange] = ()


# Filters --------------------------------------------------------------------------------------------------------------
def create(tx: Tx, wish: Wish) -> Filter:
    """Make a filter and return it; Invalid for what cannot be one, or one too many."""
    new = Filter(
        id=ids.fresh(tx, "filters"),
        title=_title(wish.title or ""),
        contexts=_contexts(wish.contexts or ()),
        action=_action(wish.action or Action.WARN),
        expires_at=None if wish.expires_at is UNSET else wish.expires_at,
        created_at=tx.now,
    )
    if filters.count(tx)[0] >= MOST:
        raise Invalid(f"Validation failed: There are {MOST} filters already")
    filters.put(tx, new)
    _apply(tx, new, wish.keywords)
    tx.announce(FiltersChanged())
    return new


def change(tx: Tx, filter_: int, wish: Wish) -> Filter:
    """Change a filter as wished and return it; NotFound, Invalid."""
    known = filters.get(tx, filter_)
    changed = _changed(known, wish)
    if changed != known:
        filters.change(
            tx,
            known.id,
            title=changed.title,
            contexts=changed.contexts,
            action=changed.action,
            expires_at=changed.expires_at,
        )
    _apply(tx, known, wish.keywords)
    tx.announce(FiltersChanged())
    return changed


def _changed(known: Filter, wish: Wish) -> Filter:
    return structs.replace(
        known,
        title=known.title if wish.title is None else _title(wish.title),
        contexts=known.contexts if wish.contexts is None else _contexts(wish.contexts),
        action=known.action if wish.action is None else _action(wish.action),
        expires_at=known.expires_at if wish.expires_at is UNSET else wish.expires_at,
    )


def delete(tx: Tx, filter_: int) -> None:
    """Delete a filter; NotFound."""
    filters.drop(tx, filters.get(tx, filter_).id)
    tx.announce(FiltersChanged())


def _title(text: str) -> str:
    if not text.strip():
        raise Invalid("Validation failed: Title can't be blank")
    if len(text) > LONGEST_TITLE:
        raise Invalid(f"Validation failed: Title is too long (maximum is {LONGEST_TITLE} characters)")
    return text.strip()


def _contexts(said: Collection[str]) -> tuple[Context, ...]:
    wanted = [word for word in (word.strip() for word in said) if word]
    if not wanted or not set(wanted) <= set(Context):
        raise Invalid(f"Validation failed: Context should be one or more of {', '.join(Context)}")
    return tuple(context for context in Context if context in wanted)


def _action(word: str) -> Action:
    try:
        return Action(word)
    except ValueError as error:
        raise Invalid(f"Validation failed: Filter action should be one of {', '.join(Action)}") from error


# Keywords -------------------------------------------------------------------------------------------------------------
def _apply(tx: Tx, known: Filter, changes: Sequence[KeywordChange]) -> None:
    for wanted in changes:
        if wanted.id is None:
            if not wanted.goes:
                _put(tx, known, wanted.keyword or "", whole_word=wanted.whole_word)
            continue
        keyword = filters.keyword(tx, wanted.id)
        if keyword.filter_id != known.id:
            raise NotFound("Record not found")
        if wanted.goes:
            filters.drop_keyword(tx, keyword.id)
        else:
            _alter(tx, keyword, wanted.keyword, whole_word=wanted.whole_word)


def _put(tx: Tx, known: Filter, text: str, *, whole_word: bool | None) -> Keyword:
    if filters.count(tx)[1] >= MOST_KEYWORDS:
        raise Invalid(f"Validation failed: There are {MOST_KEYWORDS} keywords already")
    new = Keyword(
        id=ids.fresh_behind(tx, "filter_keywords", filters.newest_keyword(tx)),
        filter_id=known.id,
        keyword=_clean(text),
        whole_word=whole_word is not False,
    )
    filters.put_keyword(tx, new)
    return new


def _alter(tx: Tx, known: Keyword, text: str | None, *, whole_word: bool | None) -> Keyword:
    changed = structs.replace(
        known,
        keyword=known.keyword if text is None else _clean(text),
        whole_word=known.whole_word if whole_word is None else whole_word,
    )
    if changed != known:
        filters.change_keyword(tx, known.id, keyword=changed.keyword, whole_word=changed.whole_word)
    return changed


def _clean(text: str) -> str:
    if not text.strip():
        raise Invalid("Validation failed: Keyword can't be blank")
    if len(text) > LONGEST:
        raise Invalid(f"Validation failed: Keyword is too long (maximum is {LONGEST} characters)")
    return text


def add_keyword(tx: Tx, filter_: int, text: str, *, whole_word: bool | None) -> Keyword:
    """Give a filter another keyword and return it; NotFound, Invalid."""
    new = _put(tx, filters.get(tx, filter_), text, whole_word=whole_word)
    tx.announce(FiltersChanged())
    return new


def change_keyword(tx: Tx, keyword: int, text: str | None, *, whole_word: bool | None) -> Keyword:
    """Change what is not None of a keyword and return it; NotFound, Invalid."""
    changed = _alter(tx, filters.keyword(tx, keyword), text, whole_word=whole_word)
    tx.announce(FiltersChanged())
    return changed


def remove_keyword(tx: Tx, keyword: int) -> None:
    """Take a keyword out of its filter; NotFound."""
    filters.drop_keyword(tx, filters.keyword(tx, keyword).id)
    tx.announce(FiltersChanged())


# Posts ----------------------------------------------------------------------------------------------------------------
def add_post(tx: Tx, filter_: int, post: int) -> FilteredPost:
    """Let a filter match a single post and return that; NotFound, Invalid for one that is absent, or in it already."""
    known = filters.get(tx, filter_)
    if posts.find_visible(tx, post, houses.owner_id(tx)) is None:
        raise Invalid("Validation failed: Status must exist")
    if filters.find_post(tx, known.id, post) is not None:
        raise Invalid("Validation failed: Status has already been taken")
    new = FilteredPost(id=ids.fresh(tx, "filter_posts"), filter_id=known.id, post_id=post)
    filters.put_post(tx, new)
    tx.announce(FiltersChanged())
    return new


def remove_post(tx: Tx, filtered: int) -> None:
    """Let a filter no longer match a single post, named by the id of that; NotFound."""
    filters.drop_post(tx, filters.post(tx, filtered).id)
    tx.announce(FiltersChanged())


# As the first version of the API sees it: each keyword is a filter of its own -----------------------------------------
def create_single(tx: Tx, phrase: str, wish: Wish, *, whole_word: bool | None) -> Keyword:
    """Make a filter of one keyword, called like it, and return that; Invalid."""
    only = KeywordChange(keyword=phrase, whole_word=whole_word)
    made = create(tx, structs.replace(wish, title=_clean(phrase)[:LONGEST_TITLE], keywords=[only]))
    return filters.keywords(tx, [made.id])[0]


def change_single(tx: Tx, keyword: int, phrase: str | None, wish: Wish, *, whole_word: bool | None) -> Keyword:
    """Change a keyword and, where it is the only one of its filter, that filter; NotFound, Invalid.

    A filter with several is not changed by who knows of one only.
    """
    known = filters.keyword(tx, keyword)
    group = filters.get(tx, known.filter_id)
    alone = len(filters.keywords(tx, [group.id])) == 1
    if alone and phrase is not None:
        wish = structs.replace(wish, title=_clean(phrase)[:LONGEST_TITLE])
    if not alone and _changed(group, wish) != group:
        raise Invalid(
            f"This keyword is one of several in the filter {group.title!r}, which only an app that knows filters with"
            " several keywords can change"
        )
    changed = _alter(tx, known, phrase, whole_word=whole_word)
    change(tx, group.id, wish)
    return changed


def delete_single(tx: Tx, keyword: int) -> None:
    """Take a keyword out of its filter, which goes when nothing is left in it; NotFound."""
    known = filters.keyword(tx, keyword)
    remove_keyword(tx, known.id)
    if not filters.keywords(tx, [known.filter_id]) and not filters.posts(tx, [known.filter_id]):
        filters.drop(tx, known.filter_id)
