"""What a group hands over: its own affairs are believed, other people's words are asked for at their origin."""

from typing import Any

import pytest

from smallfed.domain.account import Account, Kind
from smallfed.domain.incoming import Add, Block, Create, Delete, Handed, Incoming, Like, Lock, Mentioned, Remove, Undo
from smallfed.domain.post import Post
from smallfed.domain.reaction import DISLIKE, Reaction
from smallfed.inbox.outcome import Done, Elsewhere, Ignored, Need, Outcome
from smallfed.policy.authority import Ask
from smallfed.services import governing, grouping
from smallfed.services.governing import MODERATORS, SWEPT
from smallfed.store import accounts, bookmarks, fetches, moderators, posts, tombstones
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, NOTE, act, arrive, befriend, note
from tests.world import later, say

GROUP = "https://lemmy.example/users/birds"
MOD = "https://lemmy.example/users/mod"
KIM = "https://other.example/users/kim"
SPAM = "https://spam.example/users/spam"


@pytest.fixture
def group(owner: Account, know: Know, tx: Tx) -> Account:
    """Return a group that the owner follows, with kim, who lives elsewhere, as a moderator: it was asked just now."""
    lists = {"moderators": f"{GROUP}/moderators", "featured": f"{GROUP}/featured"}
    found = know("birds@lemmy.example", kind=Kind.GROUP, moderated_at=tx.now, **lists)
    befriend(tx, found)
    moderators.put(tx, found.id, KIM)
    return found


@pytest.fixture
def post(group: Account, know: Know, tx: Tx) -> Post:
    """Return a post of bob's in the group."""
    return say(tx, know("bob@far.example"), uri=NOTE, audience=GROUP)


def announced(tx: Tx, activity: Incoming, *, by: str = GROUP) -> Outcome:
    handed = Handed(id=f"{by}/announce/1", actor=by, wrapped=True, activity=activity, document=b"{}")
    return arrive(tx, handed)


@pytest.mark.parametrize("actor", [MOD, KIM])
@pytest.mark.parametrize(
    ("kind", "said", "removed", "locked"),
    [
        (Delete, {"object": NOTE}, True, False),
        (Block, {"object": BOB, "target": GROUP, "sweeps": True}, True, False),
        (Lock, {"object": NOTE}, False, True),
    ],
)
def test_moderators_rule(
    tx: Tx, post: Post, actor: str, kind: type[Any], said: dict[str, Any], removed: bool, locked: bool
) -> None:
    """Who is on the list of the group, or on its server."""
    outcome = announced(tx, act(kind, actor=actor, **said))

    now = posts.get(tx, post.id)
    assert (outcome, now.removed, now.locked) == (Done(), removed, locked)


@pytest.mark.parametrize("actor", [SPAM, ALICE])
@pytest.mark.parametrize(
    "said",
    [(Delete, {"object": NOTE}), (Lock, {"object": NOTE}), (Block, {"object": BOB, "target": GROUP, "sweeps": True})],
)
def test_nobody_else_does(tx: Tx, post: Post, actor: str, said: tuple[type[Any], dict[str, Any]]) -> None:
    outcome = announced(tx, act(said[0], actor=actor, **said[1]))

    assert isinstance(outcome, Ignored)
    assert posts.get(tx, post.id) == post


def test_a_moderator_may_be_new(tx: Tx, group: Account, post: Post) -> None:
    """The group is asked before somebody is refused, once for all that came before it answered."""
    ban = act(Block, actor=SPAM, object=BOB, target=GROUP, sweeps=True)

    asked = announced(later(tx, minutes=1), ban)
    governing.appoint(tx, GROUP, [KIM])
    refused = announced(tx, ban)
    appointed = announced(later(tx, minutes=1), act(Lock, actor=KIM, object=NOTE))
    accounts.change(tx, group.id, moderators=None)
    nobody_to_ask = announced(later(tx, minutes=1), ban)

    assert asked == Elsewhere(uri=GROUP, ask=Ask.MODERATORS)
    assert refused == nobody_to_ask == Ignored(f"{SPAM} does not moderate birds@lemmy.example.")
    assert appointed == Done()


def test_what_a_group_shows_first(tx: Tx, group: Account, post: Post) -> None:
    """A moderator pins a post by somebody: the group's boost of it is pinned. What is not here makes us look."""
    pins = {"actor": MOD, "object": NOTE, "target": f"{GROUP}/featured"}

    pinned = [announced(tx, act(Add, **pins)) for _ in range(2)]
    first = bookmarks.pins(tx, group.id)
    by_stranger = announced(tx, act(Remove, **pins | {"actor": SPAM}))
    unpinned = announced(tx, act(Remove, **pins))
    after = bookmarks.pins(tx, group.id)
    unknown = announced(tx, act(Add, **pins | {"object": f"{NOTE}/absent"}))

    boost = posts.find_boost(tx, post.id, group.id)
    assert boost is not None
    assert (pinned, first) == ([Done(), Done()], [boost.id])
    assert not boost.in_home
    assert isinstance(by_stranger, Ignored)
    assert (unpinned, after) == (Done(), [])
    assert isinstance(unknown, Ignored)
    assert [(fetch.uri, fetch.kind) for fetch in fetches.claim(tx, limit=5)] == [(GROUP, "featured")]


def test_what_a_group_itself_shows_first(tx: Tx, group: Account, post: Post, know: Know) -> None:
    """As NodeBB and others say it, without wrapping; a person pins nothing of others."""
    eve = know("eve@evil.example", featured="https://evil.example/users/eve/featured")

    by_group = arrive(tx, act(Add, actor=GROUP, object=NOTE, target=f"{GROUP}/featured"))
    pinned = bookmarks.pins(tx, group.id)
    lacking = arrive(tx, act(Add, actor=GROUP, object=f"{NOTE}/absent", target=f"{GROUP}/featured"))
    by_person = arrive(tx, act(Add, actor=eve.uri, object=NOTE, target=eve.featured))
    removed = arrive(tx, act(Remove, actor=GROUP, object=NOTE, target=f"{GROUP}/featured"))

    assert (by_group, len(pinned), lacking) == (Done(), 1, Need(f"{NOTE}/absent"))
    assert by_person == Ignored("It is no post of its actor.")
    assert (removed, bookmarks.pins(tx, group.id)) == (Done(), [])


def test_nor_do_moderators_of_another_group(tx: Tx, post: Post, know: Know) -> None:
    know("rocks@other.example", kind=Kind.GROUP)
    rocks = "https://other.example/users/rocks"

    outcome = announced(tx, act(Lock, actor=KIM, object=NOTE), by=rocks)

    assert outcome == Ignored("It was not made in rocks@other.example.")


def test_only_a_group_can_say_it(tx: Tx, post: Post, know: Know) -> None:
    """A Lock that nobody announces, and one announced by a person."""
    know("mod@lemmy.example")

    assert isinstance(arrive(tx, act(Lock, actor=MOD, object=NOTE)), Ignored)
    assert isinstance(announced(tx, act(Lock, actor=KIM, object=NOTE), by=MOD), Ignored)
    assert not posts.get(tx, post.id).locked


def test_what_is_removed_before_it_comes_comes_hidden(tx: Tx, group: Account, know: Know) -> None:
    know("bob@far.example")

    removed = announced(tx, act(Delete, actor=MOD, object=NOTE))
    arrival = act(Create, actor=BOB, post=note(audience=GROUP, to=("as:Public", ALICE)))
    outcome = arrive(tx, arrival)

    found = posts.find_uri(tx, NOTE)
    assert (removed, outcome) == (Done(), Done())
    assert found is not None
    assert found.removed
    assert tombstones.has(tx, NOTE, GROUP)


def test_a_removal_is_taken_back(tx: Tx, post: Post) -> None:
    announced(tx, act(Delete, actor=MOD, object=NOTE))
    stranger = announced(tx, act(Undo, actor=SPAM, kind="Delete", object=NOTE))

    outcome = announced(tx, act(Undo, actor=MOD, kind="Delete", object=NOTE))

    assert isinstance(stranger, Ignored)
    assert outcome == Done()
    assert posts.get(tx, post.id) == post


def test_moderators_come_and_go(tx: Tx, group: Account) -> None:
    target = f"{GROUP}/moderators"

    announced(tx, act(Add, actor=MOD, object=BOB, target=target))
    announced(tx, act(Remove, actor=MOD, object=KIM, target=target))
    announced(tx, act(Add, actor=SPAM, object=SPAM, target=target))

    assert moderators.of_group(tx, group.id) == {BOB}


def test_a_group_names_so_many_moderators(tx: Tx, group: Account) -> None:
    """Whoever runs it could name us as many as it likes."""
    target = f"{GROUP}/moderators"
    for number in range(MODERATORS - 1):  # kim is one
        announced(tx, act(Add, actor=MOD, object=f"{SPAM}/{number}", target=target))

    outcome = announced(tx, act(Add, actor=MOD, object=BOB, target=target))

    assert outcome == Ignored(f"It has {MODERATORS} moderators already.")
    assert len(moderators.of_group(tx, group.id)) == MODERATORS


def test_a_ban_sweeps_much_at_once(tx: Tx, group: Account, know: Know) -> None:
    """All of it goes, but of the older nobody is told one by one; what was made elsewhere stays."""
    bob = know("bob@far.example")
    for number in range(SWEPT + 50):
        say(tx, bob, uri=f"{NOTE}/{number}", audience=GROUP)
    elsewhere = say(tx, bob, uri=f"{NOTE}/elsewhere")
    tx.announced.clear()

    outcome = announced(tx, act(Block, actor=MOD, object=BOB, target=GROUP, sweeps=True))

    assert outcome == Done()
    assert tx.all("SELECT uri FROM posts WHERE account_id = ? AND NOT removed", bob.id) == [(elsewhere.uri,)]
    assert tx.one("SELECT count(*) FROM tombstones WHERE actor = ?", GROUP) == (SWEPT + 50,)
    assert len(tx.announced) == SWEPT


@pytest.mark.parametrize(
    ("said", "outcome", "removed"),
    [
        ({"restores": True, "target": GROUP}, Done, False),
        ({"restores": True}, Done, False),
        ({"restores": False}, Ignored, True),
        ({"restores": True, "target": "https://lemmy.example/"}, Ignored, True),
        ({"restores": True, "actor": SPAM}, Elsewhere, True),
    ],
    ids=["restoring", "without a target", "not restoring", "of a whole server", "by a stranger"],
)
def test_a_ban_is_taken_back(
    tx: Tx, group: Account, know: Know, said: dict[str, Any], outcome: type[Outcome], removed: bool
) -> None:
    """What it hid comes back where it stood, also what is older than what is told one by one."""
    bob = know("bob@far.example")
    for number in range(SWEPT + 5):
        say(tx, bob, uri=f"{NOTE}/{number}", audience=GROUP)
    newest = say(later(tx, minutes=1), bob, uri=NOTE, audience=GROUP)
    grouping.show(tx, group, newest)
    announced(tx, act(Block, actor=MOD, object=BOB, target=GROUP, sweeps=True))
    hidden = posts.find_boost(tx, newest.id, group.id)

    unbanned = announced(later(tx, days=1), act(Undo, **{"actor": MOD, "kind": "Block", "object": BOB} | said))

    boost = posts.find_boost(tx, newest.id, group.id)
    assert hidden is None
    assert type(unbanned) is outcome
    assert tx.one("SELECT count(*) FROM posts WHERE removed") == (removed * (SWEPT + 6),)
    assert tx.one("SELECT count(*) FROM tombstones") == (removed * (SWEPT + 6),)
    assert (boost and boost.published_at) == (None if removed else newest.published_at)


@pytest.mark.parametrize(("reaction", "claimed"), [(None, 1), (Reaction(emoji=DISLIKE), None)], ids=["for", "against"])
def test_votes_are_claims(tx: Tx, post: Post, reaction: Reaction | None, claimed: int | None) -> None:
    vote = act(Like, actor=SPAM, object=NOTE, **({} if reaction is None else {"reaction": reaction}))

    announced(tx, vote)
    after = posts.get(tx, post.id).likes_claimed
    announced(tx, act(Undo, actor=SPAM, kind="Like", object=NOTE))

    assert after == claimed
    assert posts.get(tx, post.id).likes_claimed == 0
    assert tx.one("SELECT count(*) FROM likes") == (0,)


def test_a_vote_for_our_own_post_is_asked_for_if_we_know_whose_it_is(
    tx: Tx, owner: Account, group: Account, know: Know
) -> None:
    mine = say(tx, owner, audience=GROUP)
    known = act(Like, actor=MOD, object=mine.uri)

    stranger = announced(tx, known)
    know("mod@lemmy.example")
    acquainted = announced(tx, known)

    assert isinstance(stranger, Ignored)
    assert acquainted == Elsewhere(uri=str(known.id), ask=Ask.ACTIVITY)


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        (act(Create, actor=BOB, post=note()), Elsewhere(uri=NOTE)),
        (act(Mentioned, actor=BOB, object=NOTE), Elsewhere(uri=NOTE)),
        (act(Delete, actor=BOB, object=NOTE), Ignored("It deletes what we do not have.")),
        (
            act(Create, actor=BOB, post=note(in_reply_to="https://far.example/notes/0")),
            Ignored("It answers, in a group, a post that we do not have."),
        ),
        (
            act(Create, actor=MOD, post=note(uri="https://lemmy.example/post/1", author=MOD)),
            Need(MOD),
        ),
        (act(Create, actor=ALICE, post=note()), Ignored("It is the owner's own, come back from the group.")),
    ],
    ids=["elsewhere", "named", "unknown delete", "answer without a thread", "its own server", "ours"],
)
def test_what_is_published(tx: Tx, group: Account, activity: Incoming, expected: Outcome) -> None:
    """Only what lives on the group's own server is believed as the group has it."""
    assert announced(tx, activity) == expected


def test_of_a_group_that_nobody_follows_only_what_concerns_the_owner(tx: Tx, owner: Account, know: Know) -> None:
    know("birds@lemmy.example", kind=Kind.GROUP)

    outcome = announced(tx, act(Create, actor=BOB, post=note()))

    assert outcome == Ignored("It has nothing to do with the owner.")
