"""The hot queries use the index that was made for them: no scan of a table, no sorting."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.copy import Subject
from smallfed.domain.list import List, Replies
from smallfed.domain.refusal import Path
from smallfed.domain.relay import Style
from smallfed.domain.rule import Action, Verdict
from smallfed.services import relaying
from smallfed.store import (
    accounts,
    appearing,
    copies,
    correspondences,
    deadlines,
    details,
    endorsements,
    filters,
    followed_tags,
    forgetting,
    growth,
    houses,
    media,
    notification_groups,
    notification_requests,
    notifications,
    polls,
    posts,
    rebuffs,
    recipients,
    refusals,
    relations,
    relay_days,
    relayed,
    relays,
    scheduled_posts,
    threads,
    timelines,
    unwanted,
    votes,
)
from smallfed.store.moments import EPOCH
from smallfed.store.notifications import Choice as Told
from smallfed.store.paging import Page
from smallfed.store.recipients import Recipients
from smallfed.store.relayed import Coming
from smallfed.store.timelines import Choice
from smallfed.store.tx import Tx
from smallfed.store.unwanted import Unwanted
from tests import world

PAGE = Page(max_id=1 << 60)
ALL, FEW, OF_ONE = Told(), Told(types=("mention", "poll")), Told(account=1)


def plan(tx: Tx, ask: Callable[..., Any], *args: Any) -> list[str]:
    """Return the steps of the plans of all statements that a call runs."""
    asked: list[str] = []
    tx.sql.set_trace_callback(asked.append)
    ask(tx, *args)
    tx.sql.set_trace_callback(None)
    own = [statement for statement in asked if not statement.startswith("--")]  # the others are FTS5's
    return [row[3] for statement in own for row in tx.sql.execute(f"EXPLAIN QUERY PLAN {statement}")]


@pytest.mark.parametrize(
    ("ask", "args", "index"),
    [
        (copies.find, ("https://far.example/1",), "SEARCH c USING INDEX sqlite_autoindex_copies_1 (url=?)"),
        (copies.source, (Subject.ATTACHMENT, 1), "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)"),
        (copies.source, (Subject.AVATAR, 1), "SEARCH accounts USING INTEGER PRIMARY KEY (rowid=?)"),
        (copies.source, (Subject.CARD, 1), "SEARCH cards USING INTEGER PRIMARY KEY (rowid=?)"),
        (copies.standing_of_post, (1, 1), "SEARCH b USING INDEX posts_boost (boost_of_id=?)"),
        (copies.post_with, (Subject.CARD, 1), "SEARCH card_posts USING COVERING INDEX card_posts_card (card_id=?)"),
        (timelines.home, (PAGE,), "SEARCH p USING INDEX posts_home (id<?)"),
        (timelines.home, (Page(min_id=1),), "SEARCH p USING INDEX posts_home (id>?)"),
        (timelines.home, (Page(),), "SCAN p USING INDEX posts_home"),
        (timelines.public, (None, PAGE), "SEARCH p USING INDEX posts_public (id<?)"),
        (timelines.account, (None, 1, PAGE, Choice()), "SEARCH p USING INDEX posts_account (account_id=? AND id<?)"),
        (timelines.tag, (None, "cats", PAGE), "SEARCH h USING COVERING INDEX hashtags_name (name=? AND post_id<?)"),
        (partial(media.next_busy, long=False), (), "SCAN m USING INDEX media_busy"),
        (partial(media.next_busy, long=True), (), "SCAN m USING INDEX media_busy"),
        (media.unused, (100,), "SEARCH m USING INDEX media_unused (kept_until<?)"),
        (media.of_post, (1,), "SEARCH m USING INDEX media_post (post_id=?)"),
        (scheduled_posts.first, (), "SEARCH s USING INDEX scheduled_posts_due (due<?)"),
        (scheduled_posts.next_due, (), "SEARCH scheduled_posts USING COVERING INDEX scheduled_posts_due (due>?)"),
        (scheduled_posts.page, (PAGE,), "SEARCH s USING INTEGER PRIMARY KEY (rowid<?)"),
        (scheduled_posts.find_repeated, (1, "k"), "SEARCH s USING INDEX scheduled_posts_key (token_id=? AND key=?)"),
        (endorsements.page, (PAGE,), "SEARCH e USING INTEGER PRIMARY KEY (rowid<?)"),
        (timelines.favourites, (PAGE,), "SEARCH x USING INDEX likes_account (account_id=? AND id<?)"),
        (notifications.newest, (PAGE,), "SEARCH n USING INDEX notifications_shown (id<?)"),
        (notifications.newest, (Page(min_id=1),), "SEARCH n USING INDEX notifications_shown (id>?)"),
        (notifications.newest, (PAGE, FEW), "SEARCH n USING INDEX notifications_type (type=? AND id<?)"),
        (notifications.newest, (Page(), FEW), "SEARCH n USING INDEX notifications_type (type=?)"),
        (notifications.newest, (PAGE, OF_ONE), "SEARCH n USING INDEX notifications_account (account_id=? AND id<?)"),
        (
            notification_groups.newest,
            (PAGE, ALL),
            "SEARCH n USING INDEX notifications_newest (type=? AND id>? AND id<?)",
        ),
        (
            notification_groups.newest,
            (Page(min_id=1), ALL),
            "SEARCH n USING INDEX notifications_oldest (type=? AND id>? AND id<?)",
        ),
        (notification_requests.newest, (PAGE,), "SEARCH r USING INTEGER PRIMARY KEY (rowid<?)"),
        (timelines.direct, (PAGE,), "SEARCH p USING INDEX posts_direct (id<?)"),
        (
            correspondences.page,
            (PAGE,),
            "SEARCH c USING INDEX correspondences_last (last_post_id>? AND last_post_id<?)",
        ),
    ],
)
def test_lists_walk_an_index(
    tx: Tx, owner: Account, ask: Callable[..., Any], args: tuple[Any, ...], index: str
) -> None:
    """In its order, so that a page costs no more than its rows."""
    steps = plan(tx, ask, *args)

    assert index in steps, steps
    assert [step for step in steps if "ORDER BY" in step] == []


CAME = refusals.Came(path=Path.DOOR, actor="a", host="h", type="Create")


@pytest.mark.parametrize(
    ("ask", "args", "index"),
    [
        (refusals.put, (CAME, Verdict(Action.DROP, "why", "rule")), "INDEX refusals_actor (actor=?)"),
        (rebuffs.by, (["far.example"], EPOCH), "INDEX refusals_rule (rule=? AND id>?)"),
        (rebuffs.of_people, (["a"],), "INDEX refusals_actor (actor=?)"),
        (rebuffs.about, ("https://far.example/1",), "INDEX refusals_object (object=?)"),
        (rebuffs.about, ("https://far.example/1",), "INDEX refusals_host (host=?)"),
        (refusals.bound, (), "COVERING INDEX refusals_door (path=?)"),
    ],
)
def test_the_ledger_is_not_walked(tx: Tx, ask: Callable[..., Any], args: tuple[Any, ...], index: str) -> None:
    """A rule may have refused most of what there is, and something is refused all the time."""
    steps = [step for step in plan(tx, ask, *args) if "refusals" in step]

    assert f"SEARCH refusals USING {index}" in steps
    assert [step for step in steps if step.startswith("SCAN refusals USING") or step == "SCAN refusals"] == []


@pytest.mark.parametrize("replies", Replies)
@pytest.mark.parametrize(("page", "bound"), [(PAGE, " AND id<?"), (Page(min_id=1), " AND id>?"), (Page(), "")])
def test_lists_step_into_an_index_for_each_member(
    tx: Tx, owner: Account, replies: Replies, page: Page, bound: str
) -> None:
    """Nothing is walked but the members, those chosen of them, and what these wrote; what is sorted is as little."""
    known = List(id=1, title="Friends", replies=replies, created_at=tx.now)

    steps = plan(tx, timelines.of_list, known, page)

    assert steps.count(f"SEARCH p USING INDEX posts_account (account_id=?{bound})") == 2, steps
    assert "SEARCH p USING INTEGER PRIMARY KEY (rowid=?)" in steps
    assert "SEARCH x USING PRIMARY KEY (list_id=?)" in steps
    scans = {step.split()[1] for step in steps if step.startswith("SCAN ")}
    assert scans <= {"CONSTANT", "owners", "firsts", "c", "up", "over", "domain_blocks"}, steps


def batches(tx: Tx) -> None:
    """Ask everything that is asked of a page of posts."""
    page = posts.several_visible(tx, [1, 2, 3], None).values()
    details.of_posts(tx, [*page, world.say(tx, world.accounts.owner(tx))])


def thread(tx: Tx) -> None:
    """Ask for a whole thread."""
    post = world.say(tx, world.accounts.owner(tx), in_reply_to_id=None)
    threads.ancestors(tx, post, None)
    threads.descendants(tx, post, None)


def between(tx: Tx) -> None:
    """Ask what is between the owner and some."""
    relations.relationships(tx, [1, 2, 3])


def fan_out(tx: Tx) -> None:
    """Queue a body for all followers."""
    tx.run("INSERT INTO bodies (id, activity, type, body, created_at) VALUES (1, 'a', 'Create', x'00', 0)")
    recipients.put(tx, 1, Recipients(followers=True, following=True, accounts=[1]))


def the_hour(tx: Tx) -> None:
    """Ask what is due about polls, and for all that is asked of one."""
    deadlines.first(tx)
    deadlines.next_due(tx)
    polls.find(tx, 1)
    votes.find(tx, 1, 1)
    votes.voters(tx, 1)
    votes.drop_open(tx, 1)


def what_is_filtered(tx: Tx) -> None:
    """Ask what is asked for filtering a page of posts."""
    filters.rules(tx)
    filters.matching(tx, [1, 2, 3])
    filters.keywords(tx, [1])
    filters.posts(tx, [1])


def followed_hashtags(tx: Tx) -> None:
    """Do all that is done when hashtags, or people, are followed and left."""
    followed_tags.has(tx, 1)
    followed_tags.bring_home(tx, "cats", limit=100)
    followed_tags.take_out(tx, "cats")
    followed_tags.leave_home(tx, 1)


def test_whose_inbox_it_is_is_looked_up(tx: Tx, owner: Account) -> None:
    steps = plan(tx, partial(accounts.behind, inbox="https://far.example/inbox", limit=50))

    used = [step for step in steps if "accounts" in step]
    assert [step.split("USING INDEX ")[1].split()[0] for step in used] == ["accounts_inbox", "accounts_shared_inbox"]


def streams(tx: Tx) -> None:
    """Ask in which timelines a few posts stand."""
    appearing.of(tx, [1, 2, 3])


def ages(tx: Tx) -> None:
    """Ask what may go because of its age, and why things came."""
    terms = forgetting.Terms(strangers=timedelta(days=90), followed=timedelta(days=365))
    forgetting.candidates(tx, 1, 1 << 62, terms)
    forgetting.forget(tx, [1], terms)
    growth.arrived(tx, 1)
    growth.count(tx)
    growth.total(tx, 1, 2)
    growth.by_host(tx, 1, 2, 10)


def relayed_things(tx: Tx) -> None:
    """Queue what relays bring, look at it, and count what was read of it."""
    relay = relaying.add(tx, "https://relay.example/inbox", style=Style.MASTODON)
    relayed.put(tx, relay.id, [Coming(host="far.example", body=b"{}")])
    relayed.trim(tx, relay.id, most=0)
    relayed.fresh(tx, limit=50, enough=64)
    relayed.is_awaited(tx, "https://far.example/notes/1")
    unwanted.put(tx, relay.id, [Unwanted(uri="https://far.example/notes/1", reason="is covered", came_at=tx.now)])
    relayed.mark_read(tx, [1, 2, 3])
    relayed.relay_of(tx, 1)
    relayed.relay_of_author(tx, 1)
    relay_days.today(tx, 1)
    relay_days.refused_since(tx, 1, 20_000)
    relays.of_actor(tx, "https://relay.example/actor")
    relays.trouble(tx, relays.get(tx, relay.id))


def test_who_is_asked_for_relays_is_found_by_index(tx: Tx, owner: Account) -> None:
    """Only what is to be read is looked at, never what nobody has looked at, of which there is much more."""
    steps = plan(tx, partial(relayed.ready, limit=8, busy=["far.example"], tired=[2]))

    used = {
        step.split(" INDEX ")[1].split()[0] for step in steps if step.startswith("SEARCH relay_arrivals USING INDEX")
    }
    assert used == {"relay_arrivals_uri"}


LOCAL = "INDEX accounts_local"  # the owner


@pytest.mark.parametrize("ask", [accounts.owner, houses.find])
def test_the_owner_is_found_among_all_accounts(tx: Tx, owner: Account, ask: Callable[..., Any]) -> None:
    tx.known.clear()

    steps = plan(tx, ask)

    assert sum(step.endswith(LOCAL) for step in steps) == 1, steps


@pytest.mark.parametrize(("account", "domain"), [(1, None), (None, "far.example"), (None, "*")])
def test_what_is_taken_away_is_looked_for_among_the_newest(
    tx: Tx, owner: Account, account: int | None, domain: str | None
) -> None:
    steps = plan(tx, partial(appearing.withdrawn, account=account, domain=domain))

    walks = {step for step in steps if step.startswith(("SCAN p", "SCAN a", "SCAN o", "SCAN m"))}
    assert walks - {"SCAN over"} == {"SCAN posts USING INDEX posts_home", "SCAN p USING INDEX posts_public"}


@pytest.mark.parametrize(
    "ask",
    [batches, thread, between, fan_out, the_hour, what_is_filtered, followed_hashtags, streams, ages, relayed_things],
)
def test_nothing_is_scanned(tx: Tx, owner: Account, ask: Callable[..., Any]) -> None:
    """But what is small by its nature: what was asked for, and intermediate results."""
    small = {"CONSTANT", "json_each", "j", "up", "down", "wanted", "addressed", "houses", "owners", "h", "o"}
    small |= {"f"}  # the filters themselves
    small |= {"w", "r"}  # what is written for later, and complaints; what has come within the hour
    small |= {"relays"}
    small |= {"domain_blocks", "over", "thread_mutes", "l"}  # whether there is any at all; lists
    scans = [step for step in plan(tx, ask) if step.startswith("SCAN ") and not step.endswith(LOCAL)]

    assert [step for step in scans if step.split()[1] not in small] == []
