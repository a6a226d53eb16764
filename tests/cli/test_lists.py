"""smallfed lists: seen before, agreed to, explained, taken back; without a server running."""

import json
from pathlib import Path

import msgspec
import pytest

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.cli.lists_file import batches
from smallfed.control.door import LONGEST
from smallfed.domain.blocklist import Entry
from smallfed.store import accounts
from tests.cli.conftest import Call
from tests.cli.house import looked_at, written
from tests.world import acquaint, befriend, say

COMMAND = "lists"


@pytest.fixture
def data(data: Path) -> Path:
    """Return the data directory of a house whose owner follows bob, and knows eve of another server."""
    with written(data) as tx:
        alice, bob = accounts.owner(tx), acquaint(tx, "bob@friend.example")
        befriend(tx, alice, bob)
        for author in (bob, bob, acquaint(tx, "eve@bad.example")):
            say(tx, author)
    return data


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a list of two servers, and of one that is none."""
    path = tmp_path / "mine.csv"
    path.write_text("domain,severity,public_comment\nfriend.example,suspend,\nbad.example,suspend,spam\ncom,,\n")
    return path


def test_a_list_from_a_file(call: Call, file: Path, data: Path) -> None:
    nothing = call()
    seen = call("preview", str(file), "--weight", "2")
    added = call("add", str(file), "--weight", "2", "--name", "mine")
    listed = json.loads(call("--json")[1])
    waiting = call("preview", "--json")
    applied = call("apply", "--yes")
    shown = call("show", "bad.example")

    assert nothing[1] == "You subscribe to no lists: `smallfed lists preview URL` shows what one would do.\n"
    assert seen[1].splitlines()[:2] == [
        "2 entries of servers.",
        "2 blocks, 0 limits; cuts 1 person you follow, 3 posts.",
    ]
    assert seen[2] == "Left out: 1 × it is a whole top-level domain (com)\n"
    assert added[:2] == (Exit.OK, "mine has 2 entries, 2 of them new.\n")
    assert [(one["name"], one["size"], one["dropped"], one["state"]) for one in listed["lists"]] == [
        ("mine", 2, 1, "fine")
    ]
    assert json.loads(waiting[1])["following"] == 1
    assert applied[1] == (
        "Agreed to 1 entry.\n1 waits for your word: `smallfed lists decide HOST block|limit|ignore`.\n"
    )
    assert "Together they come to: block. What holds of it: block (holding)." in shown[1]
    assert "bad.example: suspend by lists. Because of mine since" in shown[1]


def test_what_stands_for_many_servers_says_so(call: Call, data: Path, tmp_path: Path) -> None:
    """Those that are known here, wherever more than one is."""
    with written(data) as tx:
        for handle in ("a@one.host.example", "b@two.host.example", "c@sub.bad.example"):
            acquaint(tx, handle)
    path = tmp_path / "broad.txt"
    path.write_text("host.example\nbad.example\n")

    seen = call("preview", str(path), "--weight", "2")[1]

    assert seen.splitlines()[-1] == "host.example has 2 servers below it that are known here."
    assert seen.count("below it") == 1


def test_what_is_said_besides(call: Call, tmp_path: Path) -> None:
    """The comment, or what is for those who read the list, or the labels that one may heed alone."""
    path = tmp_path / "said.csv"
    path.write_text(
        "domain,public_comment,private_comment,labels\none.example,spam,ours,a\ntwo.example,,ours,a\nthree.example,,,a;b\n"
    )
    call("add", str(path))

    shown = [call("show", f"{name}.example")[1].splitlines()[1].split("  ")[-1] for name in ("one", "two", "three")]

    assert shown == ["spam", "ours", "a, b"]


def test_a_newer_file_and_the_end(call: Call, file: Path, data: Path) -> None:
    call("add", str(file), "--weight", "2", "--automatic")
    decided = call("decide", "friend.example", "block")
    with looked_at(data) as tx:
        frozen = tx.sql.execute("SELECT state FROM follows").fetchall()
    file.write_text("other.example\n")
    newer = call("add", str(file))
    removed = call("remove", "mine")

    assert decided[1] == "friend.example is blocked.\n"
    assert frozen == [("frozen",)]
    assert newer[1] == "mine has 1 entry, 1 of them new.\n"
    assert removed[1] == "mine is gone, and what only it held.\n"
    with looked_at(data) as tx:
        left = tx.sql.execute("SELECT domain, origin FROM domain_blocks").fetchall()
        assert left == [("friend.example", "owner")]
        assert tx.sql.execute("SELECT count(*) FROM blocklists").fetchone() == (0,)
    assert call("export")[1].splitlines()[1:] == ["friend.example,suspend,false,false,,false"]


def test_what_holds_once_it_is_left_to_lists(call: Call, file: Path) -> None:
    """Each answer says so: what they hold, what of it waits, and that they hold nothing."""
    file.write_text("domain,severity\nbad.example,silence\nfriend.example,suspend\n@eve@bad.example,silence\n")
    call("add", str(file), "--weight", "2", "--automatic")
    for subject in ("bad.example", "@eve@bad.example", "nobody.example"):
        assert call("decide", subject, "block")[1] == f"{subject} is blocked.\n"

    file.write_text("Account address\nmal@bad.example\n")
    call("add", str(file), "--name", "people", "--max", "limit", "--automatic")
    call("decide", "@mal@bad.example", "block")
    assert call("decide", "@mal@bad.example", "lists")[1].startswith(
        "@mal@bad.example is left to the lists: limited, because of people since 20"
    )
    limited, *others = (
        call("decide", subject, "lists")[1]
        for subject in ("bad.example", "friend.example", "@eve@bad.example", "nobody.example")
    )

    assert limited.startswith("bad.example is left to the lists: limited, because of mine since 20"), limited
    assert others == [
        "friend.example is left to the lists: nothing holds; they say more than that, which waits for your word.\n",
        "@eve@bad.example is left to the lists: they come to nothing, so nothing holds.\n",
        "nobody.example is left to the lists: they come to nothing, so nothing holds.\n",
    ]


def test_a_list_that_says_very_much_goes_in_as_many_calls_as_it_takes() -> None:
    """One may have a million bytes."""
    words = "\N{PILE OF POO}" * 1000
    entries = [Entry(subject=f"spam{number}.example", comment=words, note=words) for number in range(300)]

    calls = list(batches(entries))

    assert [entry for call in calls for entry in call] == entries
    assert max(len(msgspec.json.encode(call)) for call in calls) < LONGEST / 2
    assert [len(call) for call in batches(range(1200))] == [500, 500, 200]


def test_what_is_allowed_is_said_beside(call: Call, file: Path, data: Path) -> None:
    call("add", str(file), "--weight", "2")
    run(frame(), ["allow", "bad.example", "--data", str(data)])

    shown = call("show", "deep.bad.example")
    said = json.loads(call("show", "bad.example", "--json")[1])

    assert "You allow bad.example: `smallfed allow`.\n" in shown[1]
    assert (said["allowed"], said["found"], said["rows"]) == (["bad.example"], None, [])


def test_what_was_decided_is_said_to_be_ones_own_word(call: Call, file: Path) -> None:
    """And somebody can be unblocked whom one has blocked as lists do."""
    call("decide", "bad.example", "ignore")
    call("decide", "@bob@friend.example", "block")
    advice = "leaves that to the lists again.\n"

    alone, blocked = call("show", "bad.example")[1], call("show", "@bob@friend.example")[1]
    run(frame(), ["unblock", "@bob@friend.example", "--data", str(file.parent / "data")])
    unblocked = call("show", "@bob@friend.example")[1]

    assert alone.endswith(f"You have decided to leave it alone: `smallfed lists decide bad.example lists` {advice}")
    assert blocked.endswith(f"You have decided to block it: `smallfed lists decide @bob@friend.example lists` {advice}")
    assert "decided to leave it alone" in unblocked


def test_nothing_is_asked_where_nothing_waits(call: Call, file: Path) -> None:
    call("add", str(file))
    waits = call("preview")[1]
    call("remove", "mine")

    assert waits.startswith("0 blocks, 2 limits")
    assert call("apply")[1] == "Nothing waits for you.\n"
    assert call("preview")[1] == "Nothing waits for you.\n"


def test_nobody_subscribes_twice_by_another_spelling(call: Call) -> None:
    """Or it would weigh twice."""
    url = "https://lists.example/blocks.csv"
    call("add", url)

    again = [call("add", spelt)[2] for spelt in (url, "https://LISTS.example/blocks.csv#top", f" {url} ")]
    namesake = call("add", "https://other.example/x", "--name", "lists.example/blocks")[2]

    assert (
        again
        == ["smallfed: you subscribe to that already: `smallfed lists refresh lists.example/blocks` reads it now\n"] * 3
    )
    assert "give another name with --name" in namesake
    assert call("remove", "https://Lists.Example/blocks.csv")[0] == Exit.OK


def test_how_far_it_is_trusted(call: Call, file: Path) -> None:
    call("add", str(file))
    changed = call("set", "mine", "--weight", "3", "--max", "limit", "--label", "Spam", "--pause")
    taken_back = call("retract", "mine")

    assert changed[1] == "mine: weight 3, at most limit, only spam, asks, paused.\n"
    assert taken_back[1] == "What mine says does not count any more.\n"
    assert call("set", "mine")[0] == Exit.USAGE
    assert "paused" in call("list")[1]
    assert "at most limit" in call("show", "mine")[1]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "no-such-file.csv"), "cannot be read: No such file or directory"),
        (("add", "ftp://bad.example/list"), "is no address of a list"),
        (("add", "http://bad.example/list"), "it is not an https URL; give one that begins with https://"),
        (("preview", "https://lists.example/x"), "takes the running server"),
        (("show", "mien"), "there is no list 'mien'"),
        (("show", "home.example"), "This server lives on home.example"),
        (("remove", "nothing"), "there is no list 'nothing'"),
        (("decide", "@Alice@home.example", "block"), "is you"),
        (("show", "https://home.example/users/alice"), "is you"),
        (("apply", "unheard.example", "--yes"), "nothing comes of what lists say of unheard.example"),
        (("set", "nothing", "--weight", "0"), "there is no list"),
    ],
)
def test_what_cannot_be(call: Call, arguments: tuple[str, ...], why: str) -> None:
    code, _, said = call(*arguments)

    assert code == Exit.FAILED
    assert why in said
