"""Timelines: lists of posts, newest first, as queries over the rows as they were stored.

Every list holds the one condition of visibility. What the owner does not want to read is left out where many
voices meet (home, lists, public, hashtags), not where one asked for somebody in person. The conditions of these are
here once (``HOME``, ``PUBLIC``, ``TAGGED``, ``listed_by``); ``appearing`` asks them of single posts.

Spec: CLIENT_API §6, RULINGS 14.
"""

from typing import Any

from msgspec import Struct

from smallfed.domain.list import List, Replies
from smallfed.domain.post import Post, Visibility
from smallfed.store import likes, visibility
from smallfed.store.judgements import hides
from smallfed.store.paging import Page, cut, within
from smallfed.store.posts import SELECT, SHAPE
from smallfed.store.rows import each, listed
from smallfed.store.tx import Tx

MEDIA = "EXISTS (SELECT 1 FROM attachments t WHERE t.post_id = p.id)"
_NO_REPLY = "(p.in_reply_to IS NULL OR p.in_reply_to_account_id = p.account_id)"
_TAGS = "SELECT name FROM hashtags WHERE post_id = p.id"
OPEN = "p.visibility = 'public' AND p.boost_of_id IS NULL"
_NAMES_UNWANTED = f"""EXISTS (SELECT 1 FROM mentions n WHERE n.post_id = coalesce(p.boost_of_id, p.id)
    AND NOT n.silent AND {visibility.unwanted("n.account_id")})"""
TO_READ = f"{visibility.seen('p')} AND {visibility.wanted('p')} AND NOT {_NAMES_UNWANTED}"
_ELSEWHERE = """p.account_id IN (SELECT x.account_id FROM lists l CROSS JOIN list_members x ON x.list_id = l.id
    WHERE l.exclusive AND x.account_id <> :owner)"""

_MET = f"({visibility.met('p.account_id')} AND NOT {hides('p')})"
HOME = f"p.in_home AND NOT {_ELSEWHERE} AND {TO_READ} AND (NOT p.by_tag OR {_MET})"
"""What only a followed hashtag has brought is by strangers: it is met there as under the hashtag itself."""
_STANDS = f"""(p.boost_of_id IS NULL OR NOT EXISTS (SELECT 1 FROM posts stands_o WHERE stands_o.id = p.boost_of_id
    AND {visibility.cut_off("stands_o.account_id")}))"""
_WANTED = f"""(p.boost_of_id IS NULL OR NOT EXISTS (SELECT 1 FROM posts o WHERE o.id = p.boost_of_id
    AND {visibility.unwanted("o.account_id")}))"""
TAGGED = f"{OPEN} AND {visibility.seen('p')} AND {_MET}"
"""What is shown under the hashtags that it has, and under the pages that it links to."""
PUBLIC = f"{TAGGED} AND {_NO_REPLY}"


def listed_by(list_: str, replies: Replies) -> str:
    """Return what of its members a list shows (``list_``: an expression giving its id).

    Of the answers in home, which are to the owner, to people followed, or to oneself, it shows what its policy says.
    """
    return f"p.in_home AND NOT p.by_tag AND {TO_READ} AND {_answers(list_, replies)}"


def _answers(list_: str, replies: Replies) -> str:
    match replies:
        case Replies.FOLLOWED:
            return "1"
        case Replies.LIST:
            return f"""({_NO_REPLY} OR p.in_reply_to_account_id = :owner OR EXISTS (SELECT 1 FROM list_members y
                WHERE y.list_id = {list_} AND y.account_id = p.in_reply_to_account_id))"""
        case Replies.NONE:
            return f"({_NO_REPLY} OR p.in_reply_to_account_id = :owner)"


class Without(Struct, frozen=True, kw_only=True):
    """What is left out: answers to others, boosts, what is for these readers."""

    replies: bool = False
    reblogs: bool = False
    visibilities: tuple[Visibility, ...] = ()

    @property
    def condition(self) -> str:
        """What to add to a WHERE clause about the posts' row ``p``."""
        left_out = [f"p.visibility <> '{each.value}'" for each in self.visibilities]
        left_out += [_NO_REPLY] if self.replies else []
        left_out += ["p.boost_of_id IS NULL"] if self.reblogs else []
        return "".join(f" AND {condition}" for condition in left_out)


EVERYTHING = Without()


class Choice(Struct, frozen=True, kw_only=True):
    """What of an account's posts is wanted. ``tagged`` is a hashtag, NFKC and lower case."""

    without: Without = EVERYTHING
    only_media: bool = False
    pinned: bool = False
    tagged: str | None = None
    listed: bool = False  # only what is public: unlisted posts are for those who look at their author


class Mix(Struct, frozen=True, kw_only=True):
    """Which hashtags (NFKC, lower case) a post may have as well, must have too, and must not have."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


PURE = Mix()


def home(tx: Tx, page: Page, without: Without = EVERYTHING) -> list[Post]:
    """Return a page of the owner's home timeline."""
    return _page(tx, HOME + without.condition, owners(tx), page)


def of_list(tx: Tx, known: List, page: Page, without: Without = EVERYTHING) -> list[Post]:
    """Return a page of what the members of a list posted and boosted, as it would be in home.

    A page of n posts is by n members at most, and each of them has one among the first n firsts: only these are looked
    at further. So a long list costs one step in an index for each member, also where most of them seldom post.
    """

    def theirs(account: str) -> str:
        where = f"p.account_id = {account} AND {listed_by(':list', known.replies)}{without.condition}"
        return f"SELECT p.id FROM posts p WHERE {where}{within(page, 'p.id')}"

    select = f"""WITH firsts (account_id, id) AS MATERIALIZED (
            SELECT x.account_id, ({theirs("x.account_id")} LIMIT 1) FROM list_members x
            WHERE x.list_id = :list AND NOT {visibility.unwanted("x.account_id")}),
        chosen (account_id) AS (
            SELECT account_id FROM firsts WHERE id IS NOT NULL{within(page, "id")} LIMIT :limit)
        SELECT {SHAPE.columns("p")} FROM chosen c CROSS JOIN posts p
        WHERE p.id IN ({theirs("c.account_id")} LIMIT :limit)"""
    return list(each(SHAPE.read, cut(tx, select, {**owners(tx), "list": known.id}, page, by="p.id")))


def direct(tx: Tx, page: Page) -> list[Post]:
    """Return a page of the direct posts by the owner and for the owner, without what the policy keeps back."""
    kept_back = "EXISTS (SELECT 1 FROM notifications k WHERE k.post_id = p.id AND k.filtered)"
    return _page(tx, f"p.visibility = 'direct' AND {TO_READ} AND NOT {kept_back}", owners(tx), page)


def public(
    tx: Tx, viewer: int | None, page: Page, *, local: bool = False, remote: bool = False, only_media: bool = False
) -> list[Post]:
    """Return a page of all public posts we hold that are neither boosts nor replies to others."""
    conditions = [PUBLIC]
    if local:
        conditions.append("p.account_id = :owner")  # which is indexed, as p.local is not
    if remote:
        conditions.append("NOT p.local")
    if only_media:
        conditions.append(MEDIA)
    return _page(tx, " AND ".join(conditions), visibility.values(tx, viewer), page)


def account(tx: Tx, viewer: int | None, account: int, page: Page, choice: Choice) -> list[Post]:
    """Return a page of what an account posted and boosted, as far as ``viewer`` may see it."""
    values = {**visibility.values(tx, viewer), "account": account, "tag": choice.tagged}
    # Who is asked for is shown; whom they boost may still be unwanted, but whom the owner mutes nobody else shall see.
    boosts = _WANTED if viewer == values["owner"] else _STANDS
    conditions = ["p.account_id = :account", visibility.seen("p"), boosts]
    if choice.only_media:
        conditions.append(MEDIA)
    if choice.pinned:
        conditions.append("p.id IN (SELECT post_id FROM pins)")
    if choice.listed:
        conditions.append("p.visibility = 'public'")
    if choice.tagged is not None:
        conditions.append("EXISTS (SELECT 1 FROM hashtags h WHERE h.post_id = p.id AND h.name = :tag)")
    return _page(tx, " AND ".join(conditions) + choice.without.condition, values, page)


def tag(
    tx: Tx,
    viewer: int | None,
    name: str,
    page: Page,
    *,
    mix: Mix = PURE,
    local: bool = False,
    remote: bool = False,
    only_media: bool = False,
) -> list[Post]:
    """Return a page of the public posts with a hashtag (NFKC, lower case), or with another of ``mix.any``."""
    conditions = [TAGGED]
    if local:
        conditions.append("p.local")
    if remote:
        conditions.append("NOT p.local")
    if only_media:
        conditions.append(MEDIA)
    if mix.all:
        conditions.append("NOT EXISTS (SELECT value FROM json_each(:all) EXCEPT " + _TAGS + ")")
    if mix.none:
        conditions.append("NOT EXISTS (SELECT value FROM json_each(:none) INTERSECT " + _TAGS + ")")
    values = {**visibility.values(tx, viewer), "tag": name, "all": listed(mix.all), "none": listed(mix.none)}
    if mix.any:
        values["any"] = listed({name, *mix.any})
        conditions.append("p.id IN (SELECT post_id FROM hashtags WHERE name IN (SELECT value FROM json_each(:any)))")
        return _page(tx, " AND ".join(conditions), values, page)
    select = f"{SELECT} JOIN hashtags h ON h.post_id = p.id WHERE h.name = :tag AND {' AND '.join(conditions)}"
    return list(each(SHAPE.read, cut(tx, select, values, page, by="h.post_id")))


def link(tx: Tx, viewer: int | None, url: str, page: Page, *, local: bool = False) -> list[Post]:
    """Return a page of the public posts about the page ``url``, however they link to it."""
    conditions = [TAGGED, *(["p.local"] if local else [])]
    values = {**visibility.values(tx, viewer), "url": url}
    select = f"""{SELECT} JOIN card_posts x ON x.post_id = p.id
        WHERE x.card_id IN (SELECT id FROM cards WHERE url = :url UNION SELECT id FROM cards WHERE page = :url)
        AND {" AND ".join(conditions)}"""
    return list(each(SHAPE.read, cut(tx, select, values, page, by="x.post_id")))


def favourites(tx: Tx, page: Page) -> list[tuple[int, Post]]:
    """Return (id of the like, post) of what the owner likes, newest like first; page by the first."""
    return _marked(tx, "likes", f"x.account_id = :owner AND x.{likes.FAVOURS}", page)


def bookmarks(tx: Tx, page: Page) -> list[tuple[int, Post]]:
    """Return (id of the bookmark, post) of what the owner bookmarked, newest bookmark first; page by the first."""
    return _marked(tx, "bookmarks", "1", page)


def published(tx: Tx, page: Page, *, pinned: bool = False) -> list[Post]:
    """Return a page of what the owner posted and boosted for all to see: outbox, featured and feeds."""
    where = f"p.account_id = :owner AND p.visibility IN ('public', 'unlisted') AND {visibility.seen('p')} AND {_STANDS}"
    if pinned:
        where += " AND p.id IN (SELECT post_id FROM pins)"
    return _page(tx, where, visibility.values(tx, None), page)


def count_published(tx: Tx) -> int:
    """Return how many posts and boosts of the owner are for all to see."""
    row = tx.sql.execute(
        "SELECT count(*) FROM posts p WHERE p.account_id = (SELECT account_id FROM owners)"
        f" AND p.visibility IN ('public', 'unlisted') AND {_STANDS}",
        visibility.values(tx, None),
    ).fetchone()
    return int(row[0])


def owners(tx: Tx) -> dict[str, Any]:
    """Return what the conditions need bound where the owner reads."""
    values = visibility.values(tx, None)
    return {**values, "viewer": values["owner"]}


def _page(tx: Tx, where: str, values: dict[str, Any], page: Page) -> list[Post]:
    return list(each(SHAPE.read, cut(tx, f"{SELECT} WHERE {where}", values, page, by="p.id")))


def _marked(tx: Tx, table: str, whose: str, page: Page) -> list[tuple[int, Post]]:
    select = (
        f"SELECT x.id, {SHAPE.columns('p')} FROM {table} x JOIN posts p ON p.id = x.post_id"
        f" WHERE {whose} AND {visibility.seen('p')} AND NOT {visibility.cut_off('p.account_id')}"
    )
    rows = cut(tx, select, owners(tx), page, by="x.id")
    return list(each(lambda row: (int(row[0]), SHAPE.read(row[1:])), rows))
