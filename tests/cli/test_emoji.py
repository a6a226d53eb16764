"""smallfed emoji: added, listed, replaced, removed, and read from a folder."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.runtime.clock import Clock, chance
from smallfed.store.opening import open_writer, prepare
from smallfed.store.tx import Tx
from tests.world import acquaint

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the data directory of a house that is set up."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    now = Clock().now()
    prepare(folder / "smallfed.db", now=now)
    with closing(open_writer(folder / "smallfed.db")) as sql:
        acquaint(Tx(sql, now=now, dice=chance), "alice@home.example", local=True)
    return folder


@pytest.fixture
def call(data: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that types ``smallfed emoji …``: exit code, standard output, standard error."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = run(frame(), ["emoji", "--data", str(data), *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return a folder with two emoji, one file with a name that is none, and one that is no picture."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    still, other = Image.new("RGB", (8, 8), (200, 0, 0)), Image.new("RGB", (8, 8), (0, 200, 0))
    still.save(folder / "blob.png")
    still.save(folder / "party.gif", save_all=True, append_images=[other], duration=100)
    still.save(folder / "two words.png")
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "LICENSE.txt").write_text("CC0")
    return folder


def test_adding_listing_and_removing(call: Call, data: Path, pictures: Path) -> None:
    """Two files for a moving one: the picture and its still form."""
    assert call("add", ":party:", pictures / "party.gif", "--category", "Fun") == (0, ":party: is added.\n", "")
    assert call("add", "blob", pictures / "blob.png")[0] == 0

    code, out, _ = call("list", "--json")
    blob, party = json.loads(out)
    table = call()[1]
    removed = call("remove", "party")

    assert code == 0
    assert (blob["shortcode"], blob["category"], blob["url"]) == ("blob", None, blob["still"])
    assert (party["shortcode"], party["category"]) == ("party", "Fun")
    assert (party["url"][-5:], party["still"][-4:]) == (".webp", ".png")
    base = "https://home.example/media/emojis/"
    kept = {path.name for path in (data / "media" / "emojis").iterdir()}
    assert kept == {address.removeprefix(base) for each in (blob, party) for address in (each["url"], each["still"])}
    assert [line.split()[0] for line in table.splitlines()] == ["NAME", ":blob:", ":party:"]
    assert removed == (0, ":party: is removed.\n", "")
    assert [each["shortcode"] for each in json.loads(call("list", "--json")[1])] == ["blob"]


def test_a_folder(call: Call, pictures: Path) -> None:
    """What can be is added, what cannot is named, and the command fails."""
    code, out, err = call("import-folder", pictures)

    assert (code, out) == (Exit.FAILED, "2 emoji added.\n")
    assert "two words.png: 'two words' is no name for an emoji" in err
    assert "broken.png: This is not a picture we can read" in err
    assert "2 pictures" in err
    assert [each["shortcode"] for each in json.loads(call("list", "--json")[1])] == ["blob", "party"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "x", "blob.png"), "no name for an emoji"),
        (("add", "blob", "broken.png"), "not a picture"),
        (("add", "blob", "large.png"), "larger than 256 kB"),
        (("remove", "blob"), "there is no emoji :blob:"),
    ],
)
def test_what_cannot_be(call: Call, pictures: Path, arguments: tuple[str, ...], said: str) -> None:
    (pictures / "large.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(256 << 10))

    code, _, err = call(*(str(pictures / each) if each.endswith(".png") else each for each in arguments))

    assert (code, said in err) == (Exit.FAILED, True)


def test_without_a_house(call: Call, data: Path, pictures: Path) -> None:
    (data / "smallfed.db").unlink()

    assert call("add", "blob", pictures / "blob.png")[0] == Exit.NOT_SET_UP
    assert not (data / "media").exists()
