"""The poll of a Question in every shape there is."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.incoming import IncomingOption, IncomingPoll, NotUnderstood, Votes
from smallfed.errors import Invalid
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.translate import inward, polls
from tests.protocol.test_jsonld import ANY_JSON

DAY = datetime(2026, 11, 20, 10, tzinfo=UTC)
TEA = {"type": "Note", "name": "tea", "replies": {"type": "Collection", "totalItems": 3}}
CAKE = {"type": "Note", "name": "cake", "replies": {"type": "Collection", "totalItems": 1}}
IS_TEA = IncomingOption(name="tea", title="tea", votes=3)
IS_CAKE = IncomingOption(name="cake", title="cake", votes=1)
ALICE, CYN = "https://us.example/users/alice", "https://gts.example/users/cyn"


def read(**properties: Any) -> IncomingPoll | None:
    return polls.poll(Document({"type": "Question", **properties}))


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"oneOf": [TEA, CAKE]}, IncomingPoll(options=(IS_TEA, IS_CAKE))),
        ({"anyOf": [TEA, CAKE], "oneOf": []}, IncomingPoll(options=(IS_TEA, IS_CAKE), multiple=True)),
        ({"anyOf": [], "oneOf": [TEA]}, IncomingPoll(options=(IS_TEA,))),
        ({"anyOf": TEA}, IncomingPoll(options=(IS_TEA,), multiple=True)),
        ({"oneOf": TEA, "votersCount": 4}, IncomingPoll(options=(IS_TEA,), voters=4)),
        ({"oneOf": TEA, "votersCount": "4"}, IncomingPoll(options=(IS_TEA,), voters=4)),
        ({"oneOf": TEA, "votersCount": -1}, IncomingPoll(options=(IS_TEA,))),
        ({"oneOf": [TEA, "x", 5, None, [TEA], {}]}, IncomingPoll(options=(IS_TEA,))),
        ({"type": ["Question", "Note"], "oneOf": TEA}, IncomingPoll(options=(IS_TEA,))),
        ({"type": "Note", "oneOf": TEA}, None),
        ({}, None),
        ({"oneOf": "https://a.example/1"}, None),
    ],
)
def test_choices(properties: dict[str, Any], expected: IncomingPoll | None) -> None:
    assert read(**properties) == expected


@pytest.mark.parametrize(
    ("properties", "ends_at", "closed"),
    [
        ({}, None, False),
        ({"endTime": "2026-11-20T10:00:00Z"}, DAY, False),
        ({"closed": "2026-11-20T10:00:00Z"}, DAY, False),
        ({"closed": "2026-11-20T10:00:00Z", "endTime": "2026-11-21T10:00:00Z"}, DAY, False),
        ({"closed": True}, None, True),
        ({"closed": "true", "endTime": "2026-11-20T10:00:00Z"}, DAY, True),
        ({"closed": {"type": "Object"}}, None, True),
        ({"closed": False, "endTime": "2026-11-20T10:00:00Z"}, DAY, False),
        ({"closed": "false"}, None, False),
        ({"closed": "soon", "endTime": "2026-11-20T10:00:00Z"}, DAY, False),
        ({"closed": None, "endTime": "nonsense"}, None, False),
        ({"endTime": "9999-12-31T23:59:59Z"}, None, False),
        ({"endTime": "2026-11-20T10:00:00.000999Z"}, DAY, False),
    ],
)
def test_end(properties: dict[str, Any], ends_at: datetime | None, closed: bool) -> None:
    assert read(oneOf=TEA, **properties) == IncomingPoll(options=(IS_TEA,), ends_at=ends_at, closed=closed)


@pytest.mark.parametrize(
    ("option", "name", "title", "votes"),
    [
        ({"name": "tea"}, "tea", "tea", None),
        ({"content": "tea"}, "tea", "tea", None),
        ({"name": {"en": "tea", "de": "Tee"}}, "tea", "tea", None),
        ({"nameMap": {"de": "Tee"}}, "Tee", "Tee", None),
        ({"name": " two\nlines "}, " two\nlines ", "two lines", None),
        ({"name": ":blob: tea & cake"}, ":blob: tea & cake", ":blob: tea & cake", None),
        ({"name": "<b>tea</b> &amp; <i>cake</i>"}, "<b>tea</b> &amp; <i>cake</i>", "tea & cake", None),
        ({"name": "x<y, z > a"}, "x<y, z > a", "x< y, z > a", None),
        ({"name": "<script>alert(1)</script>"}, "<script>alert(1)</script>", "…", None),
        ({"name": "<script>alert(1)"}, "<script>alert(1)", "…", None),
        ({"name": "<img src=x onerror=alert(1)"}, "<img src=x onerror=alert(1)", "< img src=x onerror=alert(1)", None),
        ({"name": "<b>&lt;script&gt;</b>"}, "<b>&lt;script&gt;</b>", "< script>", None),
        ({"name": "tea", "_misskey_votes": 4}, "tea", "tea", 4),
        ({"name": "tea", "_misskey_votes": 4, "replies": {"totalItems": 0}}, "tea", "tea", 0),
        ({"name": "tea", "replies": {"totalItems": -3}}, "tea", "tea", None),
        ({"name": "tea", "replies": "https://a.example/1"}, "tea", "tea", None),
    ],
)
def test_option(option: dict[str, Any], name: str, title: str, votes: int | None) -> None:
    found = read(oneOf=[option])

    assert found == IncomingPoll(options=(IncomingOption(name=name, title=title, votes=votes),))


def test_what_is_too_much_is_cut() -> None:
    found = read(oneOf=[{"name": f"{number} {'x' * 5000}"} for number in range(2 * limits.OPTIONS)])

    assert found is not None
    assert len(found.options) == limits.OPTIONS
    assert max(len(option.name) for option in found.options) == limits.OPTION
    assert max(len(option.title) for option in found.options) <= limits.OPTION


@given(
    st.dictionaries(
        st.sampled_from(["oneOf", "anyOf", "endTime", "closed", "votersCount", "name", "content", "tag"]),
        ANY_JSON | st.lists(st.fixed_dictionaries({"name": ANY_JSON, "replies": ANY_JSON}), max_size=3),
    )
)
def test_any_question_whatever_is_a_post(properties: dict[str, Any]) -> None:
    """Nothing in a poll keeps its post away, and every title can be shown."""
    document = {"id": "https://a.example/1", "attributedTo": "https://a.example/a", "type": "Question", **properties}

    found = inward.post(Document(document)).poll

    assert found is None or all(option.name.strip() and option.title for option in found.options)


def vote(number: int, **changes: Any) -> dict[str, Any]:
    uri = f"{CYN}#{number}/vote"
    plain = {"id": uri, "type": "Note", "attributedTo": CYN, "name": f"{number}", "to": ALICE}
    return {**plain, "inReplyTo": f"{ALICE}/notes/1", **changes}


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        ([vote(1), vote(2)], None),
        ([vote(1), vote(2, content="a post")], "It publishes several objects at once."),
        ([vote(1), vote(2, type="Person")], "It publishes several objects at once."),
        ([vote(1), vote(2, inReplyTo=f"{ALICE}/notes/2")], "It holds votes of several people, or in several polls."),
        (
            [vote(1), vote(2, attributedTo="https://gts.example/users/dan")],
            "It holds votes of several people, or in several polls.",
        ),
        ([vote(1), vote(2, id="https://evil.example/2")], "The object and its author are not of the same origin."),
        ([vote(1), vote(2, id=None)], "The object has no id that is an http(s) URL."),
    ],
)
def test_several_votes_in_one_create(votes: list[dict[str, Any]], reason: str | None) -> None:
    """GoToSocial's form of a multiple choice; all of one voter, all in one poll, and nothing else beside."""
    body = msgspec.json.encode({"id": f"{CYN}#1", "type": "Create", "actor": CYN, "object": votes})

    found = inward.understand(body)

    if reason is None:
        assert isinstance(found, Votes)
        assert [one.title for one in found.posts] == ["1", "2"]
    else:
        assert isinstance(found, NotUnderstood)
        assert found.reason == reason


def test_a_title_in_a_forum_is_shown() -> None:
    """PieFed's polls have one, a name at a microblog's would be nothing that is shown."""
    named = {"id": "https://a.example/1", "attributedTo": "https://a.example/a", "type": "Question", "name": "Which?"}

    post = inward.post(Document({**named, "content": "<p>Well?</p>", "oneOf": [TEA]}))

    assert (post.title, post.content) == ("Which?", "<h2>Which?</h2><p>Well?</p>")


def test_a_question_without_an_id_is_none() -> None:
    with pytest.raises(Invalid):
        inward.post(Document({"type": "Question", "oneOf": [TEA]}))
