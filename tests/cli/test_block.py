"""smallfed block, limit, allow, unblock: seen before, done, listed, undone."""

import io
import json
from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.domain import refusal
from smallfed.domain.incoming import IncomingPost
from smallfed.services import judging, moderating, receiving
from smallfed.services.receiving import SENT
from smallfed.store import accounts, domain_blocks, refusals
from smallfed.store.refusals import Came
from tests.cli.conftest import Call
from tests.cli.house import looked_at, written
from tests.world import acquaint, befriend, say


@pytest.fixture
def data(data: Path) -> Path:
    """Return the data directory of a house whose owner follows bob, and is followed by cem, on one server."""
    with written(data) as tx:
        alice = accounts.owner(tx)
        bob, cem = acquaint(tx, "bob@bad.example"), acquaint(tx, "cem@sub.bad.example")
        befriend(tx, alice, bob)
        befriend(tx, cem, alice)
        for _ in "abc":
            say(tx, bob)
    return data


def test_what_a_block_cuts_is_seen_before(call: Call, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    previewed = call("block", "bad.example", "--preview")
    nobody_agrees = call("block", "bad.example")
    nothing_yet = call("block")
    done = call("block", "bad.example", "--yes", "--public-comment", "Spam", "--json")
    listed = json.loads(call("block", "--json")[1])

    assert previewed[:2] == (
        Exit.OK,
        "Blocking bad.example cuts 1 person you follow, cuts 1 follower, hides 3 posts.\n"
        "You follow:\n  @bob@bad.example\nThey follow you:\n  @cem@sub.bad.example\n",
    )
    assert nobody_agrees[0] == Exit.USAGE
    assert nothing_yet[1] == "Nothing is blocked or limited: `smallfed block HOST`.\n"
    assert json.loads(done[1])["impact"]["following"] == ["bob@bad.example"]
    assert [(one["domain"], one["severity"], one["public_comment"], one["final_at"]) for one in listed] == [
        ("bad.example", "suspend", "Spam", None)
    ]
    assert "frozen" in call("block")[1]


def test_lifting_shows_what_comes_back_and_brings_it(call: Call, data: Path) -> None:
    call("block", "bad.example", "--yes")
    previewed = call("unblock", "bad.example", "--preview")
    inside = call("unblock", "sub.bad.example")
    done = call("unblock", "bad.example")
    again = call("unblock", "bad.example")

    assert previewed[1].startswith(
        "Lifting the block of bad.example brings back: 1 person you follow (they are asked again), 1 follower, 3 posts."
    )
    assert (inside[0], "smallfed allow sub.bad.example" in inside[2]) == (Exit.FAILED, True)
    back = "Back: 1 person you follow (they are asked again), 1 follower, 3 posts.\n"
    assert done[:2] == (Exit.OK, f"You keep bad.example away no longer.\n{back}")
    assert again[0] == Exit.FAILED
    with looked_at(data) as tx:
        assert tx.all("SELECT DISTINCT state FROM follows") == [("accepted",)]


@pytest.mark.parametrize(
    ("types", "said", "counts"),
    [
        ((), "", (0, 0)),
        (("Create",), "Of what it turned away: 1 thing is asked for again.\n", (1, 0)),
        (
            ("Create", "Announce", "Like"),
            "Of what it turned away: 2 things are asked for again; 1 other cannot be had any more (likes, votes,"
            " requests to follow, reports, and what was more than the ledger keeps).\n",
            (2, 1),
        ),
        (
            ("Like", "Follow"),
            "Of what it turned away: 2 others cannot be had any more (likes, votes, requests to follow, reports, and"
            " what was more than the ledger keeps).\n",
            (0, 2),
        ),
    ],
)
def test_what_it_turned_away_is_said_before_and_afterwards(
    call: Call, data: Path, types: tuple[str, ...], said: str, counts: tuple[int, int]
) -> None:
    call("block", "bad.example", "--yes")
    with written(data) as tx:
        for number, type_ in enumerate(types):
            about = "https://bad.example/1" if type_ == "Create" else "https://home.example/users/alice"
            came = Came(
                path=refusal.Path.DOOR,
                actor="https://bad.example/users/bob",
                host="bad.example",
                type=type_,
                activity=f"https://bad.example/things/{number}",
                object=about,
            )
            refusals.put(tx, came, judging.blocked("bad.example"))

    previewed = call("unblock", "bad.example", "--preview")[1].splitlines(keepends=True)
    impact = json.loads(call("unblock", "bad.example", "--preview", "--json")[1])
    done = call("unblock", "bad.example")

    assert previewed[1] == (said or "You follow:\n")
    assert (impact["again"], impact["never"]) == counts
    assert done[1].splitlines(keepends=True)[2:] == ([said] if said else [])


def test_what_is_blocked_already_is_said_to_be(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    call("block", "bad.example", "--yes")

    again = call("block", "bad.example", "--public-comment", "Spam")
    mistyped = call("block", "bda.example", "--dry-run")

    assert again[0] == Exit.OK
    assert again[1].startswith("bad.example is blocked already, which cuts 1 person you follow, cuts 1 follower")
    assert json.loads(call("block", "--json")[1])[0]["public_comment"] == "Spam"
    assert mistyped[1] == ("Blocking bda.example cuts nobody and hides nothing: nobody there was ever met here.\n")


def test_to_look_ahead_does_nothing(call: Call, data: Path) -> None:
    """Also where it is the last word, and to everything else was said yes."""
    call("block", "bad.example", "--yes")
    final = call("block", "bad.example", "--final", "--preview", "--yes")
    for_programs = call("block", "bad.example", "--final", "--preview", "--json")
    somebody = call("block", "@bob@bad.example", "--preview", "--yes")

    assert final[:2] == (
        Exit.OK,
        "Making the block of bad.example final ends 1 follow of yours, 1 follower; 3 posts stay hidden, and go as those"
        " of strangers do. Those there are told.\n"
        "You follow:\n  @bob@bad.example\nThey follow you:\n  @cem@sub.bad.example\n",
    )
    assert json.loads(for_programs[1])["following"] == ["bob@bad.example"]
    assert (somebody[0], "--preview is for servers" in somebody[2]) == (Exit.USAGE, True)
    with looked_at(data) as tx:
        assert tx.all("SELECT DISTINCT state FROM follows") == [("frozen",)]
        assert tx.all("SELECT 1 FROM blocks") == []


def test_what_was_final_can_be_asked_for_again(call: Call) -> None:
    call("block", "bad.example", "--yes")
    final = call("block", "bad.example", "--final", "--yes")
    previewed = call("unblock", "bad.example", "--preview")
    done = call("unblock", "bad.example", "--follow-again", "--json")

    assert final[1].endswith(
        "The block of bad.example is final. For good ended: 1 follow of yours, 1 follower; 3 posts stay hidden, and go"
        " as those of strangers do.\n"
    )
    assert previewed[1].endswith("You followed these until the block was final (--follow-again):\n  @bob@bad.example\n")
    assert json.loads(done[1]) == {
        "domain": "bad.example",
        "back": None,
        "followed_again": ["bob@bad.example"],
        "kept_away": "",
    }


def test_only_what_is_frozen_ends_by_the_last_word(call: Call, data: Path) -> None:
    """Whoever is let in all the same is not named before; and there is no last word twice."""
    call("block", "bad.example", "--yes")
    call("allow", "sub.bad.example")
    foretold = json.loads(call("block", "bad.example", "--final", "--preview", "--json")[1])
    done = json.loads(call("block", "bad.example", "--final", "--yes", "--json")[1])
    again = call("block", "bad.example", "--final", "--yes")

    assert (done["ended"], done["impact"]) == (1, foretold)
    assert (foretold["following"], foretold["followers"], foretold["posts"]) == (["bob@bad.example"], [], 3)
    assert again[1].splitlines()[-1].startswith("The block of bad.example is final. For good ended: nothing; 3 posts")


def test_what_is_kept_away_by_something_else_is_not_said_to_be_back(call: Call, data: Path) -> None:
    """Nor does anything come of looking ahead, or back, that the deed itself would refuse."""
    call("block", "sub.bad.example", "--yes")
    nothing = call("unblock", "bad.example", "--preview")
    call("block", "bad.example", "--yes")
    foretold = call("unblock", "sub.bad.example", "--preview")
    done = call("unblock", "sub.bad.example")
    programs = json.loads(call("block", "sub.bad.example", "--yes", "--json")[1])

    assert (nothing[0], "Nothing holds for bad.example" in nothing[2]) == (Exit.FAILED, True)
    still = (
        "sub.bad.example is kept away by what holds for bad.example."
        " To let it in all the same: `smallfed allow sub.bad.example`.\n"
    )
    assert foretold[:2] == (Exit.OK, still)
    assert done[:2] == (Exit.OK, f"You keep sub.bad.example away no longer.\n{still}")
    assert programs["block"]["domain"] == "sub.bad.example"
    assert json.loads(call("unblock", "sub.bad.example", "--json")[1])["back"] is None


def test_what_was_let_in_all_the_while_does_not_come_back(call: Call, data: Path) -> None:
    call("block", "bad.example", "--yes")
    call("allow", "sub.bad.example")
    foretold = json.loads(call("unblock", "bad.example", "--preview", "--json")[1])
    done = json.loads(call("unblock", "bad.example", "--json")[1])["back"]

    assert done == foretold
    assert (foretold["following"], foretold["followers"], foretold["people"]) == (["bob@bad.example"], [], 1)


def test_only_who_is_allowed(call: Call, data: Path) -> None:
    with written(data) as tx:
        moderating.close(tx, closed=True)

    assert call("block")[1].endswith("Only servers that you allow are let in: `smallfed allow` lists them.\n")
    assert call("unblock", "bad.example")[2].strip() == (
        "smallfed: Only servers that you allow are let in. To let it in all the same: `smallfed allow bad.example`."
    )


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (("block", "home.example"), Exit.FAILED, "This server lives on home.example"),
        (("block", "home.example", "--preview"), Exit.FAILED, "This server lives on home.example"),
        (("block", "*"), Exit.FAILED, "'*' is not a domain but everybody"),
        (("allow", "*"), Exit.FAILED, "`[federation] mode`"),
        (("block", "*.com", "--preview"), Exit.FAILED, "`smallfed rules add domain com reject`"),
        (("limit", "com"), Exit.FAILED, "com is a whole top-level domain"),
        (("block", "@@", "--yes"), Exit.FAILED, "'@@' is nobody; it should look like @user@example.org"),
        (("unblock", "bob@bad..example"), Exit.FAILED, "is nobody"),
        (("limit", "https://bad.example/about"), Exit.FAILED, "their whole server is bad.example"),
        (("block", "@eve", "--yes"), Exit.FAILED, "'@eve' is nobody; it should look like @user@example.org"),
        (("block", "@nobody@bad.example"), Exit.FAILED, "was never met here"),
        (("limit", "@bob@bad.example", "--reject-media"), Exit.USAGE, "this is somebody, who is muted"),
        (("severed", "abc"), Exit.USAGE, "'abc' is no number, as the column ID has them"),
        (("block", "--final"), Exit.USAGE, "smallfed block HOST"),
        (("block", "--public-comment", "Spam"), Exit.USAGE, "smallfed block HOST"),
        (("block", "bad.example", "--final", "--obfuscate"), Exit.USAGE, "--final only ends follows"),
        (("block", "@bob@bad.example", "--private-comment", "Spam"), Exit.USAGE, "this is somebody"),
        (("block", "bad.example", "--final", "--yes"), Exit.FAILED, "You do not block bad.example"),
        (("allow", "--remove"), Exit.USAGE, "smallfed allow --remove HOST"),
        (("rules", "add", "domain", "home.example", "reject"), Exit.FAILED, "home.example is yours"),
        (("rules", "add", "actor", "@Alice@home.example", "drop"), Exit.FAILED, "@alice@home.example is yours"),
        (("purge", "@eve@bad..example"), Exit.FAILED, "is nothing that can be purged"),
    ],
)
def test_what_makes_no_sense_is_said_clearly(call: Call, typed: tuple[str, ...], code: int, said: str) -> None:
    """And nothing is shown before it as if something had happened."""
    answer = call(*typed)

    assert (answer[0], answer[1]) == (code, "")
    assert said in answer[2]


def test_a_limit_says_what_holds_by_then(call: Call, data: Path) -> None:
    call("block", "bad.example", "--yes")
    lowered = call("limit", "bad.example", "--mute")
    more = call("limit", "bad.example", "--visible", "--reject-media")
    back = call("unblock", "bad.example", "--preview")

    assert lowered[1] == "bad.example is limited: silence, mute. It is blocked no longer.\n"
    assert more[1] == "bad.example is limited: reject-media, mute.\n"
    assert back[1] == "bad.example is limited, not blocked: nothing is frozen that could come back.\n"
    assert json.loads(call("unblock", "bad.example", "--preview", "--json")[1])["following"] == []


def test_limits(call: Call, data: Path) -> None:
    call("limit", "noisy.example")
    call("limit", "*.pictures.example", "--visible", "--reject-media", "--private-comment", "Too many")
    listed = json.loads(call("block", "--json")[1])

    assert {(one["domain"], one["severity"], one["reject_media"]) for one in listed} == {
        ("noisy.example", "silence", False),
        ("*.pictures.example", "noop", True),
    }
    assert call("limit", "x.example", "--visible")[0] == Exit.USAGE
    assert call("limit", "home.example")[0] == Exit.FAILED


def test_what_is_allowed(call: Call, data: Path) -> None:
    call("block", "bad.example", "--yes")
    own = call("allow", "bad.example")
    nearer = call("allow", "sub.bad.example")

    assert own[1] == "bad.example is allowed, but you block bad.example, which holds.\n"
    assert nearer[1] == "sub.bad.example is allowed.\n"
    with looked_at(data) as tx:
        assert [domain_blocks.covers(tx, host) for host in ("bad.example", "sub.bad.example")] == [True, False]
    assert "sub.bad.example" in call("allow")[1]
    assert call("allow", "sub.bad.example", "--remove")[1] == "sub.bad.example is allowed no longer.\n"
    assert call("allow", "sub.bad.example", "--remove")[0] == Exit.FAILED


def _let_speak(data: Path) -> None:
    """Let bob say something to the owner."""
    with written(data) as tx:
        bob, owner = accounts.find_handle(tx, "bob", "bad.example"), accounts.owner(tx)
        assert bob is not None
        came = IncomingPost(
            kind="Note", uri=f"{bob.uri}/notes/9", author=bob.uri, content="", to=(owner.uri,), published_at=tx.now
        )
        receiving.receive(tx, came, SENT)


def test_people(call: Call, data: Path) -> None:
    assert call("block", "@bob@bad.example", "--yes")[:2] == (Exit.OK, "@bob@bad.example is blocked.\n")
    assert call("limit", "https://sub.bad.example/users/cem")[1] == "@cem@sub.bad.example is muted.\n"
    assert call("block", "@nobody@bad.example", "--yes")[0] == Exit.FAILED
    _let_speak(data)
    foretold = call("unblock", "@bob@bad.example", "--preview")[1]
    assert foretold == "No follow comes back. Of what @bob@bad.example sent meanwhile, 1 thing is asked for again.\n"
    with looked_at(data) as tx:
        assert tx.one("SELECT count(*) FROM blocks")[0] == 1
        assert len(tx.all("SELECT * FROM mutes")) == 1
    assert call("unblock", "@bob@bad.example")[1] == (
        "@bob@bad.example is neither blocked nor muted any more."
        " Of what they sent meanwhile, 1 thing is asked for again.\n"
    )
    with looked_at(data) as tx:
        assert tx.one("SELECT count(*) FROM blocks")[0] == 0
