"""Rules of the owner's, and the book of them that is asked about everything that comes."""

from hashlib import sha256

from smallfed.domain.rule import Family, Rule
from smallfed.errors import NotFound
from smallfed.policy.rules import EMPTY, Rulebook, compiled
from smallfed.store.rows import Shape, each
from smallfed.store.tx import Tx

SHAPE = Shape(Rule, "rules")
_SELECT = f"SELECT {SHAPE.columns('r')} FROM rules r "
_KEPT = 4  # books: one for each database of a process, and the one before
_books: dict[str, Rulebook] = {}  # by what is in them


def book(tx: Tx) -> Rulebook:
    """Return all rules, ready to be asked: compiled once after each change. Without rules it is one short look."""
    here: Rulebook | None = tx.known.get("rulebook")
    if here is None:
        row = tx.one("SELECT digest FROM rulebooks")
        here = tx.known["rulebook"] = EMPTY if row is None else _compiled(tx, row[0])
    return here


def _compiled(tx: Tx, digest: str) -> Rulebook:
    known = _books.get(digest)
    if known is None:
        known = compiled(every(tx))
        while len(_books) >= _KEPT:
            _books.pop(next(iter(_books)), None)
        _books[digest] = known
    return known


def every(tx: Tx) -> list[Rule]:
    """Return all rules, the oldest first, those that have expired included."""
    return list(each(SHAPE.read, tx.all(_SELECT + "ORDER BY r.id")))


def get(tx: Tx, number: int) -> Rule:
    """Return the rule with this id; NotFound."""
    row = tx.one(_SELECT + "WHERE r.id = ?", number)
    if row is None:
        raise NotFound(f"there is no rule {number}; `smallfed rules` lists them")
    return SHAPE.read(row)


def find(tx: Tx, family: Family, match: str, action: str) -> Rule | None:
    """Return the rule that says just this, or None."""
    row = tx.one(_SELECT + "WHERE r.family = ? AND r.match = ? AND r.action = ?", family, match, action)
    return None if row is None else SHAPE.read(row)


def put(tx: Tx, rule: Rule) -> None:
    """Store a new rule."""
    SHAPE.insert(tx, rule)
    _turn(tx)


def change(tx: Tx, number: int, **fields: object) -> None:
    """Change a rule."""
    SHAPE.change(tx, number, **fields)
    _turn(tx)


def drop(tx: Tx, number: int) -> None:
    """Forget a rule."""
    tx.run("DELETE FROM rules WHERE id = ?", number)
    _turn(tx)


def _turn(tx: Tx) -> None:
    """Note what is in the book now; without rules there is none."""
    tx.known.pop("rulebook", None)
    tx.run("DELETE FROM rulebooks")
    rows = tx.all(_SELECT + "ORDER BY r.id")
    if rows:
        tx.run("INSERT INTO rulebooks (id, digest) VALUES (1, ?)", sha256(repr(rows).encode()).hexdigest())
