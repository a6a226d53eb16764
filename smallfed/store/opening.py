"""Opening the database: who may read the files, how SQLite behaves, and the form the tables must have.

Spec: https://www.sqlite.org/pragma.html
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from smallfed.errors import Misconfigured, Unavailable
from smallfed.store import migrations
from smallfed.store.migrations import APPLICATION, Step
from smallfed.store.trouble import code, is_full

BUSY = 5.0  # seconds to wait for a lock that another program holds
WAL_KEPT = 64 << 20  # bytes of write-ahead log that stay on disk after a checkpoint
CACHE = 8 << 10  # KiB of pages a connection keeps
STATEMENTS = 512  # prepared statements a connection keeps
SOUND = (3, 51, 3)  # the first SQLite without the WAL-reset bug

ALWAYS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",  # with SQLite 3.40 this forbids FTS5 in triggers too: index in the same call instead
    "PRAGMA cell_size_check = ON",
    f"PRAGMA cache_size = -{CACHE}",
)
WRITING = (
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 0",  # the writer checkpoints when it has time, and nobody else ever does
    f"PRAGMA journal_size_limit = {WAL_KEPT}",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten; Debian's SQLite does so anyway, others do not
)


class Prepared(Struct, frozen=True, kw_only=True):
    """What ``prepare`` did: the names of the migrations it ran, and the copy it kept before."""

    ran: tuple[str, ...] = ()
    copy: Path | None = None


def private_folder(folder: Path) -> None:
    """Make ``folder`` (and what leads to it) if absent, for its owner's eyes only whatever the umask says.

    One that exists keeps the mode somebody gave it.
    """
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)


def private_file(path: Path) -> None:
    """Make ``path`` if absent, and take everybody else's rights to it away. SQLite's -wal and -shm follow its mode."""
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(number).st_mode & 0o077:
            os.fchmod(number, 0o600)
    finally:
        os.close(number)


def open_writer(path: Path) -> sqlite3.Connection:
    """Open the database for writing, making file and folder if absent. There must be one writer per database.

    Every commit is on disk when it returns. Transactions are begun by hand.
    """
    with _explained(path):
        private_folder(path.parent)
        private_file(path)
        for beside in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            if beside.exists():
                private_file(beside)
        sql = _connect(str(path), uri=False)
        try:
            # Only possible while there is no table, and only effective before the journal mode is set.
            sql.execute("PRAGMA auto_vacuum = INCREMENTAL")
            (mode,) = sql.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode != "wal":
                raise Misconfigured(f"{path} is on a file system without shared memory: put the data on a local disk")
            for pragma in (*ALWAYS, *WRITING):
                sql.execute(pragma)
        except BaseException:
            sql.close()
            raise
        return sql


def empty_log(sql: sqlite3.Connection) -> None:
    """Bring all of the write-ahead log into the database file, so that nothing of what was deleted is in it."""
    sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def open_reader(path: Path) -> sqlite3.Connection:
    """Open the database for reading only; Misconfigured when it is absent or of another version's form."""
    if not path.exists():
        raise Misconfigured(f"there is no database at {path}: `smallfed run` makes one, or name its folder with --data")
    known = migrations.steps()
    with _explained(path):
        sql = _open_read_only(path)
        try:
            if _version(sql, path, known) < len(known):
                raise Misconfigured(f"{path} is of an older version: `smallfed run` brings it up to date")
        except BaseException:
            sql.close()
            raise
        return sql


def prepare(path: Path, *, now: datetime, keep_copy: bool = True, steps: Sequence[Step] | None = None) -> Prepared:
    """Bring the database to this program's form, making it if absent. Nobody else may be using it.

    A copy is kept beside a database that holds something before a migration touches it. A database of a newer program
    or of another one is refused with Misconfigured and left alone. ``steps`` are the program's own unless given.
    """
    steps = migrations.steps() if steps is None else steps
    version = 0
    if path.exists():  # looked at before anything about it is changed
        with _explained(path), closing(_open_read_only(path)) as sql:
            version = _version(sql, path, steps)
    if version == len(steps):
        return Prepared()
    with closing(open_writer(path)) as sql, _explained(path):
        copy = _keep_copy(sql, path, version, now) if version and keep_copy else None
        migrations.apply(sql, steps)
        return Prepared(ran=tuple(step.name for step in steps[version:]), copy=copy)


def warning(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str | None:
    """Return what the owner should know about this SQLite, or None."""
    if version >= SOUND:
        return None
    return (
        f"SQLite {'.'.join(map(str, version))} can damage a database when two programs checkpoint it at once (fixed in"
        f" {'.'.join(map(str, SOUND))}). smallfed never does, but leave the database to it alone while it runs: no"
        " Litestream, and no sqlite3 shell unless with -readonly."
    )


def _open_read_only(path: Path) -> sqlite3.Connection:
    sql = _connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    for pragma in (*ALWAYS, "PRAGMA query_only = ON"):
        sql.execute(pragma)
    return sql


def _connect(where: str, *, uri: bool) -> sqlite3.Connection:
    return sqlite3.connect(
        where,
        uri=uri,
        timeout=BUSY,
        isolation_level=None,
        check_same_thread=False,  # handed from thread to thread, used by one at a time
        cached_statements=STATEMENTS,
    )


def _version(sql: sqlite3.Connection, path: Path, steps: Sequence[Step]) -> int:
    """Return how many steps the database has seen; Misconfigured when it is not ours or newer than we are."""
    (application,) = sql.execute("PRAGMA application_id").fetchone()
    (version,) = sql.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION and sql.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,):
        raise Misconfigured(f"{path} belongs to another program: name smallfed's own folder with --data")
    if version > len(steps):
        raise Misconfigured(
            f"{path} was written by a newer smallfed (its form is {version}, this one knows {len(steps)}):"
            f" install that version again, or put back a copy ({path.stem}-v*.db, a backup) made by this one"
        )
    return int(version)


def _keep_copy(sql: sqlite3.Connection, path: Path, version: int, now: datetime) -> Path:
    """Copy the database beside itself; whole and on disk when this returns, or not there at all."""
    copy = path.with_name(f"{path.stem}-v{version:04}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db")
    part = copy.with_suffix(".part")
    try:
        private_file(part)
        with closing(sqlite3.connect(part)) as target:
            sql.backup(target)
        _settle(part)
        part.rename(copy)
        _settle(copy.parent)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise Misconfigured(
            f"no copy of {path} could be kept before its migration: {error}."
            f" Make room for {path.stat().st_size >> 20} MB more in {path.parent}, then start again"
        ) from error
    return copy


def _settle(path: Path) -> None:
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what is said of a file that is no database, or not ours to open, or cannot be written, into a sentence."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}") from error
    except sqlite3.DatabaseError as error:
        if code(error) == sqlite3.SQLITE_NOTADB:
            raise Misconfigured(f"{path} is not a database: move it away, or put a backup in its place") from error
        if code(error) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
            raise Misconfigured(f"{path} cannot be opened by this user: {error}") from error
        if is_full(error):
            raise Unavailable(f"{path} cannot be written, the disk is full or failing: make room on it") from error
        raise
