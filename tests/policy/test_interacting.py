"""What policies mean for somebody, and which stamps are good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from smallfed.domain.incoming import IncomingStamp
from smallfed.domain.interaction import Interaction, Policy, SubPolicy
from smallfed.domain.refused import Refused
from smallfed.policy.interacting import Leave, Standing, judge_stamp, leave, must_ask

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
BOB = "https://far.example/users/bob"
FOLLOWERS, FOLLOWING = f"{BOB}/followers", f"{BOB}/following"
ALICE = "https://home.example/users/alice"
STRANGER = Standing(actor=ALICE, author=BOB, followers=FOLLOWERS, following=FOLLOWING)
FOLLOWER = structs.replace(STRANGER, follows=True)
FOLLOWED = structs.replace(STRANGER, followed=True)
NAMED = structs.replace(STRANGER, named=True)
HERSELF = structs.replace(STRANGER, author=ALICE)

RULES = [
    # automatic, manual, who, what it means, whether to wait for a word all the same
    ((PUBLIC,), (), STRANGER, Leave.AUTOMATIC, False),
    ((BOB,), (), STRANGER, Leave.DENIED, True),
    ((BOB,), (), FOLLOWER, Leave.DENIED, True),
    ((FOLLOWERS,), (), STRANGER, Leave.DENIED, True),
    ((FOLLOWERS,), (), FOLLOWER, Leave.AUTOMATIC, True),
    ((FOLLOWING,), (), FOLLOWER, Leave.DENIED, True),
    ((FOLLOWING,), (), FOLLOWED, Leave.AUTOMATIC, True),
    ((ALICE,), (PUBLIC,), STRANGER, Leave.AUTOMATIC, False),
    ((PUBLIC,), (ALICE,), STRANGER, Leave.MANUAL, True),
    ((BOB,), (PUBLIC,), STRANGER, Leave.MANUAL, True),
    ((FOLLOWERS,), (PUBLIC,), FOLLOWER, Leave.AUTOMATIC, True),
    ((BOB,), (FOLLOWERS,), STRANGER, Leave.DENIED, True),
    (("https://far.example/lists/1",), (), STRANGER, Leave.UNKNOWN, True),
    ((BOB,), (), HERSELF, Leave.AUTOMATIC, False),
]


@pytest.mark.parametrize(("automatic", "manual", "who", "means", "waits"), RULES)
@pytest.mark.parametrize("what", [Interaction.QUOTE, Interaction.REPLY, Interaction.LIKE, Interaction.ANNOUNCE])
def test_what_a_policy_means(
    automatic: tuple[str, ...], manual: tuple[str, ...], who: Standing, means: Leave, waits: bool, what: Interaction
) -> None:
    policy = Policy(**{what.value: SubPolicy(automatic=automatic, manual=manual)})

    assert leave(policy, what, who) is means
    assert must_ask(policy, what, who) is waits


@pytest.mark.parametrize("policy", [None, Policy()])
def test_what_is_not_mentioned_is_allowed_but_for_quotes(policy: Policy | None) -> None:
    others = (Interaction.REPLY, Interaction.LIKE, Interaction.ANNOUNCE)

    assert [leave(policy, what, STRANGER) for what in others] == [Leave.AUTOMATIC] * 3
    assert leave(policy, Interaction.QUOTE, STRANGER) is Leave.DENIED


def test_who_is_named_may_answer_and_no_more() -> None:
    nobody = SubPolicy(automatic=(BOB,))
    policy = Policy(reply=nobody, like=nobody)

    assert leave(policy, Interaction.REPLY, NAMED) is Leave.AUTOMATIC
    assert not must_ask(policy, Interaction.REPLY, NAMED)
    assert leave(policy, Interaction.LIKE, NAMED) is Leave.DENIED


# Stamps ---------------------------------------------------------------------------------------------------------------
STAMP, QUOTING, QUOTED = "https://far.example/stamps/1", "https://home.example/notes/1", "https://far.example/notes/9"
GOOD = IncomingStamp(id=STAMP, types=("QuoteAuthorization",), author=BOB, interacting=QUOTING, target=QUOTED)


def judged(stamp: IncomingStamp, *, uri: str = STAMP) -> Refused | None:
    """Judge a stamp for the quote of bob's post."""
    return judge_stamp(stamp, uri=uri, quoting=QUOTING, quoted=QUOTED, author=BOB)


def test_a_good_stamp() -> None:
    assert judged(GOOD) is None


EVIL = "https://evil.example/stamps/1"


@pytest.mark.parametrize(
    ("stamp", "uri", "reason"),
    [
        (structs.replace(GOOD, types=("Note",)), STAMP, "It is no QuoteAuthorization."),
        (structs.replace(GOOD, id="https://far.example/stamps/2"), STAMP, "It says that it stands elsewhere."),
        (structs.replace(GOOD, id=EVIL), EVIL, "It is on another server than the author of the quoted post."),
        (
            structs.replace(GOOD, author="https://far.example/users/eve"),
            STAMP,
            "It is not by the author of the quoted post.",
        ),
        (structs.replace(GOOD, interacting="https://home.example/notes/2"), STAMP, "It is about another quote."),
        (structs.replace(GOOD, target="https://far.example/notes/8"), STAMP, "It is about another post."),
    ],
)
def test_stamps_that_prove_nothing(stamp: IncomingStamp, uri: str, reason: str) -> None:
    """CVE-2026-33869 and GHSA-8h43: of another host, by a neighbour, about something else."""
    assert judged(stamp, uri=uri) == Refused(reason)


texts = st.none() | st.text() | st.sampled_from([STAMP, QUOTING, QUOTED, BOB, ALICE])


@given(
    stamp=st.builds(
        IncomingStamp,
        id=texts,
        types=st.lists(st.sampled_from(["QuoteAuthorization", "Note", ""])).map(tuple),
        author=texts,
        interacting=texts,
        target=texts,
    ),
    uri=st.sampled_from([STAMP, EVIL, "", "javascript:1"]),
)
def test_only_the_one_stamp_is_good(stamp: IncomingStamp, uri: str) -> None:
    """Whatever else is in it, a stamp is good when all five agree, and never otherwise."""
    whole = (stamp.id, stamp.author, stamp.interacting, stamp.target) == (STAMP, BOB, QUOTING, QUOTED)

    assert (judged(stamp, uri=uri) is None) == (whole and "QuoteAuthorization" in stamp.types and uri == STAMP)
