"""Holdings: what copies of others' media take, what the owner has to do with each, and letting them go.

Sums are a table that triggers keep in step. What somebody's picture is to the owner is asked when it matters.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from smallfed.domain.copy import Copy
from smallfed.policy.evicting import Kept, Part, Standing
from smallfed.store import copies, discards
from smallfed.store.mattering import MINE, TIES
from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

FOLDER = "remote"  # below that of media

_FOLLOWED = f"EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = ({MINE}) AND f.target_id = {{account}})"
_TOUCHED = " OR ".join(
    [
        "EXISTS (SELECT 1 FROM correspondence_posts w WHERE w.post_id = p.id)",
        f"EXISTS (SELECT 1 FROM posts s WHERE s.in_reply_to_id = p.id AND s.account_id = ({MINE}))",
        f"EXISTS (SELECT 1 FROM posts s WHERE s.boost_of_id = p.id AND s.account_id = ({MINE}))",
        f"""EXISTS (SELECT 1 FROM quotes g JOIN posts s ON s.id = g.post_id
            WHERE g.quoted_id = p.id AND s.account_id = ({MINE}))""",
        *(condition.format(post="p.id") for condition in TIES.values()),
    ]
)
_OF_POST = f"""CASE WHEN p.local OR {_TOUCHED} THEN 'touched'
    WHEN {_FOLLOWED.format(account="p.account_id")} THEN 'followed' ELSE 'stranger' END"""
_OF_ACCOUNT = f"CASE WHEN {_FOLLOWED.format(account='a.id')} THEN 'followed' ELSE 'stranger' END"

STANDING = f"""ifnull(CASE c.subject
    WHEN 'attachment' THEN (SELECT {_OF_POST} FROM attachments t JOIN posts p ON p.id = t.post_id
        WHERE t.id = c.subject_id)
    WHEN 'card' THEN (SELECT {_OF_POST} FROM card_posts k JOIN posts p ON p.id = k.post_id
        WHERE k.card_id = c.subject_id ORDER BY k.post_id DESC LIMIT 1)
    WHEN 'emoji' THEN 'followed'
    ELSE (SELECT {_OF_ACCOUNT} FROM accounts a WHERE a.id = c.subject_id) END, 'lost')"""
"""What the owner has to do with what a row ``c`` of copies belongs to: a word of ``policy/evicting.Standing``."""

ACCOUNT = """CASE c.subject
    WHEN 'attachment' THEN (SELECT p.account_id FROM attachments t JOIN posts p ON p.id = t.post_id
        WHERE t.id = c.subject_id)
    WHEN 'avatar' THEN c.subject_id WHEN 'header' THEN c.subject_id END"""
"""Whose a row ``c`` of copies is, NULL for nobody's."""

_HELD = "(c.file IS NOT NULL OR c.preview IS NOT NULL)"
_BYTES = "(iif(c.file IS NULL, 0, c.size) + iif(c.preview IS NULL, 0, c.preview_size))"


class Holding(Struct, frozen=True, kw_only=True):
    """How many originals and previews there are of something, and how many bytes each of them have."""

    key: str
    files: int
    bytes: int
    previews: int
    preview_bytes: int

    @property
    def total(self) -> int:
        """All bytes."""
        return self.bytes + self.preview_bytes


class Choice(Struct, frozen=True, kw_only=True):
    """Which copies are meant: on a server, or by somebody there; of an account; of a post; not looked at since then."""

    host: str | None = None
    account: int | None = None
    post: int | None = None
    unseen_since: datetime | None = None


# Asking ---------------------------------------------------------------------------------------------------------------
def by_cause(tx: Tx) -> list[Holding]:
    """Return what is kept by why it is here, the most first."""
    rows = tx.all(
        "SELECT cause, files, bytes, previews, preview_bytes FROM holdings WHERE files OR previews"
        " ORDER BY bytes + preview_bytes DESC, cause"
    )
    return [_holding(row) for row in rows]


def total(tx: Tx) -> int:
    """Return how many bytes all copies have."""
    return int(tx.one("SELECT ifnull(sum(bytes + preview_bytes), 0) FROM holdings")[0])


_SUMS = """count(c.file), sum(iif(c.file IS NULL, 0, c.size)), count(c.preview),
    sum(iif(c.preview IS NULL, 0, c.preview_size))"""


def by_standing(tx: Tx) -> list[Holding]:
    """Return what is kept by what the owner has to do with it. It reads all copies: for a thread."""
    rows = tx.all(f"SELECT {STANDING}, {_SUMS} FROM copies c WHERE {_HELD} GROUP BY 1 ORDER BY sum({_BYTES}) DESC")
    return [_holding(row) for row in rows]


def by_subject(tx: Tx) -> list[Holding]:
    """Return what is kept by what it is. It reads all copies: for a thread."""
    rows = tx.all(f"SELECT c.subject, {_SUMS} FROM copies c WHERE {_HELD} GROUP BY 1 ORDER BY sum({_BYTES}) DESC")
    return [_holding(row) for row in rows]


def by_host(tx: Tx, limit: int) -> list[Holding]:
    """Return of which servers most is kept. It reads all copies: for a thread."""
    statement = f"SELECT c.host, {_SUMS} FROM copies c WHERE {_HELD} GROUP BY 1 ORDER BY sum({_BYTES}) DESC, 1 LIMIT ?"
    return [_holding(row) for row in tx.all(statement, limit)]


def by_account(tx: Tx, limit: int) -> list[Holding]:
    """Return of which people most is kept, by handle. It reads all copies: for a thread."""
    statement = f"""SELECT a.username || '@' || a.host, {_SUMS} FROM copies c JOIN accounts a ON a.id = {ACCOUNT}
        WHERE {_HELD} GROUP BY a.id ORDER BY sum({_BYTES}) DESC, 1 LIMIT ?"""
    return [_holding(row) for row in tx.all(statement, limit)]


def _holding(row: Sequence[object]) -> Holding:
    key, *counts = row
    files, size, previews, preview_size = (int(str(count or 0)) for count in counts)
    return Holding(key=str(key), files=files, bytes=size, previews=previews, preview_bytes=preview_size)


def kept(tx: Tx, choice: Choice = Choice()) -> Iterator[Kept]:  # noqa: B008 - it is frozen
    """Go through the files that are kept, of each copy the one that would go first. For a thread."""
    where, values = _where(choice)
    statement = f"""SELECT c.id, c.file IS NOT NULL, {STANDING} AS standing, c.seen_at,
        iif(c.file IS NULL, c.preview_size, c.size) FROM copies c WHERE {_HELD} {where}"""
    for copy, whole, standing, seen_at, size in tx.sql.execute(statement, values):
        yield Kept(
            copy=copy,
            part=Part.ORIGINAL if whole else Part.PREVIEW,
            standing=Standing(standing),
            seen_at=moment(seen_at),
            size=size,
        )


def hosts(tx: Tx) -> dict[int, str]:
    """Return where each copy came from. It reads all of them."""
    return dict(tx.all("SELECT id, host FROM copies"))


def _where(choice: Choice) -> tuple[str, dict[str, object]]:
    """Return conditions about ``c``, and their values."""
    conditions = list[str]()
    if choice.host is not None:
        conditions.append(f"(c.host = :host OR (SELECT a.host FROM accounts a WHERE a.id = {ACCOUNT}) = :host)")
    if choice.account is not None:
        conditions.append(f"{ACCOUNT} = :account")
    if choice.post is not None:
        mine = "SELECT id FROM attachments WHERE post_id = :post"
        conditions.append(f"c.subject = 'attachment' AND c.subject_id IN ({mine})")
    if choice.unseen_since is not None:
        conditions.append("c.seen_at < :since")
    values: dict[str, object] = {
        "host": choice.host,
        "account": choice.account,
        "post": choice.post,
        "since": None if choice.unseen_since is None else ms(choice.unseen_since),
    }
    return "".join(f" AND {condition}" for condition in conditions), values


def some(tx: Tx, choice: Choice, *, after: int, limit: int) -> list[Copy]:
    """Return copies with nothing kept of the original although it is known, or that failed, by id."""
    where, values = _where(choice)
    statement = f"""SELECT {copies.SHAPE.columns("c")} FROM copies c WHERE c.id > :after AND c.file IS NULL {where}
        ORDER BY c.id LIMIT :limit"""
    return [copies.SHAPE.read(row) for row in tx.sql.execute(statement, {**values, "after": after, "limit": limit})]


def files(tx: Tx, after: int, limit: int) -> list[Copy]:
    """Return copies of which anything is kept, by id."""
    statement = f"SELECT {copies.SHAPE.columns('c')} FROM copies c WHERE c.id > ? AND {_HELD} ORDER BY c.id LIMIT ?"
    return [copies.SHAPE.read(row) for row in tx.all(statement, after, limit)]


# Letting go -----------------------------------------------------------------------------------------------------------
def evict(tx: Tx, chosen: Sequence[Kept]) -> int:
    """Let files go that nobody has looked at since they were chosen; return how many bytes. They wait in discards."""
    names, freed = list[str](), 0
    for each in chosen:
        row = tx.one("SELECT file, size, preview, preview_size, seen_at FROM copies WHERE id = ?", each.copy)
        if row is None or row[4] > ms(each.seen_at):
            continue
        file, size, preview, preview_size, _ = row
        if each.part is Part.ORIGINAL and file is not None:
            tx.run("UPDATE copies SET file = NULL, digest = NULL WHERE id = ?", each.copy)
            names, freed = [*names, file], freed + size
        elif each.part is Part.PREVIEW and preview is not None and file is None:
            tx.run("UPDATE copies SET preview = NULL, preview_type = '', preview_size = NULL WHERE id = ?", each.copy)
            names, freed = [*names, preview], freed + preview_size
    discards.put(tx, [f"{FOLDER}/{name}" for name in names])
    return freed


def lose(tx: Tx, copy: int, part: Part) -> None:
    """Note that a file is not there, or not what it was; what there is of it goes. It is as if it had been evicted."""
    row = tx.one("SELECT file, preview FROM copies WHERE id = ?", copy)
    name = None if row is None else row[0 if part is Part.ORIGINAL else 1]
    if name is None:
        return
    columns = {
        Part.ORIGINAL: "file = NULL, digest = NULL",
        Part.PREVIEW: "preview = NULL, preview_type = '', preview_size = NULL",
    }
    tx.run(f"UPDATE copies SET {columns[part]} WHERE id = ?", copy)
    discards.put(tx, [f"{FOLDER}/{name}"])


def empty(tx: Tx, limit: int) -> list[int]:
    """Return rows of copies that hold nothing and belong to nothing any more. It reads all copies: for a thread."""
    statement = f"SELECT c.id FROM copies c WHERE NOT {_HELD} AND {STANDING} = 'lost' LIMIT ?"
    return [copy for (copy,) in tx.all(statement, limit)]


def forget(tx: Tx, chosen: Sequence[int]) -> int:
    """Remove rows that hold nothing; return how many."""
    where = "file IS NULL AND preview IS NULL AND id IN (SELECT value FROM json_each(?))"
    return tx.run(f"DELETE FROM copies WHERE {where}", listed(chosen))


def follow_edit(tx: Tx, post: int) -> None:
    """Let copies belong to the attachments that a post has now: an edit gives them other ids."""
    for attachment, url in tx.all("SELECT id, url FROM attachments WHERE post_id = ?", post):
        tx.run("UPDATE copies SET subject_id = ? WHERE url = ? AND subject = 'attachment'", attachment, url)
