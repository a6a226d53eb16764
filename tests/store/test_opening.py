"""Opening: pragmas, rights, copies, migrations that fail, databases that are not ours."""

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from smallfed.errors import Misconfigured, Unavailable
from smallfed.store import migrations
from smallfed.store.migrations import Step
from smallfed.store.opening import Prepared, open_reader, open_writer, prepare, warning

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)


def first(db: Database) -> None:
    db.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT")


def second(db: Database) -> None:
    db.execute("ALTER TABLE things ADD COLUMN colour TEXT")


def breaking(db: Database) -> None:
    db.execute("DROP TABLE things")
    raise RuntimeError("half way")


def step(number: int, apply: Callable[[Database], None]) -> Step:
    return Step(number=number, name=f"m{number:04}_{apply.__name__}", load=lambda: apply)


ONE = (step(1, first),)
TWO = (*ONE, step(2, second))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a database may be made."""
    return tmp_path / "data" / "smallfed.db"


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Let everybody read what is made, as careless systems do."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def pragma(sql: sqlite3.Connection, name: str) -> object:
    return sql.execute(f"PRAGMA {name}").fetchone()[0]


def things(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as sql:
        return sql.execute("SELECT * FROM things").fetchall()


def with_one_thing(path: Path) -> None:
    prepare(path, now=NOW, steps=ONE)
    with closing(open_writer(path)) as sql:
        sql.execute("INSERT INTO things VALUES (1, 'spoon')")


def test_the_writer_is_durable_and_suspicious(path: Path) -> None:
    prepare(path, now=NOW)

    with closing(open_writer(path)) as sql:
        found = {
            name: pragma(sql, name)
            for name in (
                "synchronous",
                "journal_mode",
                "auto_vacuum",
                "foreign_keys",
                "trusted_schema",
                "wal_autocheckpoint",
                "cell_size_check",
                "busy_timeout",
            )
        }

    assert found == {
        "synchronous": 2,  # FULL
        "journal_mode": "wal",
        "auto_vacuum": 2,  # INCREMENTAL
        "foreign_keys": 1,
        "trusted_schema": 0,
        "wal_autocheckpoint": 0,
        "cell_size_check": 1,
        "busy_timeout": 5000,
    }


def test_the_reader_cannot_write(path: Path) -> None:
    prepare(path, now=NOW)

    with closing(open_reader(path)) as sql, pytest.raises(sqlite3.OperationalError, match="readonly"):
        sql.execute("INSERT INTO secrets VALUES ('a', x'00', 1)")


@pytest.mark.usefixtures("open_umask")
def test_files_are_the_owners_alone(path: Path) -> None:
    prepare(path, now=NOW)

    with closing(open_writer(path)) as sql:
        sql.execute("INSERT INTO secrets VALUES ('a', x'00', 1)")
        modes = {file.name: mode(file) for file in path.parent.iterdir()}

    assert modes == {"smallfed.db": 0o600, "smallfed.db-wal": 0o600, "smallfed.db-shm": 0o600}
    assert mode(path.parent) == 0o700


@pytest.mark.usefixtures("open_umask")
def test_rights_that_are_too_wide_are_taken_back(path: Path) -> None:
    prepare(path, now=NOW)
    path.chmod(0o644)

    open_writer(path).close()

    assert mode(path) == 0o600


def test_a_folder_keeps_the_mode_somebody_gave_it(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o750)

    prepare(path, now=NOW)

    assert mode(path.parent) == 0o750


def test_preparing_makes_the_tables_once(path: Path) -> None:
    names = tuple(s.name for s in migrations.steps())

    assert prepare(path, now=NOW) == Prepared(ran=names)
    assert prepare(path, now=NOW) == Prepared()
    assert list(path.parent.glob("*.db")) == [path]


def test_sqlite_utils_is_imported_only_for_a_migration(path: Path) -> None:
    """It costs 8 MB and a tenth of a second."""
    prepare(path, now=NOW)
    program = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC;"
        "from smallfed.store.opening import prepare; prepare(Path(sys.argv[1]), now=datetime.now(UTC));"
        "print([m for m in sys.modules if 'sqlite_utils' in m or 'm0001' in m])"
    )

    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "[]\n"


def test_a_copy_is_kept_before_a_migration(path: Path) -> None:
    with_one_thing(path)

    done = prepare(path, now=NOW, steps=TWO)

    copy = path.with_name("smallfed-v0001-20261123T040506Z.db")
    assert done == Prepared(ran=("m0002_second",), copy=copy)
    assert things(path) == [(1, "spoon", None)]
    assert things(copy) == [(1, "spoon")]
    assert mode(copy) == 0o600


def test_the_copy_is_a_database_to_go_on_with(path: Path) -> None:
    with_one_thing(path)
    copy = prepare(path, now=NOW, steps=TWO).copy
    assert copy is not None

    assert prepare(copy, now=NOW, steps=ONE) == Prepared()
    with closing(open_writer(copy)) as sql:
        assert pragma(sql, "auto_vacuum") == 2


def test_no_copy_when_none_is_wanted(path: Path) -> None:
    with_one_thing(path)

    assert prepare(path, now=NOW, keep_copy=False, steps=TWO) == Prepared(ran=("m0002_second",))
    assert [file.name for file in path.parent.iterdir()] == ["smallfed.db"]


def test_without_room_for_the_copy_nothing_is_migrated(path: Path) -> None:
    """The sentence says how much room; a half copy does not stay behind."""
    with_one_thing(path)
    taken = path.with_name("smallfed-v0001-20261123T040506Z.db")
    taken.mkdir()
    (taken / "in the way").touch()

    with pytest.raises(Misconfigured, match=r"no copy of .* could be kept .* Make room"):
        prepare(path, now=NOW, steps=TWO)

    assert things(path) == [(1, "spoon")]
    assert sorted(file.name for file in path.parent.iterdir()) == [taken.name, "smallfed.db"]


def test_a_failing_migration_leaves_nothing_of_itself(path: Path) -> None:
    with_one_thing(path)

    with pytest.raises(RuntimeError, match="half way"):
        prepare(path, now=NOW, steps=(*TWO, step(3, breaking)))

    assert things(path) == [(1, "spoon", None)]
    assert prepare(path, now=NOW, steps=TWO) == Prepared()


def test_the_first_migration_can_be_interrupted_and_goes_on(path: Path) -> None:
    def dies(db: Database) -> None:
        db.execute("CREATE TABLE half (id INTEGER)")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(path, now=NOW, steps=(step(1, dies),))

    assert prepare(path, now=NOW, steps=ONE).ran == ("m0001_first",)


def test_a_migration_may_rebuild_a_table_but_not_break_references(path: Path) -> None:
    def refer(db: Database) -> None:
        db.execute("CREATE TABLE parts (id INTEGER PRIMARY KEY, thing INTEGER REFERENCES things (id))")
        db.execute("INSERT INTO parts VALUES (1, 1)")

    def lose(db: Database) -> None:
        db.execute("DELETE FROM things")

    with_one_thing(path)

    for more in ((step(3, lose),), (step(3, lose), step(4, lambda _: None))):
        with pytest.raises(sqlite3.IntegrityError, match="or one that ran before it, leaves 1 broken references"):
            prepare(path, now=NOW, steps=(*ONE, step(2, refer), *more))


def test_a_newer_database_is_refused_and_left_alone(path: Path) -> None:
    prepare(path, now=NOW, steps=TWO)
    before = path.read_bytes()

    with pytest.raises(Misconfigured, match=r"written by a newer smallfed .its form is 2, this one knows 1."):
        prepare(path, now=NOW, steps=ONE)

    assert path.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as sql:
        sql.execute("CREATE TABLE bookmarks (url)")
    before = path.read_bytes()

    with pytest.raises(Misconfigured, match="belongs to another program"):
        prepare(path, now=NOW)

    assert path.read_bytes() == before


@pytest.mark.parametrize("opener", [lambda path: prepare(path, now=NOW), open_reader, open_writer])
def test_a_file_that_is_no_database(path: Path, opener: Callable[[Path], object]) -> None:
    path.parent.mkdir()
    path.write_bytes(b"Dear diary, " * 1000)

    with pytest.raises(Misconfigured, match="is not a database: move it away"):
        opener(path)


@pytest.mark.parametrize("opener", [lambda path: prepare(path, now=NOW), open_writer])
def test_a_disk_that_is_full(path: Path, opener: Callable[[Path], object]) -> None:
    """It is said so, and the next start finds the database as it was."""
    path.parent.mkdir()
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))

    try:
        with pytest.raises(Unavailable, match="cannot be written, the disk is full or failing: make room on it"):
            opener(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))

    prepare(path, now=NOW)


def test_a_file_that_cannot_be_written(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(Unavailable, match="cannot be written: Is a directory"):
        open_writer(path)


def test_reading_what_is_not_there(path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no database at"):
        open_reader(path)


def test_reading_an_older_database(path: Path) -> None:
    open_writer(path).close()

    with pytest.raises(Misconfigured, match="`smallfed run` brings it up to date"):
        open_reader(path)


@pytest.mark.parametrize(
    ("version", "warned"),
    [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False), ((4, 0, 0), False)],
)
def test_an_old_sqlite_is_warned_of(version: tuple[int, int, int], warned: bool) -> None:
    assert (warning(version) is not None) is warned


def test_steps_count_from_one() -> None:
    names = ["m0002_b", "m0001_a", "notes", "m3_short"]

    assert [(s.number, s.name) for s in migrations.ordered(names)] == [(1, "m0001_a"), (2, "m0002_b")]


@pytest.mark.parametrize("names", [["m0002_b"], ["m0001_a", "m0003_c"], ["m0001_a", "m0001_b"]])
def test_gaps_and_doubles_are_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="numbered"):
        migrations.ordered(names)
