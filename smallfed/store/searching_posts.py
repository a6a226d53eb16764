"""Searching posts: what was typed becomes an expression of the index, and the newest that fit are taken from it.

The index gives them newest first without sorting; they are asked for in growing pieces until enough of them may be
shown. Whatever was typed makes an expression that can be read, and one that does not take long.

Spec: CLIENT_API §6 (search); https://www.sqlite.org/fts5.html#full_text_query_syntax
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from smallfed.domain.post import Post
from smallfed.store import accounts, houses, searchables, visibility
from smallfed.store.judgements import hides
from smallfed.store.moments import ms
from smallfed.store.posts import PUNCTUAL, SELECT, SHAPE
from smallfed.store.rows import each, listed
from smallfed.store.searching import likeliest
from smallfed.store.tx import Tx
from smallfed.text import queries
from smallfed.text.queries import Filter, Phrase
from smallfed.text.words import is_unspaced, spread

LOOKED_AT = 8000  # posts that fit: if too few of these may be shown, there are no more
SHORTEST = 3  # letters of the beginning of a word
_LATEST = 1 << 62

_HAS = frozenset({"media", "image", "video", "audio", "poll", "link", "embed", "quote"})
_IS = frozenset({"reply", "sensitive"})
_IN = {"all": "any", "library": "islibrary", "public": "ispublic"}
_NOBODY = "nothing"  # a mark that no post has


class Window(Struct, frozen=True, kw_only=True):
    """Which of the posts found are wanted: between these ids, published from ``since`` on and before ``until`` (ms).

    Not those that were published in ``without``: from the one on, before the other.
    """

    above: int = 0
    below: int = _LATEST
    since: int = -_LATEST
    until: int = _LATEST
    without: tuple[int, int] = (0, 0)


class Query(Struct, frozen=True, kw_only=True):
    """Which of the posts found are wanted: below ``max_id``, above ``min_id``, by ``account``; None: no matter."""

    limit: int
    offset: int = 0
    max_id: int | None = None
    min_id: int | None = None
    account: int | None = None


def search_posts(tx: Tx, text: str, query: Query, *, viewer: int | None) -> list[Post]:
    """Return posts, newest first, that have all that ``text`` asks for; only what ``viewer`` may see and wants to read.

    Only what may be searched (``services/indexing``). Not for the short reads.
    """
    asked = queries.read(text)
    if not asked.phrases and not asked.filters:
        return []
    author = () if query.account is None else (f"from{query.account}",)
    found, wanted = list[Post](), query.offset + query.limit
    for expression in _expressions(tx, asked, author):
        found = _found(tx, expression, _window(query, asked.filters), wanted, viewer)
        if len(found) >= wanted:
            break
    return found[query.offset : wanted]


def _found(tx: Tx, expression: str, window: Window, wanted: int, viewer: int | None) -> list[Post]:
    found, below, piece, seen = list[Post](), window.below, wanted + wanted // 2, 0
    while seen < LOOKED_AT:
        ids = searchables.matches(tx, expression, above=window.above, below=below, limit=piece)
        found += _shown(tx, ids, window, viewer)
        if len(found) >= wanted or len(ids) < piece:
            break
        below, seen, piece = ids[-1], seen + piece, 2 * piece
    return found


def _shown(tx: Tx, ids: Sequence[int], window: Window, viewer: int | None) -> list[Post]:
    """Return those of the posts that may be found and shown, the newest first."""
    rows = tx.sql.execute(
        f"""{SELECT} CROSS JOIN searchables s ON s.post_id = p.id
            WHERE p.id IN (SELECT value FROM json_each(:ids)) AND p.published_at >= :since AND p.published_at < :until
            AND NOT (p.published_at >= :from AND p.published_at < :to)
            AND (s.library OR (EXISTS (SELECT 1 FROM accounts i WHERE i.id = p.account_id AND i.indexable)
                AND {visibility.met("p.account_id")} AND NOT {hides("p")}))
            AND {visibility.seen("p")} AND {visibility.wanted("p")} ORDER BY p.id DESC""",
        {
            **visibility.values(tx, viewer),
            "ids": listed(ids),
            "since": window.since,
            "until": window.until,
            "from": window.without[0],
            "to": window.without[1],
        },
    )
    return list(each(SHAPE.read, rows))


# Expressions ----------------------------------------------------------------------------------------------------------
def _expressions(tx: Tx, asked: queries.Query, marks: Sequence[str]) -> Iterator[str]:
    """Yield what the index is asked for: the words as they are, then the last one as a beginning of others, if it can.

    Beginnings are asked for only where whole words are not enough: they cost more.
    """
    kept = [_quoted("marks", mark) for mark in marks]
    kept += [_marked(tx, each) for each in asked.filters if not each.excluded]
    dropped = [_marked(tx, each) for each in asked.filters if each.excluded and each.operator not in queries.DATED]
    dropped += [_worded(phrase) for phrase in asked.phrases if phrase.excluded]
    sought = [phrase for phrase in asked.phrases if not phrase.excluded]
    yield _joined([*kept, *map(_worded, sought)], dropped)
    beginnings = _beginnings(tx, sought[-1]) if sought else []
    if beginnings:
        likely = f"({' OR '.join(_quoted('words', word) for word in beginnings)})"
        yield _joined([*kept, *map(_worded, sought[:-1]), likely], dropped)


def _joined(kept: Sequence[str], dropped: Sequence[str]) -> str:
    whole = " AND ".join(kept or [_quoted("marks", "any")])
    return f"({whole}) NOT ({' OR '.join(dropped)})" if dropped else whole


def _quoted(column: str, text: str) -> str:
    text = text.replace('"', '""')
    return f'{column} : "{text}"'


def _worded(phrase: Phrase) -> str:
    return _quoted("words", spread(phrase.text))


def _beginnings(tx: Tx, phrase: Phrase) -> list[str]:
    """Return the words that the last word typed may become; none where it is certainly whole, or too short to tell."""
    text = spread(phrase.text).strip().lstrip("#@").lower()
    if phrase.whole or len(text) < SHORTEST or not text.isalnum() or is_unspaced(text[-1]):
        return []
    return searchables.beginning(tx, text)


# Operators ------------------------------------------------------------------------------------------------------------
def _marked(tx: Tx, asked: Filter) -> str:
    return _quoted("marks", _mark(tx, asked))


def _mark(tx: Tx, asked: Filter) -> str:
    """Return the mark of the posts that an operator means; what it cannot mean, no post has."""
    value = asked.value.lower()
    match asked.operator:
        case "from" | "mentions":
            account = _account(tx, asked.value)
            return _NOBODY if account is None else f"{asked.operator}{account}"
        case "has":
            return f"has{value}" if value in _HAS else _NOBODY
        case "is":
            return f"is{value}" if value in _IS else _NOBODY
        case "in":
            return _IN.get(value, _NOBODY)
        case "language":
            language = value.partition("-")[0]
            return f"language{language}" if language.isalpha() else _NOBODY
        case _:
            return "any" if queries.days(asked.operator, asked.value) is not None else _NOBODY


def _account(tx: Tx, typed: str) -> int | None:
    """Return who is meant: ``me``, a handle, or a name, which is the owner's or else somebody's whom we know."""
    username, _, host = typed.strip().removeprefix("@").partition("@")
    owner = accounts.owner(tx)
    if username.lower() in ("me", owner.username.lower()) and not host:
        return owner.id
    if host:
        known = accounts.find_handle(tx, username, owner.host if host.lower() == houses.get(tx).domain else host)
        return None if known is None else known.id
    return likeliest(tx, username, owner.id)


def _window(query: Query, filters: Sequence[Filter]) -> Window:
    """Return between which ids and moments to look: ids are times, but for the minutes that posts may be late."""
    since, until, without = -_LATEST, _LATEST, (0, 0)
    for asked in filters:
        span = queries.days(asked.operator, asked.value) if asked.operator in queries.DATED else None
        if span is None:
            continue
        first, end = (
            -_LATEST if span[0] is None else _midnight(span[0]),
            _LATEST if span[1] is None else _midnight(span[1]),
        )
        if asked.excluded:
            without = (first, end)
        else:
            since, until = max(since, first), min(until, end)
    late = int(PUNCTUAL / timedelta(milliseconds=1)) + 1
    return Window(
        above=max(query.min_id or 0, max(since - late, 0) << 16),
        below=min(_LATEST if query.max_id is None else query.max_id, max(until + late, 0) << 16),
        since=since,
        until=until,
        without=without,
    )


def _midnight(day: date) -> int:
    return ms(datetime.combine(day, time(), UTC))
