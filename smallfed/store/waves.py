"""Waves of what strangers send: which there are, what is in them, and by which traits another thing belongs to one.

Spec: SAFETY §5.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec import json, structs

from smallfed.domain.wave import Kind, Limits, State, Wave
from smallfed.errors import NotFound
from smallfed.policy.likeness import LIKE, WORD, Sketch, likeness
from smallfed.store import ids
from smallfed.store.moments import moment, ms
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx
from smallfed.store.visibility import away

MOST = 5_000  # waves that are only watched
TRAITS = 128  # of a wave; later ones are not learned
SLICE = 500  # waves that are forgotten at once
NEAR = 12  # waves that are looked at for one trait, the latest
SHAPE = Shape(Wave, "waves")
_SELECT = f"SELECT {SHAPE.columns('w')} FROM waves w "
_SEEN = f"""EXISTS (SELECT 1 FROM wave_items i WHERE i.wave_id = w.id AND i.held AND NOT {away("i.account_id")})"""


# Limits ---------------------------------------------------------------------------------------------------------------
def limits(tx: Tx) -> Limits:
    """Return how far strangers are heard."""
    row = tx.one("SELECT limits FROM stranger_limits")
    return Limits() if row is None else json.decode(row[0], type=Limits)


def put_limits(tx: Tx, wanted: Limits) -> None:
    """Store how far strangers are heard."""
    text = json.encode(wanted).decode()
    tx.run("INSERT OR REPLACE INTO stranger_limits (id, limits) VALUES (1, ?)", text)


# Waves ----------------------------------------------------------------------------------------------------------------
def find(tx: Tx, number: int) -> Wave | None:
    """Return the wave with this id, or None."""
    row = tx.one(_SELECT + "WHERE w.id = ?", number)
    return None if row is None else SHAPE.read(row)


def get(tx: Tx, number: int) -> Wave:
    """Return the wave with this id; NotFound."""
    found = find(tx, number)
    if found is None:
        raise NotFound(f"nothing waits with the number {number}; `smallfed review` lists what does")
    return found


def begin(tx: Tx, kind: Kind, *, name: str | None = None, sample: str = "", state: State = State.WATCHED) -> Wave:
    """Begin a wave, or return the one with that name."""
    known = None if name is None else find_named(tx, name)
    if known is not None:
        return known
    number = ids.fresh(tx, "waves")
    made = Wave(id=number, kind=kind, name=name, state=state, sample=sample, began_at=tx.now, last_at=tx.now)
    SHAPE.insert(tx, made)
    if number % 64 == 0:
        tx.run(
            "DELETE FROM waves WHERE held = 0 AND id IN"
            " (SELECT id FROM waves WHERE state = 'watched' ORDER BY last_at DESC LIMIT -1 OFFSET ?)",
            MOST,
        )
    return made


def find_named(tx: Tx, name: str) -> Wave | None:
    """Return the wave that is known by a name, or None."""
    row = tx.one(_SELECT + "WHERE w.name = ?", name)
    return None if row is None else SHAPE.read(row)


def change(tx: Tx, number: int, **fields: Any) -> None:
    """Change a wave."""
    SHAPE.change(tx, number, **fields)


def forget_samples(tx: Tx, *, posts: Collection[int] = (), account: int | None = None) -> None:
    """Forget how those waves begin in which these posts are, or something of an account."""
    tx.run(
        """UPDATE waves SET sample = '' WHERE kind = 'alike' AND id IN (SELECT wave_id FROM wave_items
            WHERE post_id IN (SELECT value FROM json_each(?)) OR account_id = ?)""",
        listed(posts),
        account,
    )


def is_any(tx: Tx, state: State) -> bool:
    """Whether there is a wave in such a state."""
    return tx.one("SELECT 1 FROM waves WHERE state = ? LIMIT 1", state) is not None


def going_on(tx: Tx, kinds: Collection[Kind], within: timedelta) -> tuple[int, datetime]:
    """Return how many accounts are in waves of these kinds that wait, and of which more came lately; and since when."""
    row = tx.one(
        """SELECT ifnull(sum(accounts), 0), ifnull(min(began_at), ?2) FROM waves
        WHERE state = 'open' AND last_at > ?1 AND kind IN (SELECT value FROM json_each(?3))""",
        ms(tx.now - within),
        ms(tx.now),
        listed(kinds),
    )
    return int(row[0]), moment(row[1])


def waiting(tx: Tx, *, limit: int = 200) -> list[Wave]:
    """Return what waits for the owner: waves, and single things that are held; the latest first.

    What is only of people who are cut off does not wait while they are.
    """
    which = f"WHERE w.held > 0 AND w.state IN ('watched', 'open') AND {_SEEN}"
    rows = tx.all(f"{_SELECT}{which} ORDER BY w.last_at DESC, w.id DESC LIMIT ?", limit)
    return list(each(SHAPE.read, rows))


def decided(tx: Tx, *, limit: int = 200) -> list[Wave]:
    """Return what the owner has decided about, the latest first."""
    rows = tx.all(_SELECT + "WHERE w.state IN ('binned', 'released') ORDER BY w.decided_at DESC LIMIT ?", limit)
    return list(each(SHAPE.read, rows))


# Traits ---------------------------------------------------------------------------------------------------------------
def like(tx: Tx, sketch: Sketch, states: Collection[State] = tuple(State)) -> Wave | None:
    """Return the wave in one of ``states`` that something with these traits belongs to, or None.

    Of several the one that it is most like, and that the owner has decided about.
    """
    shared: dict[int, set[int]] = {}
    for trait in sketch.traits:
        rows = tx.sql.execute(
            f"SELECT wave_id FROM wave_traits WHERE trait = ? ORDER BY wave_id DESC LIMIT {NEAR}", (trait,)
        )
        for (wave,) in rows:
            shared.setdefault(wave, set()).add(trait)
    alike = {wave: found for wave, traits in shared.items() if (found := likeness(sketch, traits)) >= LIKE}
    known = [wave for number in alike if (wave := find(tx, number)) is not None and wave.state in states]
    return max(known, key=lambda wave: (wave.decided_at is not None, alike[wave.id], wave.items), default=None)


def learn(tx: Tx, wave: Wave, traits: Iterable[int]) -> Wave:
    """Let these traits be of a wave, as far as there is room, and return it as it is then."""
    new = sum(
        tx.run("INSERT OR IGNORE INTO wave_traits (trait, wave_id) VALUES (?, ?)", trait, wave.id)
        for trait in list(traits)[: max(TRAITS - wave.traits, 0)]
    )
    if not new:
        return wave
    change(tx, wave.id, traits=wave.traits + new)
    return structs.replace(wave, traits=wave.traits + new)


def unlearn_words(tx: Tx, wave: int) -> None:
    """Forget which few words a wave is known by."""
    gone = tx.run("DELETE FROM wave_traits WHERE wave_id = ? AND trait & 7 = ?", wave, WORD)
    tx.run("UPDATE waves SET traits = traits - ? WHERE id = ?", gone, wave)


def unlearn(tx: Tx, wave: int) -> None:
    """Forget what belongs to a wave by likeness."""
    tx.run("DELETE FROM wave_traits WHERE wave_id = ?", wave)
    change(tx, wave, traits=0)


# Forgetting -----------------------------------------------------------------------------------------------------------
def expire(tx: Tx, *, watched: timedelta, learned: timedelta) -> int:
    """Forget waves that nothing came of for so long, and those about which the owner decided so long ago.

    What waits for the owner waits for as long as the owner likes.
    """
    gone = tx.run(
        "DELETE FROM waves WHERE id IN"
        " (SELECT id FROM waves WHERE state = 'watched' AND held = 0 AND last_at < ? LIMIT ?)",
        ms(tx.now - watched),
        SLICE,
    )
    gone += tx.run("DELETE FROM waves WHERE state IN ('binned', 'released') AND decided_at < ?", ms(tx.now - learned))
    return gone
