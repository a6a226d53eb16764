"""smallfed emoji: added, listed, replaced, removed, and read from a folder."""

import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from smallfed.cli.exits import Exit
from tests.bucket import NAME, moto
from tests.cli.conftest import Call

COMMAND = "emoji"


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
    """What can be is added, also under a name that had to be changed; what cannot is named, and the command fails."""
    code, out, err = call("import", pictures)

    assert (code, out) == (Exit.FAILED, "3 emoji added.\n")
    assert ":broken: This is not a picture we can read" in err
    assert "1 emoji could not be added" in err
    assert [each["shortcode"] for each in listed(call)] == ["blob", "party", "two_words"]


def listed(call: Call) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(call("list", "--json")[1])
    return found


def test_there_and_back(call: Call, pictures: Path, tmp_path: Path) -> None:
    """What is exported can be imported, with categories and licences; what is there stays."""
    call("add", "party", pictures / "party.gif", "--category", "Fun")
    call("add", "blob", pictures / "blob.png")
    call("change", "party", "--license", "CC0")
    before, archive = listed(call), tmp_path / "emoji.tar.gz"

    exported = call("export", archive)
    again = call("export", archive)
    call("remove", "party")
    dry = call("import", archive, "--dry-run", "--json")
    between = [each["shortcode"] for each in listed(call)]
    imported = call("import", archive)
    prefixed = call("import", archive, "--prefix", "x_", "--suffix", "_y", "--category", "X", "--hidden", "--json")

    assert exported == (0, f"2 emoji exported to {archive}.\n", "")
    assert again[0] == Exit.FAILED
    assert "--overwrite" in again[2]
    with tarfile.open(archive) as tar:
        assert sorted(tar.getnames()) == ["blob.png", "meta.json", "party.webp"]
    assert json.loads(dry[1]) == [
        {"shortcode": "blob", "outcome": "kept", "reason": ""},
        {"shortcode": "party", "outcome": "added", "reason": ""},
    ]
    assert between == ["blob"]
    assert imported == (0, "1 emoji added, 1 there already.\n", "")
    kept = ("shortcode", "category", "license", "visible")
    assert [[each[name] for name in kept] for each in listed(call)[:2]] == [
        [each[name] for name in kept] for each in before
    ]
    assert [each["outcome"] for each in json.loads(prefixed[1])] == ["added", "added"]
    found = {each["shortcode"]: (each["category"], each["visible"]) for each in listed(call)[2:]}
    assert found == {"x_blob_y": ("X", False), "x_party_y": ("X", False)}


def test_what_is_in_the_bucket_only_is_exported_too(call: Call, data: Path, pictures: Path, tmp_path: Path) -> None:
    call("add", "blob", pictures / "blob.png")
    call("add", "party", pictures / "party.gif")
    blob = listed(call)[0]
    file = data / "media" / "emojis" / str(blob["url"]).rpartition("/")[2]
    picture = file.read_bytes()
    archive = tmp_path / "emoji.tar.gz"

    with moto(tmp_path) as there:
        there.client().put(file, f"emojis/{file.name}")
        file.unlink()
        lost = call("export", archive)
        key, address = f'access_key = "{there.access_key}"', f'endpoint = "{there.url}"'
        secret = f'secret = "{there.secret}"'
        (data / "smallfed.toml").write_text("\n".join(["[s3]", f'bucket = "{NAME}"', key, secret, address, ""]))
        (data / "smallfed.toml").chmod(0o600)
        exported = call("export", archive, "--overwrite")
    unreachable = call("export", tmp_path / "other.tar.gz")

    assert (lost[0], "blob" in lost[2]) == (Exit.FAILED, True)
    assert exported == (0, f"2 emoji exported to {archive}.\n", "")
    with tarfile.open(archive) as tar:
        inside = tar.extractfile("blob.png")
        assert inside is not None
        assert inside.read() == picture
    assert unreachable[0] != 0
    assert "bucket" in unreachable[2]
    assert [each.name for each in tmp_path.glob("*other*")] == []


def test_overwriting(call: Call, pictures: Path, tmp_path: Path) -> None:
    """Another picture takes the place of one, the same changes nothing."""
    Image.new("RGB", (8, 8), (0, 0, 200)).save(tmp_path / "blob.png")
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as pack:
        pack.write(tmp_path / "blob.png", "some/where/blob.png")
    call("add", "blob", pictures / "blob.png", "--category", "Cats")

    kept = call("import", tmp_path / "pack.zip")
    taken = call("import", tmp_path / "pack.zip", "--overwrite", "--json")
    again = call("import", tmp_path / "pack.zip", "--overwrite", "--json")

    assert kept[1] == "0 emoji added, 1 there already.\n"
    assert [json.loads(out)[0]["outcome"] for _, out, _ in (taken, again)] == ["replaced", "kept"]
    assert listed(call)[0]["category"] == "Cats"


def test_changing(call: Call, pictures: Path) -> None:
    for name in ("blob", "fox"):
        call("add", name, pictures / "blob.png", "--category", "Cats")

    said = [
        call("category", "Cats", "Animals"),
        call("rename", "fox", "vixen"),
        call("change", "vixen", "--hidden"),
        call("change", "blob", "--disable", "--category", ""),
    ]
    rows = [line.split() for line in call()[1].splitlines()[1:]]
    refused = [call("rename", "vixen", "blob"), call("category", "Cats", "x"), call("change", "none", "--enable")]

    assert [out for _, out, _ in said] == [
        "2 emoji moved.\n",
        "It is called :vixen: now.\n",
        "1 emoji changed.\n",
        "1 emoji changed.\n",
    ]
    assert [row[:-1] for row in rows] == [[":blob:", "disabled"], [":vixen:", "Animals", "hidden"]]
    assert [(code, err.split(":", 1)[1].strip()) for code, _, err in refused] == [
        (Exit.FAILED, "there is an emoji :blob: already"),
        (Exit.FAILED, "there is no category 'Cats'"),
        (Exit.FAILED, "there is no emoji :none:"),
    ]
    assert call("change", "blob")[0] == Exit.USAGE


def test_an_archive_without_any(call: Call, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as pack:
        pack.writestr("README", "nothing")
    (tmp_path / "no.zip").write_bytes(b"no")

    empty, none = call("import", tmp_path / "pack.zip"), call("import", tmp_path / "no.zip")

    assert (empty[0], "there is no emoji in" in empty[2]) == (Exit.FAILED, True)
    assert (none[0], "no archive we can read" in none[2]) == (Exit.FAILED, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((":blob:@far.example",), "start `smallfed run`"),
        ((":blob:",), "neither :name:@HOST nor an address"),
        (("--all",), "belong together"),
        (("--from", "far.example"), "belong together"),
        ((), "say which"),
        (("a@b.example", "c@b.example", "--as", "d"), "a single one"),
        (("a@b.example", "--json"), "--yes"),
    ],
)
def test_what_cannot_be_copied(call: Call, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = call("copy", *arguments)

    assert (code != 0, said in err) == (True, True)


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
