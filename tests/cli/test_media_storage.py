"""smallfed media storage and migrate where no server runs, and where there is no bucket."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.domain.placement import BucketInUse, Wanted
from smallfed.store import placements
from tests.cli.house import written

NAMES = ("files/a.jpg", "files/b.jpg", "files/c.jpg", "avatars/d.png")


@pytest.fixture
def data(data: Path) -> Path:
    """Return a data directory: a is here only, b in the bucket only, c on its way, d on both."""
    with written(data) as tx:
        placements.use(tx, BucketInUse(place="https://s3.example/media"))
        placements.put(tx, ["files/b.jpg", "files/c.jpg"], Wanted.BUCKET)
        placements.put(tx, ["avatars/d.png"], Wanted.BOTH)
        for row in placements.after(tx, "", -1):
            if row.name == "files/c.jpg":
                placements.settle(tx, row, {"due": tx.now + timedelta(hours=2), "error": "it is\naway", "attempts": 3})
            else:
                placements.settle(tx, row, {"there": True, "size": 2_500_000, "digest": b"d", "due": None})
    for name in ("files/a.jpg", "files/c.jpg", "avatars/d.png"):
        (data / "media" / name).parent.mkdir(parents=True, exist_ok=True)
        (data / "media" / name).write_bytes(b"1234567")
    return data


def typed(data: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(frame(), ["media", *words, "--data", str(data)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_what_is_where(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = typed(data, capsys, "storage")

    assert code == Exit.OK
    assert out.splitlines() == [
        "The bucket is https://s3.example/media.",
        "WHERE                                         FILES  SIZE",
        "only on this machine                          1      7 bytes",
        "on this machine and in the bucket             1      2.5 MB",
        "on the way into the bucket, failed last time  1",
        "in the bucket                                 1      2.5 MB",
        "files/c.jpg: it is?away (again in 2 h)",
    ]


def test_what_is_where_for_programs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = typed(data, capsys, "storage", "--json")

    told = json.loads(out)
    assert {name: told[name] for name in ("bucket", "only_here", "there", "there_bytes", "waiting", "failing")} == {
        "bucket": "https://s3.example/media",
        "only_here": {"files": 1, "bytes": 7},
        "there": 2,
        "there_bytes": 5_000_000,
        "waiting": 1,
        "failing": 1,
    }
    assert [(each["name"], each["attempts"]) for each in told["errors"]] == [("files/c.jpg", 3)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bucket",), "2 files would be brought into the bucket, 0 deleted here afterwards."),
        (("bucket", "--remove-source"), "2 files would be brought into the bucket, 2 deleted here afterwards."),
        (("local",), "1 file would be brought here, 0 deleted in the bucket afterwards."),
        (("local", "--remove-source"), "1 file would be brought here, 3 deleted in the bucket afterwards."),
    ],
)
def test_what_a_migration_would_do(
    data: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert typed(data, capsys, "migrate", "--dry-run", "--to", *words) == (Exit.OK, f"{said}\n", "")


def test_what_a_script_is_told_of_a_migration(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreseen = typed(data, capsys, "migrate", "--dry-run", "--to", "bucket", "--remove-source", "--json")

    assert (foreseen[0], json.loads(foreseen[1]), foreseen[2]) == (
        Exit.OK,
        {"to": "bucket", "moves": 2, "deletes": 2},
        "",
    )


def test_a_migration_takes_a_bucket(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = typed(data, capsys, "migrate", "--to", "bucket")

    assert code == Exit.FAILED
    assert "this server uses no bucket: name it under [s3] in smallfed.toml" in err
