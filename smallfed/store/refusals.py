"""Refusals: the ledger of what was not let in. It is small, and no flood can push out what others sent.

A host has at most ``PER_HOST`` lines, and what is below one registered domain ``PER_SITE``: of more, the oldest go; of
what may be missed (``Came.missed``) and of the rest alike, so that no chatter pushes out a message. Of what is only
said to be of a host other limits hold (``UNPROVEN``, ``store/knocks``), so that nobody pushes out what others sent.
All together have at most ``LARGEST`` bytes: of more, first what came is forgotten, the oldest first, then lines. Old
ones go by ``store/pruning``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, structs

from smallfed.domain.refusal import Path, Refusal
from smallfed.domain.rule import Action, Verdict
from smallfed.errors import NotFound
from smallfed.policy.sites import site
from smallfed.store import documents, ids
from smallfed.store.inbound import COMPLAINT
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

PER_HOST, PER_SITE = 200, 1000
LARGEST = 50_000_000
UNPROVEN = 10_000  # lines of whom is cut off, who was turned away before anybody looked whose it was: 20 MB at most
RAW = 64_000  # bytes, packed, that are kept of one thing
BRINGS_POST = ("Create", "Update", "UpdatePost")
BY_BLOCK = "domain "  # how the name of the rule begins that is the block of a domain
BY_LISTS = "lists"  # and the rule that lists of others name somebody
BY_PERSON = "block"  # and that by which the owner blocks somebody
AT_ONCE = 50  # lines that go in one step
_ROW = 200  # bytes that a row has beside its texts
COLUMNS = """id, path, actor, host, activity, type, object, action, rule, reason, times, raw IS NOT NULL, released_at,
    refused_at"""


_PROVEN = f"path <> '{Path.KNOCK}'"
_HELD = f"action = '{Action.HOLD}' AND released_at IS NULL"  # in the words of the index refusals_held


class Came(Struct, frozen=True, kw_only=True):
    """What came and was refused. ``raw`` is the post as it came, where it is kept.

    ``missed``: it names something of the owner's, or changes what is here, so it may be wanted one day.
    """

    path: Path
    actor: str
    host: str
    type: str
    activity: str = ""
    object: str = ""
    raw: bytes | None = None
    times: int = 1
    missed: bool = False

    @property
    def is_post(self) -> bool:
        """Whether it is a post, or brings one: then it is known by the post's id."""
        return self.path is Path.POST or self.type in BRINGS_POST


def put(tx: Tx, came: Came, verdict: Verdict) -> None:
    """Write a line; what is refused again is counted, and stands last. Of a complaint it does not say who made it."""
    if came.type == COMPLAINT:
        came = structs.replace(came, actor=f"https://{came.host}", activity="", raw=None)
    raw = None if came.raw is None else documents.pack(came.raw)
    raw = raw if raw is not None and len(raw) <= RAW else None
    known = tx.one(
        "SELECT id, times FROM refusals INDEXED BY refusals_actor WHERE actor = ? AND activity = ? AND object = ?"
        " AND type = ? AND rule = ? AND released_at IS NULL",
        came.actor,
        came.activity,
        came.object,
        came.type,
        verdict.rule,
    )
    times = came.times if known is None else came.times + known[1]
    if known is not None:
        tx.run("DELETE FROM refusals WHERE id = ?", known[0])
    write(tx, structs.replace(came, times=times), verdict, raw)
    _keep_small(tx, came)


def write(tx: Tx, came: Came, verdict: Verdict, raw: bytes | None = None) -> int:
    """Write a new line, with what came as it is packed; return its number. Nothing is counted or made to fit."""
    number = ids.fresh(tx, "refusals")
    texts = (came.actor, came.host, came.activity, came.type, came.object, verdict.rule, verdict.reason)
    tx.run(
        "INSERT INTO refusals (id, path, actor, host, activity, type, object, rule, reason, action, times, raw, size,"
        " refused_at, site, missed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        number,
        came.path,
        *texts,
        verdict.action,
        came.times,
        raw,
        _ROW + sum(len(text.encode()) for text in texts) + len(raw or b""),
        ms(tx.now),
        site(came.host),
        came.missed,
    )
    return number


def _keep_small(tx: Tx, came: Came) -> None:
    for column, name, most in (("host", came.host, PER_HOST), ("site", site(came.host), PER_SITE)):
        alike = f"{column} = ? AND {_PROVEN} AND missed = ?"
        newest = f"SELECT id FROM refusals WHERE {alike} ORDER BY id DESC LIMIT -1 OFFSET ?"
        tx.run(f"DELETE FROM refusals WHERE id IN ({newest})", name, came.missed, most)
    shrink(tx)


def shrink(tx: Tx) -> None:
    """Let a little of the oldest go where all together is too large."""
    if size(tx) > LARGEST:
        tx.run(
            f"UPDATE refusals SET raw = NULL, size = size - length(raw) WHERE id IN"
            f" (SELECT id FROM refusals WHERE raw IS NOT NULL ORDER BY id LIMIT {AT_ONCE})"
        )
    if size(tx) > LARGEST:
        tx.run(f"DELETE FROM refusals WHERE id IN (SELECT id FROM refusals ORDER BY id LIMIT {AT_ONCE})")


def bound(tx: Tx) -> None:
    """Forget the oldest of what nobody has proven to be of whom it says, beyond ``UNPROVEN`` lines."""
    oldest = f"SELECT id FROM refusals WHERE path = '{Path.DOOR}' ORDER BY id DESC LIMIT -1 OFFSET ?"
    tx.run(f"DELETE FROM refusals WHERE id IN ({oldest})", UNPROVEN)


def expire(tx: Tx, age: timedelta) -> int:
    """Forget lines of that age; return how many went. There are never more than fit into ``LARGEST``."""
    return tx.run("DELETE FROM refusals WHERE refused_at < ?", ms(tx.now - age))


def size(tx: Tx) -> int:
    """Return how many bytes the ledger is counted with."""
    return int(tx.one("SELECT bytes FROM refusal_sizes")[0])


def is_released(tx: Tx, actor: str, uri: str) -> bool:
    """Whether the owner has let in the activity or the post ``uri`` of an actor, whatever rules say."""
    statement = "SELECT 1 FROM refusals WHERE actor = ? AND ? IN (activity, object) AND released_at IS NOT NULL"
    return bool(uri) and tx.one(statement, actor, uri) is not None


def is_asked_for(tx: Tx, host: str, url: str) -> bool:
    """Whether ``url`` is needed for what the owner has let in of a host: the post, its author, or what they are called.

    Then it may be asked for, whatever rules say of the host.
    """
    if url.startswith(f"https://{host}/.well-known/"):
        return tx.one("SELECT 1 FROM refusals WHERE host = ? AND released_at IS NOT NULL", host) is not None
    statement = "SELECT 1 FROM refusals WHERE (object = ?1 OR actor = ?1) AND object <> '' AND released_at IS NOT NULL"
    return bool(url) and tx.one(statement, url) is not None


def release(tx: Tx, number: int) -> None:
    """Note that the owner lets a thing in."""
    tx.run("UPDATE refusals SET released_at = ? WHERE id = ?", ms(tx.now), number)


class Which(Struct, frozen=True, kw_only=True):
    """Lines that are all of what is given. ``text`` is any part of rule, reason or ids, in small or capitals.

    ``door``: only what was refused before anybody was believed, or only what was not.
    """

    host: str | None = None
    about: str | None = None
    text: str | None = None
    held: bool = False
    door: bool | None = None

    @property
    def condition(self) -> tuple[str, tuple[str, ...]]:
        """What to add to a WHERE clause, and its values."""
        words = "instr(lower(rule || ' ' || reason || ' ' || actor || ' ' || activity || ' ' || object), lower(?)) > 0"
        given = {"host = ?": self.host, words: self.text}
        meant = {text: value for text, value in given.items() if value is not None}
        if self.about is not None:
            meant["? IN (actor, activity, object)"] = self.about
        held = [_HELD] if self.held else []
        door = [] if self.door is None else [f"path = '{Path.KNOCK}'" if self.door else _PROVEN]
        return "".join(f" AND {text}" for text in (*meant, *held, *door)), tuple(meant.values())


def newest(tx: Tx, which: Which, *, limit: int) -> list[Refusal]:
    """Return the latest lines of ``which``, the latest first. May look at all there are."""
    condition, values = which.condition
    rows = tx.all(f"SELECT {COLUMNS} FROM refusals WHERE 1{condition} ORDER BY id DESC LIMIT ?", *values, limit)
    return [read(row) for row in rows]


def count_held(tx: Tx) -> int:
    """Return how many lines wait to be let in, or not."""
    return int(tx.one(f"SELECT count(*) FROM refusals WHERE {_HELD}")[0])


def has(tx: Tx, number: int) -> bool:
    """Whether there is a line of this number."""
    return tx.one("SELECT 1 FROM refusals WHERE id = ?", number) is not None


def oldest_held(tx: Tx) -> datetime | None:
    """Return since when the oldest line waits to be let in, or not; None where none does."""
    row = tx.one(f"SELECT refused_at FROM refusals WHERE {_HELD} ORDER BY id LIMIT 1")
    return None if row is None else moment(row[0])


def get(tx: Tx, number: int) -> Refusal:
    """Return a line; NotFound."""
    row = tx.one(f"SELECT {COLUMNS} FROM refusals WHERE id = ?", number)
    if row is None:
        raise NotFound(f"there is no line {number} in the ledger; `smallfed ledger list` has those there are")
    return read(row)


def raw(tx: Tx, number: int) -> bytes | None:
    """Return what came, as it came, or None where it is not kept."""
    row = tx.one("SELECT raw FROM refusals WHERE id = ?", number)
    return None if row is None or row[0] is None else documents.unpack(row[0])


class Total(Struct, frozen=True, kw_only=True):
    """How much a rule has refused, and of how many servers."""

    rule: str
    reason: str
    times: int
    hosts: int


def summary(tx: Tx) -> list[Total]:
    """Return what each rule has refused of all that is kept, the most frequent first."""
    rows = tx.all(
        "SELECT rule, max(reason), sum(times) AS n, count(DISTINCT host) FROM refusals GROUP BY rule"
        " ORDER BY n DESC, rule"
    )
    return [Total(rule=rule, reason=reason, times=times, hosts=hosts) for rule, reason, times, hosts in rows]


def read(row: Iterable[Any]) -> Refusal:
    """Return a line as it is stored: ``COLUMNS`` in their order."""
    id_, path, actor, host, activity, type_, object_, action, rule, reason, times, kept, released, refused = row
    return Refusal(
        id=id_,
        path=Path(path),
        actor=actor,
        host=host,
        activity=activity,
        type=type_,
        object=object_,
        action=Action(action),
        rule=rule,
        reason=reason,
        times=times,
        kept=bool(kept),
        released_at=None if released is None else moment(released),
        refused_at=moment(refused),
    )
