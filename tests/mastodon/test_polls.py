"""Polls as apps make them, see them and vote in them; how others' stand is asked of their origin."""

from datetime import timedelta
from typing import Any

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, json, structs

from smallfed.domain.account import Account, Emoji
from smallfed.domain.draft import Ballot
from smallfed.domain.poll import Option, Poll
from smallfed.domain.post import Post, Visibility
from smallfed.domain.remote import Signet
from smallfed.errors import Invalid
from smallfed.mastodon import ballots, entities
from smallfed.mastodon.entities import Status, StatusEdit
from smallfed.mastodon.entities.servers import InstanceV2
from smallfed.mastodon.presenting import polls as presenting
from smallfed.pages.brackets import Value
from smallfed.pages.trees import Tree, read_form
from smallfed.store import polls
from smallfed.store.tx import Tx
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, say
from tests.translate.samples import HOUSE
from tests.workers.far import Person
from tests.world import NOW

FORM = {"poll[options][]": ["tea", "cake"], "poll[expires_in]": "3600"}
BOB = Person("bob@far.example")
HOME = structs.replace(HOUSE, signet=Signet(b"key"))


def options(poll: entities.Poll | None) -> list[tuple[str, int | None]]:
    assert poll is not None
    return [(option.title, option.votes_count) for option in poll.options]


# Making ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "values",
    [
        read_form(b"poll[options][]=tea&poll[options][]=+cake+&poll[expires_in]=300&poll[multiple]=1"),
        {"poll": {"options": ["tea", "", "cake", None], "expires_in": 300, "multiple": "true", "hide_totals": "False"}},
        {"poll": {"options": {"0": "tea", "1": "cake"}, "expires_in": "300", "multiple": True}},
    ],
)
def test_every_form_of_poll_says_the_same(values: dict[str, Value]) -> None:
    assert ballots.read(Tree(values)) == Ballot(options=("tea", "cake"), lasts=300, multiple=True)


@pytest.mark.parametrize("values", [{}, {"poll": None}, {"poll": ""}, {"poll": {}}, {"poll": {"options": [""]}}])
def test_no_poll(values: dict[str, Value]) -> None:
    assert ballots.read(Tree(values)) is None


@pytest.mark.parametrize(
    ("poll", "words"),
    [
        ({"options": ["a"], "expires_in": 300}, "options must have more than one item"),
        ({"options": ["a", " "], "expires_in": 300}, "options must have more than one item"),
        ({"expires_in": 300}, "options must have more than one item"),
        ({"options": ["a", "b", "c", "d", "e"], "expires_in": 300}, "options can't contain more than 4 items"),
        ({"options": ["a", "x" * 51], "expires_in": 300}, "options cannot be longer than 50 characters each"),
        ({"options": ["a", "b", "a "], "expires_in": 300}, "options contain duplicate items"),
        ({"options": ["a", "b"]}, "expires at can't be blank"),
        ({"options": ["a", "b"], "expires_in": 299}, "expires at is too soon"),
        ({"options": ["a", "b"], "expires_in": -1}, "expires at is too soon"),
        ({"options": ["a", "b"], "expires_in": 2_629_747}, "expires at is too far into the future"),
    ],
)
def test_what_no_poll_can_be(poll: dict[str, Value], words: str) -> None:
    with pytest.raises(Invalid) as caught:
        ballots.read(Tree({"poll": poll}))

    assert caught.value.message == f"Validation failed: Poll {words}"


@pytest.mark.parametrize("option", ["👩‍👩‍👧‍👦" * 50, "é" * 50, "x" * 50])
def test_options_are_counted_as_they_are_seen(option: str) -> None:
    found = ballots.read(Tree({"poll": {"options": [option, "no"], "expires_in": ballots.SPAN}}))

    assert found is not None
    assert found.options[0] == option


async def test_a_poll_of_ours(api: Api) -> None:
    """It is shown wherever its post is; the owner counts as having voted, and strangers are told nothing of that."""
    said = await say(api, "Which?", **FORM)
    path = f"/api/v1/polls/{said.id}"
    alone = await api.get(path, entities.Poll)
    stranger = (await api.ask("GET", path, token="")).of(entities.Poll)
    (at_home,) = await api.get("/api/v1/timelines/home", list[Status])

    assert alone == said.poll == at_home.poll
    assert alone == entities.Poll(
        id=said.id,
        expires_at="2026-03-01T13:00:01.000Z",
        expired=False,
        multiple=False,
        votes_count=0,
        voters_count=None,
        options=[entities.PollOption(title="tea", votes_count=0), entities.PollOption(title="cake", votes_count=0)],
        emojis=[],
        voted=True,
        own_votes=[],
    )
    assert "voted" not in json.decode(json.encode(stranger))


async def test_a_boost_a_history_and_a_redraft_show_it(api: Api) -> None:
    said = await say(api, "Which?", **FORM)
    boost = await api.post(f"/api/v1/statuses/{said.id}/reblog", Status)
    await api.ask("PUT", f"/api/v1/statuses/{said.id}", form={"status": "Which!"})
    versions = await api.get(f"/api/v1/statuses/{said.id}/history", list[StatusEdit])
    await api.ask("PUT", f"/api/v1/statuses/{said.id}", form={"status": "Which?", **FORM})
    gone = (await api.ask("DELETE", f"/api/v1/statuses/{said.id}")).of(Status)

    assert boost.reblog is not None
    assert boost.reblog.poll == said.poll
    past = entities.PastPoll(options=[entities.PastOption(title="tea"), entities.PastOption(title="cake")])
    assert [version.poll for version in versions] == [past, UNSET]
    assert (gone.text, options(gone.poll)) == ("Which?", [("tea", 0), ("cake", 0)])


async def test_the_limits_are_shown(api: Api) -> None:
    limits = (await api.get("/api/v2/instance", InstanceV2)).configuration.polls

    assert (limits.max_options, limits.max_characters_per_option) == (4, 50)
    assert (limits.min_expiration, limits.max_expiration) == (300, 2_629_746)


# Others' --------------------------------------------------------------------------------------------------------------
async def ask(api: Api, author: Account, *, votes: int = 2, multiple: bool = False, **fields: Any) -> Post:
    """Store a poll of somebody else's, which ends in an hour."""
    post = await hear(api, author, kind="Question", **fields)
    await api.do(_ask, post, votes, multiple)
    return post


def _ask(tx: Tx, post: Post, number: int, multiple: bool) -> None:
    choices = tuple(Option(name=f"<{name}>", title=name, votes=number) for name in ("tea", "cake"))
    poll = Poll(
        post_id=post.id,
        options=choices,
        multiple=multiple,
        ends_at=tx.now + timedelta(hours=1),
        voters=3,
        told_at=tx.now,
    )
    polls.put(tx, poll)


@pytest.mark.parametrize("form", [{"choices[]": ["1"]}, {"choices": "1"}, {"choices[]": [1]}])
async def test_voting(api: Api, form: dict[str, Any]) -> None:
    post = await ask(api, await api.know("bob@far.example"))

    answer = await api.post(f"/api/v1/polls/{post.id}/votes", entities.Poll, **form)

    assert (answer.voted, answer.own_votes, options(answer)) == (True, [1], [("tea", 2), ("cake", 3)])
    assert (answer.votes_count, answer.voters_count) == (5, None)


async def test_voting_for_several(api: Api) -> None:
    post = await ask(api, await api.know("bob@far.example"), multiple=True)

    answer = (await api.ask("POST", f"/api/v1/polls/{post.id}/votes", json={"choices": [1, "0"]})).of(entities.Poll)

    assert (answer.own_votes, answer.votes_count, answer.voters_count) == ([0, 1], 6, 4)


@pytest.mark.parametrize(
    ("json", "status", "words"),
    [
        ({"choices": ["x"]}, 422, "choices should be a whole number"),
        ({"choices": [0, 0]}, 422, "Validation failed: You have already voted on this poll"),
        ({"choices": [9]}, 422, "Validation failed: The chosen vote option does not exist"),
        ({"choices": []}, 422, "choices should name at least one option"),
        ({}, 422, "choices should name at least one option"),
    ],
)
async def test_votes_that_cannot_be_cast(api: Api, json: dict[str, Any], status: int, words: str) -> None:
    """None of them is: not the first one of two either."""
    post = await ask(api, await api.know("bob@far.example"))

    answer = await api.ask("POST", f"/api/v1/polls/{post.id}/votes", json=json)
    poll = await api.get(f"/api/v1/polls/{post.id}", entities.Poll)

    assert (answer.status, answer.json()) == (status, {"error": words})
    assert (poll.voted, poll.votes_count) == (False, 4)


async def test_private_and_absent_polls_look_the_same(api: Api) -> None:
    bob = await api.know("bob@far.example")
    hidden = await ask(api, bob, visibility=Visibility.DIRECT)
    plain = await hear(api, bob)

    answers = [
        await api.ask(method, f"/api/v1/polls/{number}{tail}", token=token)
        for method, tail, token in (("GET", "", None), ("GET", "", ""), ("POST", "/votes", None))
        for number in (hidden.id, plain.id, 17, "x")
    ]

    assert {(answer.status, answer.body) for answer in answers} == {(404, b'{"error":"Record not found"}')}
    assert (await api.ask("POST", f"/api/v1/polls/{plain.id}/votes", token="")).status == 401


async def test_the_origin_is_asked_how_an_old_poll_stands(api: Api) -> None:
    """For the owner only, and once a minute however often apps ask; without an answer what is known is shown."""
    bob = await api.know("bob@far.example")
    post = await ask(api, bob)
    choices = [{"type": "Note", "name": f"<{name}>", "replies": {"totalItems": 7}} for name in ("tea", "cake")]
    told = {"type": "Question", "content": post.content, "oneOf": choices, "endTime": "2026-03-01T13:00:00Z"}
    api.http.put(post.uri, BOB.note(id=post.uri, **told))
    path = f"/api/v1/polls/{post.id}"
    await trio.sleep(120)

    stranger = (await api.ask("GET", path, token="")).of(entities.Poll)
    first, second = [await api.get(path, entities.Poll) for _ in range(2)]
    asked = len(api.http.asked)
    await trio.sleep(120)
    api.http.pages.clear()
    absent = await api.ask("GET", path)

    assert options(stranger) == [("tea", 2), ("cake", 2)]
    assert options(first) == options(second) == [("tea", 7), ("cake", 7)]
    assert asked == 1
    assert absent.status == 404  # its origin says that it is gone


@given(
    st.lists(st.integers(0, 2**53 - 1), min_size=1, max_size=500),
    st.none() | st.integers(0, 2**53 - 1),
    st.none() | st.datetimes(timezones=st.just(NOW.tzinfo or st.nothing())),
    st.booleans(),
)
def test_whatever_a_server_claims_apps_can_read(
    numbers: list[int], voters: int | None, ends_at: Any, multiple: bool
) -> None:
    """Counts fit into 32 bits, and all fields have their form."""
    claimed = Poll(
        post_id=1,
        options=tuple(Option(name="x", title="x :blob:", votes=number) for number in numbers),
        multiple=multiple,
        ends_at=ends_at,
        voters=voters,
    )
    post = Post(
        id=1,
        uri="https://far.example/1",
        account_id=2,
        local=False,
        visibility=Visibility.PUBLIC,
        published_at=NOW,
        received_at=NOW,
        emojis=(
            Emoji(shortcode="blob", url="https://far.example/blob.png"),
            Emoji(shortcode="other", url="https://x.y"),
        ),
    )

    shown = json.decode(json.encode(presenting.poll(HOME, post, claimed, (), mine=True)), type=entities.Poll)

    assert max(shown.votes_count, shown.voters_count or 0, *(o.votes_count or 0 for o in shown.options)) < 2**31
    assert [emoji.shortcode for emoji in shown.emojis] == ["blob"]
