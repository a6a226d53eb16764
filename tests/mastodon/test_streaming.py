"""Streams: who may listen to what, who hears what, and how connections end."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.domain.events import (
    BoostUndone,
    Event,
    FiltersChanged,
    NotificationsMerged,
    PostBoosted,
    PostEdited,
    PostReceived,
    PostSent,
    QuoteSettled,
)
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.list import List
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.mastodon.entities import Conversation, Notification, Status, Tag
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.streaming import Streaming, listeners
from smallfed.mastodon.streaming.broadcasting import Broadcaster
from smallfed.mastodon.streaming.occasions import Thing, Word
from smallfed.mastodon.streaming.streams import HOME, POSTS
from smallfed.services import authorising, blocking, meeting, moderating, muting, notifying, receiving
from smallfed.services.moderating import Wish
from smallfed.services.receiving import Coming
from smallfed.store import attachments, ids, lists, mentions, posts, tokens
from smallfed.store.tx import Tx
from tests import world
from tests.listening import Ear, listening
from tests.mastodon.api import Api, living
from tests.mastodon.facts import follow, hear, say
from tests.services.test_people import actor


async def _elsewhere(scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError(f"{scope['path']} is not for others")


@pytest.fixture
async def door(api: Api) -> AsyncIterator[Streaming]:
    streaming = Streaming(api.parts, _elsewhere)
    async with trio.open_nursery() as nursery:
        await nursery.start(streaming.run)
        yield streaming
        nursery.cancel_scope.cancel()


def broadcaster(door: Streaming) -> Broadcaster:
    assert door._hall is not None
    return door._hall.broadcaster


# Coming in ------------------------------------------------------------------------------------------------------------
async def test_a_token_is_taken_wherever_apps_put_it(api: Api, door: Streaming) -> None:
    bearer = [("authorization", f"Bearer {api.token}")]

    async with (
        listening(door, token=api.token) as by_query,
        listening(door, headers=bearer) as by_header,
        listening(door, "/", protocols=[api.token, "other"], stream="user") as by_protocol,
    ):
        post = await say(api, "Hello")
        heard = [await each.events() for each in (by_query, by_header, by_protocol)]

    assert [each.status for each in (by_query, by_header, by_protocol)] == [101, 101, 101]
    assert [each.subprotocol for each in (by_query, by_header, by_protocol)] == [None, None, api.token]
    assert heard == [[], [], [("user", "update", post.id)]]


@pytest.mark.parametrize("http", [False, True])
async def test_who_shows_no_good_token_is_refused(api: Api, door: Streaming, http: bool) -> None:
    app = await api.grant("read", owner=False)

    async with (
        listening(door, "/user", http=http) as without,
        listening(door, "/user", http=http, token="x") as wrong,
        listening(door, "/user", http=http, token=app) as apps_own,
    ):
        pass

    refused = [(each.status, json.loads(each.body), each.headers["x-error-message"]) for each in (without, wrong)]
    assert refused == [
        (401, {"error": "Missing access token"}, "Missing access token"),
        (401, {"error": "Invalid access token"}, "Invalid access token"),
    ]
    assert (apps_own.status, json.loads(apps_own.body)) == (
        422,
        {"error": "This method requires an authenticated user"},
    )
    assert wrong.headers["access-control-allow-origin"] == "*"


WRONG = [
    ({"stream": "nonsense"}, 400, "Unknown stream type"),
    ({"stream": ""}, 400, "Unknown stream type"),
    ({"stream": "hashtag"}, 400, "Missing tag name parameter"),
    ({"stream": "hashtag:local", "tag": " # "}, 400, "Missing tag name parameter"),
    ({"stream": "list"}, 400, "Missing list name parameter"),
    ({"stream": "list", "list": "12"}, 404, "Not authorized to stream this list"),
    ({"stream": "list", "list": "x"}, 404, "Not authorized to stream this list"),
]


@pytest.mark.parametrize(("asked", "status", "error"), WRONG)
async def test_what_there_is_not_is_refused_in_words(
    api: Api, door: Streaming, asked: dict[str, str], status: int, error: str
) -> None:
    said = {"error": error, "status": status}

    async with listening(door, token=api.token) as ear:
        await ear.say({"type": "subscribe", **asked})
        heard = await ear.heard()
    async with listening(door, token=api.token, **asked) as at_once:
        at_once_heard = await at_once.heard()
    async with listening(door, token=api.token, http=True, **asked) as lines:
        pass

    assert heard == [said]
    assert (at_once.status, at_once_heard) == (101, [said] if asked["stream"] else [])
    in_lines = "Unknown channel requested" if error == "Unknown stream type" else error
    assert (lines.status, json.loads(lines.body)["error"]) == (status, in_lines)


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ("read", {"user", "user:notification", "public", "hashtag", "direct"}),
        ("read:statuses", {"user", "public", "hashtag", "direct"}),
        ("read:notifications", {"user:notification"}),
        ("write follow push", set()),
    ],
)
async def test_each_stream_wants_its_scope(api: Api, door: Streaming, scopes: str, allowed: set[str]) -> None:
    token = await api.grant(scopes)
    refusal = {"error": "Access token does not have the required scopes", "status": 403}

    answers = {}
    async with listening(door, token=token) as ear:
        for stream in ("user", "user:notification", "public", "hashtag", "direct"):
            await ear.subscribe(stream, tag="x")
            answers[stream] = await ear.heard()

    assert answers == {stream: [] if stream in allowed else [refusal] for stream in answers}


async def test_home_tells_of_notifications_only_who_may_read_them(api: Api, door: Streaming) -> None:
    bob = await api.know("bob@far.example")
    token = await api.grant("read:statuses")

    async with listening(door, token=token, stream="user") as ear:
        post = await hear(api, bob, names=True)
        events = await ear.events()

    assert events == [("user", "update", str(post.id))]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[]",
        "null",
        '{"type": 1}',
        '{"type": "subscribe", "stream": {}}',
        "[" * 9000,
        '"\\ud800"',
        '{"type":"x"}',
    ],
)
async def test_nonsense_is_answered_and_changes_nothing(api: Api, door: Streaming, message: str) -> None:
    async with listening(door, token=api.token, stream="user") as ear:
        await ear.say(message)
        (answer,) = await ear.heard()
        post = await say(api, "Hello")

        assert answer.keys() == {"error", "status"}
        assert answer["status"] == 400
        assert await ear.events() == [("user", "update", post.id)]


async def test_what_is_no_text_ends_the_connection(api: Api, door: Streaming) -> None:
    async with listening(door, token=api.token) as ear:
        await ear.say(b"\x00")

    assert ear.closed == (1003, "only text is understood here")


TEXT = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text(), max_size=3))
ORDERS = st.one_of(
    st.text(max_size=200),
    st.binary(max_size=20),
    st.dictionaries(st.sampled_from(["type", "stream", "tag", "list", "x"]), TEXT),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["subscribe", "unsubscribe"]), "stream": TEXT, "tag": TEXT, "list": TEXT}
    ),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["subscribe", "unsubscribe"]),
            "stream": st.sampled_from(["user", "hashtag", "hashtag:local", "list", "public:media"]),
            "tag": st.text(),
            "list": st.text(alphabet="0123456789x-", max_size=25),
        }
    ),
)


@given(st.lists(ORDERS, max_size=12))
@settings(max_examples=60)
def test_whatever_is_said_nothing_breaks(orders: list[Any]) -> None:
    """Messages of any kind: each is obeyed, or refused in words, or ends the connection in order."""

    async def say_all() -> None:
        async with alone() as (door, token):
            async with listening(door, token=token) as ear:
                for order in orders:
                    if not ear.over:
                        await ear.say(order)
                heard = await ear.heard()

            assert all(each.keys() == {"error", "status"} and 400 <= each["status"] < 500 for each in heard), heard
            assert ear.closed == (
                (1003, "only text is understood here") if any(isinstance(order, bytes) for order in orders) else None
            )
            assert len(broadcaster(door).audience) == 0

    trio.run(say_all, clock=MockClock(autojump_threshold=0))


@asynccontextmanager
async def alone() -> AsyncIterator[tuple[Streaming, str]]:
    """A house of its own, and a token for it."""
    with TemporaryDirectory() as folder:
        async with living(Path(folder)) as api, trio.open_nursery() as nursery:
            streaming = Streaming(api.parts, _elsewhere)
            await nursery.start(streaming.run)
            yield streaming, api.token
            nursery.cancel_scope.cancel()


# Who hears what -------------------------------------------------------------------------------------------------------
STREAMS = (
    ("user", {}),
    ("public", {}),
    ("public:local", {}),
    ("public:remote", {}),
    ("public:media", {}),
    ("public:remote:media", {}),
    ("hashtag", {"tag": "Cats"}),
    ("hashtag:local", {"tag": "cats"}),
    ("list", {"list": "1"}),
    ("list", {"list": 2}),
    ("user:notification", {}),
    ("direct", {}),
)


async def everywhere(ear: Ear) -> None:
    """Subscribe to every stream."""
    for stream, parameters in STREAMS:
        await ear.subscribe(stream, **parameters)
    assert await ear.heard() == []


async def people(api: Api) -> dict[str, Account]:
    """People the owner follows, some in lists, the second of which is exclusive; a stranger; somebody muted."""
    known = {
        name: await api.know(f"{name}@far.example") for name in ("friend", "listed", "hidden", "stranger", "muted")
    }
    await follow(api, *(known[name] for name in ("friend", "listed", "hidden", "muted")))
    await api.do(muting.mute, known["muted"])
    await api.do(_put_lists, known)
    return known


def _put_lists(tx: Tx, known: dict[str, Account]) -> None:
    for number, member in ((1, "listed"), (2, "hidden")):
        lists.put(tx, world_list(tx, number, exclusive=number == 2))
        lists.put_member(tx, number, known[member].id, follow=None)


def world_list(tx: Tx, number: int, *, exclusive: bool) -> List:
    return List(id=number, title="x", exclusive=exclusive, created_at=tx.now)


PUBLIC, REMOTE = ["public", "public:remote"], ["public:media", "public:remote:media"]
TABLE: list[tuple[str, dict[str, Any], list[str]]] = [
    ("friend", {}, ["user", *PUBLIC]),
    ("friend", {"tag": "cats"}, ["user", *PUBLIC, "hashtag,Cats"]),
    ("friend", {"tag": "dogs"}, ["user", *PUBLIC]),
    ("friend", {"media": True}, ["user", *PUBLIC, *REMOTE]),
    ("friend", {"visibility": Visibility.UNLISTED, "tag": "cats"}, ["user"]),
    ("friend", {"visibility": Visibility.PRIVATE}, ["user"]),
    ("friend", {"in_home": False, "in_reply_to": "https://x.example/1", "tag": "cats"}, ["hashtag,Cats"]),
    ("listed", {}, ["user", *PUBLIC, "list,1"]),
    ("hidden", {}, [*PUBLIC, "list,2"]),
    ("stranger", {"in_home": False}, PUBLIC),
    ("stranger", {"in_home": False, "visibility": Visibility.DIRECT}, []),
    ("muted", {"tag": "cats"}, []),
    ("friend", {"names": "muted"}, PUBLIC),
]


@pytest.mark.parametrize(("author", "how", "where"), TABLE)
async def test_a_post_is_heard_where_its_timelines_show_it(
    api: Api, door: Streaming, author: str, how: dict[str, Any], where: list[str]
) -> None:
    known = await people(api)

    async with listening(door, token=api.token) as ear:
        await everywhere(ear)
        post = await api.do(_arrive, known[author], how, known)
        events = [each for each in await ear.events() if each[1] != "conversation"]

    assert sorted(events) == sorted((stream, "update", str(post.id)) for stream in where)


def _arrive(tx: Tx, author: Account, how: dict[str, Any], known: dict[str, Account]) -> Post:
    columns = {name: value for name, value in how.items() if name not in ("tag", "media", "names")}
    post = world.say(tx, author, **{"in_home": True, **columns})
    if "tag" in how:
        mentions.replace_hashtags(tx, post.id, [how["tag"]])
    if "media" in how:
        attachments.replace(tx, post.id, [Attachment(id=1, kind="image", url="https://far.example/1.png")])
    if "names" in how:
        mentions.put(tx, post.id, known[how["names"]].id)
    tx.announce(PostReceived(post=post.id, fresh=True))
    return post


async def test_the_owners_own_post_is_the_answer_and_an_event(api: Api, door: Streaming) -> None:
    async with listening(door, token=api.token) as ear:
        await ear.subscribe("user")
        await ear.subscribe("public:local")
        await ear.subscribe("hashtag:local", tag="#Cats")
        post = await say(api, "Hello #cats")
        messages = await ear.heard()

    assert sorted((each["stream"], each["event"]) for each in messages) == [
        (["hashtag:local", "#Cats"], "update"),
        (["public:local"], "update"),
        (["user"], "update"),
    ]
    shown = await api.get(f"/api/v1/statuses/{post.id}", Status)
    assert [msgspec.json.decode(each["payload"], type=Status) for each in messages] == [shown] * 3


async def test_edits_deletions_and_boosts_are_heard(api: Api, door: Streaming) -> None:
    bob = await api.know("bob@far.example")
    await follow(api, bob)
    post = await hear(api, bob)

    async with listening(door, token=api.token, stream="user") as ear, listening(door, token=api.token) as other:
        await other.subscribe("public")
        boost = await api.do(_boost, bob, post)
        await api.do(_announce, PostEdited(post=post.id, local=False))
        await api.do(_announce, QuoteSettled(post=post.id, local=False))
        await api.do(_take_back, boost)
        mine = await say(api, "Hello")
        await api.ask("DELETE", f"/api/v1/statuses/{mine.id}")
        in_home, in_public = await ear.events(), await other.events()

    number = str(post.id)
    assert in_home == [
        ("user", "update", str(boost.id)),
        ("user", "status.update", number),
        ("user", "status.update", number),
        ("user", "delete", boost.id),
        ("user", "update", mine.id),
        ("user", "delete", int(mine.id)),
    ]
    assert in_public == [
        ("public", "status.update", number),
        ("public", "status.update", number),
        ("public", "delete", boost.id),
        ("public", "update", mine.id),
        ("public", "delete", int(mine.id)),
    ]


def _boost(tx: Tx, booster: Account, post: Post) -> Post:
    boost = world.wrap(tx, booster, post, in_home=True)
    tx.announce(PostBoosted(boost=boost.id, account=booster.id, post=post.id, local=False))
    return boost


def _take_back(tx: Tx, boost: Post) -> None:
    assert boost.boost_of_id is not None
    posts.drop(tx, boost.id)
    tx.announce(
        BoostUndone(
            boost=boost.id,
            uri=boost.uri,
            account=boost.account_id,
            post=boost.boost_of_id,
            local=False,
            visibility=boost.visibility,
        )
    )


def _announce(tx: Tx, event: Event) -> None:
    tx.announce(event)


async def test_the_boosts_of_what_is_deleted_go_with_it(api: Api, door: Streaming) -> None:
    bob = await api.know("bob@far.example")
    mine = await say(api, "Hello")
    boost = await api.do(lambda tx: _boost(tx, bob, posts.get(tx, int(mine.id))))

    async with listening(door, token=api.token, stream="user") as ear:
        await api.ask("DELETE", f"/api/v1/statuses/{mine.id}")

        assert await ear.events() == [("user", "delete", int(mine.id)), ("user", "delete", boost.id)]


@pytest.mark.parametrize("how", ["deleted", "suspended"])
async def test_what_somebody_leaves_at_home_goes_when_they_do(api: Api, door: Streaming, how: str) -> None:
    """Their posts and boosts, and boosts of theirs; not what stands elsewhere."""
    bob, carol = await api.know("bob@far.example"), await api.know("carol@far.example")
    post = await hear(api, bob)
    elsewhere = await hear(api, bob, in_home=False)
    boost = await api.do(lambda tx: _boost(tx, carol, elsewhere))
    await hear(api, carol)

    def leave(tx: Tx) -> None:
        if how == "deleted":
            meeting.forget(tx, bob.uri)
        else:
            meeting.meet(tx, actor(uri=bob.uri, suspended=True), "far.example")

    async with listening(door, token=api.token, stream="user") as ear:
        await api.do(leave)
        heard = await ear.events()
        await api.do(leave)
        again = await ear.events()

    assert heard == [("user", "delete", boost.id), ("user", "delete", post.id)]
    assert again == []


def _boost_of(tx: Tx, booster: Account, post: Post) -> Post:
    return world.wrap(tx, booster, post, id=ids.fresh(tx, "posts"), in_home=True)


@pytest.mark.parametrize("how", ["blocked", "muted", "server blocked", "server muted", "by lists"])
async def test_what_is_kept_away_goes_from_open_apps(api: Api, door: Streaming, how: str) -> None:
    """As with Mastodon: what they posted and boosted, boosts of it, and at home what names them; nothing of others."""
    bob, carol = await api.know("bob@far.example"), await api.know("carol@near.example")
    await follow(api, bob, carol)
    await hear(api, carol, "Before")
    post, elsewhere = await hear(api, bob), await hear(api, bob, in_home=False)
    boost = await api.do(_boost_of, carol, post)
    theirs = await api.do(_boost_of, bob, await hear(api, carol))
    named = await hear(api, carol, "Look, Bob")
    await api.do(mentions.put, named.id, bob.id)
    gone = [str(each) for each in (named.id, theirs.id, boost.id, post.id)]

    async with listening(door, token=api.token, stream="user") as ear, listening(door, token=api.token) as other:
        await other.subscribe("public")
        await api.do(KEPT_AWAY[how], bob)
        at_home, in_public = [[(event, str(what)) for _, event, what in await each.events()] for each in (ear, other)]

    also = [str(elsewhere.id)] if how in ("blocked", "muted") else []
    assert {one for one in at_home if one[0] == "delete"} == {("delete", each) for each in gone + also}
    assert (
        sorted(in_public)
        == [("delete", str(elsewhere.id)), ("delete", str(post.id))][:: 1 if elsewhere.id < post.id else -1]
    )


def _by_lists(tx: Tx, account: Account) -> None:
    moderating.by_lists(tx, {account.host: Wish(severity=Severity.SUSPEND)})


KEPT_AWAY: dict[str, Callable[[Tx, Account], object]] = {
    "blocked": blocking.block,
    "muted": muting.mute,
    "server blocked": lambda tx, account: blocking.block_domain(tx, account.host),
    "server muted": lambda tx, account: moderating.set_up(tx, account.host, Wish(mute=True)),
    "by lists": _by_lists,
}


async def test_nothing_goes_from_open_apps_that_is_still_to_be_read(api: Api, door: Streaming) -> None:
    """A limit hides nobody who is followed, and what is lifted comes back when the app asks."""
    bob = await api.know("bob@far.example")
    await follow(api, bob)
    await hear(api, bob)
    await api.do(muting.mute, bob)

    async with listening(door, token=api.token, stream="user") as ear:
        await api.do(muting.unmute, bob)
        await api.do(lambda tx: moderating.set_up(tx, bob.host, Wish(severity=Severity.SILENCE)))
        await api.do(lambda tx: blocking.block_domain(tx, "other.example"))

        assert await ear.events() == []


async def test_what_a_followed_hashtag_brings_is_heard_of_when_it_was_only_fetched(api: Api, door: Streaming) -> None:
    """Once, and at home alone; a past that is read brings nothing."""
    bob = await api.know("bob@far.example")
    await api.post("/api/v1/tags/cats/follow", Tag)

    def come(tx: Tx, number: int, *, fresh: bool, **fields: Any) -> int:
        post = IncomingPost(
            author=bob.uri,
            kind="Note",
            uri=f"{bob.uri}/{number}",
            content=f"<p>{number}</p>",
            to=("https://www.w3.org/ns/activitystreams#Public",),
            published_at=tx.now,
            hashtags=("cats",),
        )
        stored = receiving.receive(tx, post, Coming(fresh=fresh, **fields))
        assert isinstance(stored, Post)
        return stored.id

    async with listening(door, token=api.token, stream="user") as ear:
        await ear.subscribe("public")
        first = await api.do(come, 1, fresh=False)
        await api.do(come, 2, fresh=False, home=False)
        heard = await ear.events()
        await api.do(come, 1, fresh=True)
        sent = await ear.events()

    assert heard == [("user", "update", str(first))]
    assert sent == [("public", "update", str(first))]


async def test_conversations_are_heard_in_their_stream(api: Api, door: Streaming) -> None:
    await api.know("bob@far.example", username="bob")

    async with listening(door, token=api.token, stream="direct") as ear:
        post = await say(api, "@bob@far.example psst", visibility="direct")
        (message,) = await ear.heard()

    (there,) = await api.get("/api/v1/conversations", list[Conversation])
    assert (message["stream"], message["event"]) == (["direct"], "conversation")
    assert msgspec.json.decode(message["payload"], type=Conversation) == there
    assert there.last_status is not None
    assert there.last_status.id == post.id


async def test_who_is_named_by_a_stranger_hears_of_the_edit(api: Api, door: Streaming) -> None:
    bob = await api.know("bob@far.example")
    post = await hear(api, bob, names=True, in_home=False)

    async with listening(door, token=api.token, stream="user") as ear:
        await api.do(_announce, PostEdited(post=post.id, local=False))
        events = await ear.events()

    assert events == [("user", "status.update", str(post.id))]


async def test_notifications_are_heard_in_both_streams_that_have_them(api: Api, door: Streaming) -> None:
    bob = await api.know("bob@far.example")

    async with listening(door, token=api.token) as ear:
        await ear.subscribe("user")
        await ear.subscribe("user:notification")
        await hear(api, bob, names=True, in_home=False)
        first, second = await ear.heard()

    (there,) = await api.get("/api/v1/notifications", list[Notification])
    assert [(each["stream"], each["event"]) for each in (first, second)] == [
        (["user"], "notification"),
        (["user:notification"], "notification"),
    ]
    assert msgspec.json.decode(first["payload"], type=Notification) == there


async def test_words_that_say_to_ask_again(api: Api, door: Streaming) -> None:
    """Filters have no payload in a message, and one that is none in lines; that is how Mastodon has it."""
    async with listening(door, token=api.token) as ear, listening(door, "/user", http=True, token=api.token) as lines:
        await ear.subscribe("user")
        await ear.subscribe("user:notification")
        await lines.lines()
        await api.do(_announce, FiltersChanged())
        await api.do(_announce, NotificationsMerged(account=1))

        assert await ear.heard() == [
            {"stream": ["user"], "event": "filters_changed"},
            {"stream": ["user"], "event": "notifications_merged", "payload": "1"},
            {"stream": ["user:notification"], "event": "notifications_merged", "payload": "1"},
        ]
        assert await lines.lines() == [
            "event: filters_changed",
            "data: undefined",
            "",
            "event: notifications_merged",
            "data: 1",
            "",
        ]


async def test_what_comes_late_or_from_the_past_is_not_heard(api: Api, door: Streaming) -> None:
    bob = await api.know("bob@far.example")
    late, punctual = timedelta(hours=6, seconds=1), timedelta(hours=5)

    async with listening(door, token=api.token, stream="user") as ear:
        await api.do(_arrive, bob, {"published_at": world.NOW - late}, {})
        heard = await api.do(_arrive, bob, {"published_at": world.NOW - punctual}, {})
        fetched = await api.do(world.say, bob, in_home=True)
        await api.do(_announce, PostReceived(post=fetched.id, fresh=False))
        events = await ear.events()

    assert events == [("user", "update", str(heard.id))]


async def test_what_comes_by_several_ways_is_new_once(api: Api, door: Streaming) -> None:
    """Here and there apart: it may come home only after it was public."""
    bob = await api.know("bob@far.example")

    async with listening(door, token=api.token, stream="user") as ear:
        await ear.subscribe("public")
        fetched = await api.do(world.say, bob)
        events = []
        for in_home in (False, True, True):
            await api.do(posts.change, fetched.id, in_home=in_home)
            await api.do(_announce, PostSent(post=fetched.id))
            events.append([stream for stream, _, _ in await ear.events()])

    assert events == [["public"], ["user"], []]


async def test_what_is_gone_by_then_is_skipped(api: Api, door: Streaming) -> None:
    bob = await api.know("bob@far.example")

    def come_and_go(tx: Tx) -> None:
        post = world.say(tx, bob, in_home=True)
        tx.announce(PostReceived(post=post.id, fresh=True))
        notifying.tell(tx, "favourite", bob.id, post.id)
        posts.drop(tx, post.id)

    async with listening(door, token=api.token, stream="user") as ear:
        await api.do(come_and_go)
        post = await say(api, "Hello")
        events = await ear.events()

    assert events == [("user", "update", post.id)]


async def test_streams_come_and_go_on_one_connection(api: Api, door: Streaming) -> None:
    async with listening(door, token=api.token, stream="user") as ear:
        await ear.subscribe("hashtag", tag="Cats")
        await ear.subscribe("hashtag", tag="cats")  # is the same
        await ear.subscribe("user")  # so is this
        both = await say(api, "#cats")
        first = await ear.events()
        await ear.unsubscribe("hashtag", tag="CATS")
        await ear.unsubscribe("public")  # which never was
        one = await say(api, "#cats")
        second = await ear.events()
        await ear.unsubscribe("user")
        await say(api, "#cats")
        third = await ear.events()

    assert first == [("user", "update", both.id), ("hashtag,Cats", "update", both.id)]
    assert (second, third) == ([("user", "update", one.id)], [])


# What it costs --------------------------------------------------------------------------------------------------------
async def test_each_event_is_rendered_once_for_everybody(api: Api, door: Streaming) -> None:
    async with AsyncExitStack() as stack:
        ears = [await stack.enter_async_context(listening(door, token=api.token, stream="user")) for _ in range(20)]
        for ear in ears[:5]:
            await ear.subscribe("public")
        post = await say(api, "Hello")
        heard = [await ear.events() for ear in ears]
        spent = (broadcaster(door).rendered, broadcaster(door).told)

    assert all(("user", "update", post.id) in each for each in heard)
    assert spent == (1, 25)


async def test_while_nobody_listens_nothing_is_listened_to(api: Api, door: Streaming) -> None:
    await say(api, "Hello")
    before = list(api.parts.hub._subscriptions)
    async with listening(door, token=api.token):
        meanwhile = len(api.parts.hub._subscriptions)
    await trio.sleep(1)

    assert (before, meanwhile, api.parts.hub._subscriptions) == ([], 1, [])


async def test_what_nobody_hears_of_is_not_rendered(api: Api, door: Streaming) -> None:
    async with listening(door, token=api.token) as ear:
        await ear.subscribe("hashtag", tag="dogs")
        await ear.subscribe("user:notification")
        await say(api, "#cats")

        assert (await ear.heard(), broadcaster(door).rendered) == ([], 0)


async def test_one_that_cannot_be_told_keeps_no_other_back(
    api: Api, door: Streaming, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Presenter) -> object:
        raise ValueError("a bug")

    word = Word(event="delete", payload="1", kinds=POSTS)

    async with listening(door, token=api.token):
        told = await broadcaster(door)._rendered([word, Thing(event="x", topics=(HOME,), present=fail), word])

    assert [each.event for each in told] == ["delete", "delete"]
    assert "cannot be told" in caplog.text


# How it ends ----------------------------------------------------------------------------------------------------------
async def test_a_slow_listener_is_cut_off_alone(api: Api, door: Streaming) -> None:
    async with (
        listening(door, token=api.token, stream="user") as slow,
        listening(door, token=api.token, stream="user") as quick,
    ):
        slow.deaf = trio.Event()
        for _ in range(listeners.QUEUE + 1):
            await api.do(_announce, gone(1))
        still_there = slow.dropped
        heard = len(await quick.heard())
        await api.do(_announce, gone(1))
        await trio.sleep(0.1)
        cut = (slow.dropped, slow.over, slow.closed)
        await api.do(_announce, gone(1))

        assert (still_there, cut) == (False, (True, True, None))
        assert (heard, len(await quick.heard()), len(broadcaster(door).audience)) == (listeners.QUEUE + 1, 2, 1)


@pytest.mark.parametrize("http", [False, True])
async def test_who_takes_what_comes_is_not_cut_off_by_a_burst(api: Api, door: Streaming, http: bool) -> None:
    def much(tx: Tx) -> None:
        for number in range(1500):
            tx.announce(gone(number))

    async with listening(door, "/user", token=api.token, http=http) as ear:
        await api.do(much)
        heard = [line for line in await ear.lines() if line.startswith("data")] if http else await ear.heard()

        assert (len(heard), ear.dropped) == (1500, False)


def gone(number: int) -> BoostUndone:
    return BoostUndone(boost=number, uri="x", account=1, post=1, local=False, visibility=Visibility.PUBLIC)


@pytest.mark.parametrize("http", [False, True])
async def test_who_does_not_read_is_dropped_in_time(api: Api, door: Streaming, http: bool) -> None:
    async with listening(door, token=api.token, stream="user", http=http) as ear:
        ear.deaf = trio.Event()
        await api.do(_announce, gone(1))
        await trio.sleep(9)
        patient = ear.dropped
        await trio.sleep(8)

        assert (patient, ear.dropped, ear.over) == (False, True, True)


async def test_a_revoked_token_ends_its_streams_and_no_others(api: Api, door: Streaming) -> None:
    other = await api.grant("read")

    async with (
        listening(door, token=other, stream="user") as revoked,
        listening(door, "/user", token=other, http=True) as lines,
        listening(door, token=api.token, stream="user") as kept,
    ):
        await api.do(_revoke, other)
        await trio.sleep(0.1)
        ended = (revoked.closed, revoked.over, lines.over)
        post = await say(api, "Hello")

        assert ended == ((1008, "the access token was revoked"), True, True)
        assert (revoked.status, lines.status) == (101, 200)
        assert await kept.events() == [("user", "update", post.id)]
    async with listening(door, token=other) as again:
        assert again.status == 401


async def test_a_revoked_token_ends_also_who_does_not_read(api: Api, door: Streaming) -> None:
    other = await api.grant("read")

    async with listening(door, token=other, stream="user") as deaf:
        deaf.deaf = trio.Event()
        await api.do(_announce, gone(1))
        await api.do(_revoke, other)
        await trio.sleep(2)

        assert (deaf.dropped, deaf.over) == (True, True)


def _revoke(tx: Tx, secret: str) -> None:
    token = tokens.find(tx, secret)
    assert token is not None
    authorising.show_out(tx, token.app_id)


async def test_stopping_lets_everybody_go_and_nobody_in(api: Api, door: Streaming) -> None:
    async with (
        listening(door, token=api.token) as socket,
        listening(door, "/user", token=api.token, http=True) as lines,
    ):
        door.stop()
        await trio.sleep(0.1)
        async with listening(door, token=api.token) as late:
            pass

        assert (socket.closed, socket.over, lines.over) == ((1001, "the server is stopping"), True, True)
        assert (late.status, json.loads(late.body)) == (503, {"error": "the server is stopping"})


async def test_when_events_are_lost_everybody_connects_again(api: Api, door: Streaming, monkeypatch: Any) -> None:
    monkeypatch.setattr("smallfed.mastodon.streaming.broadcasting.BACKLOG", 3)

    def too_much(tx: Tx) -> None:
        for number in range(5):
            tx.announce(gone(number))

    async with listening(door, token=api.token, stream="user") as ear:
        await api.do(too_much)
        await trio.sleep(0.1)
    async with listening(door, token=api.token, stream="user") as again:
        await api.do(_announce, gone(7))

        assert ear.closed == (1013, "events were lost; connect again")
        assert await again.events() == [("user", "delete", 7)]


async def test_there_is_a_limit_for_one_token_and_for_all(api: Api, door: Streaming, monkeypatch: Any) -> None:
    monkeypatch.setattr(listeners, "MOST", 3)
    monkeypatch.setattr(listeners, "MOST_OF_ONE", 2)
    second = await api.grant("read")

    async with listening(door, token=api.token), listening(door, token=api.token):
        async with listening(door, token=api.token) as third:
            pass
        async with listening(door, token=second), listening(door, token=second) as fourth:
            pass

    assert (third.status, third.headers["retry-after"]) == (429, "61")
    assert json.loads(third.body) == {"error": "At most 2 streams may be open with one token: close some"}
    assert (fourth.status, fourth.headers["retry-after"]) == (503, "61")
    async with listening(door, token=api.token) as afterwards:
        assert afterwards.status == 101


async def test_there_is_a_limit_for_one_connection(api: Api, door: Streaming) -> None:
    async with listening(door, token=api.token) as ear:
        for number in range(listeners.MOST_STREAMS + 1):
            await ear.subscribe("hashtag", tag=f"t{number}")

        assert await ear.heard() == [
            {"error": f"At most {listeners.MOST_STREAMS} streams may be subscribed to on one connection", "status": 429}
        ]


# Server-sent events ---------------------------------------------------------------------------------------------------
PATHS = [
    ("/user", {}),
    ("/public", {}),
    ("/public/local", {}),
    ("/hashtag", {"tag": "cats"}),
    ("/hashtag/local/", {"tag": "cats"}),
    ("", {"stream": "user"}),
    ("/", {"stream": "public:local"}),
]


@pytest.mark.parametrize(("path", "query"), PATHS)
async def test_every_stream_comes_as_lines(api: Api, door: Streaming, path: str, query: dict[str, str]) -> None:
    async with listening(door, path, http=True, token=api.token, **query) as ear:
        begun = await ear.lines()
        post = await say(api, "Hello #cats")
        event, data, end = await ear.lines()

    assert (ear.status, begun) == (200, [":)"])
    assert {
        name: ear.headers[name] for name in ("content-type", "x-accel-buffering", "access-control-allow-origin")
    } == {
        "content-type": "text/event-stream",
        "x-accel-buffering": "no",
        "access-control-allow-origin": "*",
    }
    assert (event, end) == ("event: update", "")
    assert msgspec.json.decode(data.removeprefix("data: "), type=Status) == await api.get(
        f"/api/v1/statuses/{post.id}", Status
    )


@pytest.mark.parametrize(("path", "media"), [("/public", "true"), ("/public/remote", "1"), ("/public:media", "false")])
async def test_lines_with_media_only(api: Api, door: Streaming, path: str, media: str) -> None:
    bob = await api.know("bob@far.example")

    async with listening(door, path, http=True, token=api.token, only_media=media) as ear:
        await api.do(_arrive, bob, {}, {})
        without = await ear.lines()
        await api.do(_arrive, bob, {"media": True}, {})
        having = await ear.lines()

    assert (without, having[0]) == ([":)"], "event: update")


async def test_a_silent_stream_thumps_and_goes_on_for_days(api: Api, door: Streaming) -> None:
    async with listening(door, "/user", http=True, token=api.token) as ear:
        await trio.sleep(60)
        thumps = await ear.lines()
        await trio.sleep(3 * 86_400)
        await ear.lines()
        await api.do(_announce, gone(7))

        assert thumps == [":)", *[":thump"] * 4]
        assert (await ear.lines())[-3:] == ["event: delete", "data: 7", ""]


async def test_health_is_asked_by_anybody(door: Streaming) -> None:
    async with listening(door, "/health", http=True) as ear:
        pass

    assert (ear.status, ear.body) == (200, b"OK")
    assert ear.headers["access-control-allow-origin"] == "*"
