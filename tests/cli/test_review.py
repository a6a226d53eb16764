"""smallfed review and smallfed calm: listed, shown, decided; begun and ended."""

import json
from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.domain.rule import Action, Family
from smallfed.services import legislating
from smallfed.store import accounts
from tests.cli.conftest import Call
from tests.cli.house import written
from tests.web.test_review import LONG, link, send
from tests.world import say


@pytest.fixture
def data(data: Path) -> Path:
    """Return the data directory of a house to which strangers have spoken: four alike, one with a link, one held."""
    with written(data) as tx:
        say(tx, accounts.owner(tx), uri="https://home.example/users/alice/statuses/1")
        for number in range(4):
            send(tx, number, f"{LONG} {number}")
        send(tx, 7, link(7))
        legislating.make(tx, Family.KEYWORD, "airdrop", Action.HOLD)
        send(tx, 8, "airdrop")
    return data


def test_what_waits_is_listed_shown_and_decided(call: Call) -> None:
    box = json.loads(call("review", "--json")[1])
    wave, single = sorted(box["waves"], key=lambda one: -one["items"])
    (line,) = box["refused"]
    text = call("review")[1]
    shown = call("review", "show", str(wave["id"]))[1]

    binned = call("review", "bin", str(wave["id"]))
    released = json.loads(call("review", "release", str(single["id"]), "--json")[1])
    let_in = call("review", "release", str(line["id"]))

    assert (wave["kind"], wave["state"], wave["held"], wave["accounts"]) == ("alike", "open", 4, 4)
    for words in ("single", "rule", "It has a link", "It is like 3 other things that strangers sent."):
        assert words in text
    assert "@s0@old0.example: mention https://old0.example/users/s0/notes/1" in shown
    assert "open: 4 in all, by 4 strangers." in shown
    assert binned[:2] == (
        Exit.OK,
        f"A wave of 4 posts from 4 servers is binned; `smallfed review undo {wave['id']}` brings it back.\n",
    )
    assert (released["what"], released["state"]) == ("Something a stranger sent", "released")
    assert let_in[:2] == (Exit.OK, "Note by https://old8.example/users/s8 is released.\n")
    assert call("review")[1] == "Nothing waits: whatever came, you were told of.\n"
    assert {one["state"] for one in json.loads(call("review", "list", "--decided", "--json")[1])["waves"]} == {
        "binned",
        "released",
    }
    forgotten = "What comes that is like it is judged by itself: Something a stranger sent.\n"
    assert call("review", "unlearn", str(single["id"]))[1] == forgotten
    assert call("review", "undo", str(wave["id"]))[1] == "A wave of 4 posts from 4 servers waits again.\n"
    assert "is released already" in call("review", "bin", str(single["id"]))[2]
    assert "nothing waits with the number 7" in call("review", "release", "7")[2]
    assert "nothing waits with the number 7" in call("review", "bin", "7")[2]


def test_calm_is_begun_listed_and_ended(call: Call) -> None:
    url = "https://home.example/users/alice/statuses/1"
    nothing = call("calm")[1]
    thread, everywhere = call("calm", url, "--for", "6h"), call("calm", "--everywhere")
    listed = json.loads(call("calm", "--json")[1])
    ended = call("calm", url, "--end")

    assert nothing.startswith("Nowhere: everybody notifies.")
    assert (thread[0], everywhere[0]) == (Exit.OK, Exit.OK)
    assert f"{url}: only your followers notify, until " in thread[1]
    assert [one["where"] for one in listed] == ["Everything", url] or [one["where"] for one in listed] == [
        url,
        "Everything",
    ]
    assert ended[:2] == (Exit.OK, f"{url}: everybody notifies again.\n")
    assert "there is no calm there" in call("calm", url, "--end")[2]
    assert "no post here with the address" in call("calm", "https://far.example/1")[2]
    assert "no span of time" in call("calm", "--everywhere", "--for", "soon")[2]
    assert call("calm", url, "--everywhere")[0] == Exit.USAGE
    for nowhere in (("--end",), ("--for", "6h")):
        assert "say where: POST_URL or --everywhere" in call("calm", *nowhere)[2]
