"""smallfed check: a healthy house is in order, whatever it has drawn, been given, or waits for."""

from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.check import DRAWN
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.store import accounts, pasts
from tests.cli.house import written
from tests.prepared import prepared
from tests.world import acquaint, illustrate, say

GIVEN = f"avatars/{'0123456789abcdef' * 2}.png"


@pytest.fixture
def data(data: Path) -> Path:
    """Return a data directory whose owner has given an avatar, and for whom an activity waits to be looked up."""
    with written(data) as tx:
        owner = accounts.owner(tx)
        accounts.change(tx, owner.id, avatar=f"https://home.example/media/{GIVEN}", header="https://far.example/a.png")
        tx.run(
            "INSERT INTO inbound (id, actor, activity, type, host, order_key, state, due, received_at)"
            " VALUES (1, 'a', 'b', 'Create', 'far.example', 'c', 'parked', 1, 1)"
        )
        tx.run("INSERT INTO letters (inbound_id, body) VALUES (1, x'00')")
    for name in (GIVEN, *DRAWN):
        (data / "media" / name).parent.mkdir(parents=True, exist_ok=True)
        (data / "media" / name).touch()
    return data


def test_pictures_of_emoji_are_kept(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also those that no emoji has any more, because what was said keeps them; one that is used and gone is amiss."""
    with written(data) as tx:
        illustrate(tx, "blob", "a.webp", "b.png")
    (data / "media" / "emojis").mkdir()
    for name in ("a.webp", "b.png", "former.png"):
        (data / "media" / "emojis" / name).touch()

    healthy = check(data, capsys)
    (data / "media" / "emojis" / "b.png").unlink()

    assert healthy == (Exit.OK, ["Everything is in order."])
    assert check(data, capsys) == (Exit.FAILED, ["missing: emojis/b.png: this file is gone", "1 finding."])


def check(data: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = run(frame(), ["check", "--data", str(data)])
    return code, capsys.readouterr().out.splitlines()


def test_a_healthy_house(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(data, capsys) == (Exit.OK, ["Everything is in order."])


def test_how_much_is_borrowed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with written(data) as tx:
        bob = acquaint(tx, "bob@far.example")
        for _ in range(2):
            pasts.borrow(tx, bob.id, say(tx, bob).id)

    assert check(data, capsys) == (
        Exit.OK,
        [
            "Everything is in order.",
            "2 posts by 1 person whom you looked at are here for a while only ([past] in smallfed.toml).",
        ],
    )


def test_files_that_are_amiss(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "media" / GIVEN).rename(data / "media" / "avatars" / "strange.png")
    (data / "media" / "avatars" / "missing.png").unlink()

    code, lines = check(data, capsys)

    assert (code, lines) == (
        Exit.FAILED,
        [
            "stray: avatars/strange.png: no row refers to this file",
            f"missing: {GIVEN}: this file is gone",
            "2 findings.",
        ],
    )


def test_before_anybody_has_moved_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepared(tmp_path / "smallfed.db")

    assert check(tmp_path, capsys) == (Exit.OK, ["Everything is in order."])
