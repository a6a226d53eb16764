"""Knocks: lines of the ledger (``store/refusals``) about what was refused before anybody was believed.

A line a day, host and reason. They name no actor, and nothing of what came is kept: it cannot be let in.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import structs

from smallfed.domain.knock import NOBODY, OTHERS, Knock, Knocked
from smallfed.domain.refusal import Path
from smallfed.domain.rule import Action, Verdict
from smallfed.policy import knocking
from smallfed.policy.sites import site
from smallfed.store import hosts, refusals
from smallfed.store.moments import moment, ms
from smallfed.store.refusals import Came
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

MOST = 10_000  # lines that are kept; beyond it the oldest go
_KNOCK = f"path = '{Path.KNOCK}'"  # in the words of the index refusals_knocks

Key = tuple[str, str, str]


def put(tx: Tx, counted: Iterable[Knock]) -> None:
    """Add to the lines of today; of more names than may have one (``policy/knocking``) to a line for many."""
    today = _today(tx)
    below = Counter(site(host) for host, _, _ in today)
    for knock in counted:
        wide = structs.replace(knock, host=f"*.{site(knock.host)}")
        if _key(knock) not in today:
            name = _name(tx, knock.host, len(today), below)
            knock = wide if name == OTHERS and _key(wide) in today else structs.replace(knock, host=name)
        known = today.get(_key(knock))
        if known is None:
            below[site(knock.host)] += 1
        else:
            tx.run("DELETE FROM refusals WHERE id = ?", known[0])
            knock = structs.replace(knock, times=knock.times + known[1])
        today[_key(knock)] = _write(tx, knock), knock.times
    surplus = f"SELECT id FROM refusals WHERE {_KNOCK} ORDER BY refused_at DESC LIMIT -1 OFFSET ?"
    tx.run(f"DELETE FROM refusals WHERE id IN ({surplus})", MOST)
    refusals.shrink(tx)


def _today(tx: Tx) -> dict[Key, tuple[int, int]]:
    """Return the number of each line of today, and how often it was."""
    midnight = tx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = tx.all(f"SELECT host, type, rule, id, times FROM refusals WHERE {_KNOCK} AND refused_at >= ?", ms(midnight))
    return {(host, method, rule): (number, times) for host, method, rule, number, times in rows}


def _key(knock: Knock) -> Key:
    return knock.host, knock.method, knock.rule


def _name(tx: Tx, host: str, lines: int, below: Mapping[str, int]) -> str:
    if host in (NOBODY, OTHERS):
        return host
    return knocking.name(host, lines=lines, below=below.get(site(host), 0), known=hosts.is_known(tx, host))


def _write(tx: Tx, knock: Knock) -> int:
    came = Came(path=Path.KNOCK, actor="", host=knock.host, type=knock.method, times=knock.times)
    return refusals.write(tx, came, Verdict(Action.REJECT, knock.reason, knock.rule))


def of_hosts(tx: Tx, names: Iterable[str]) -> list[Knocked]:
    """Return what is kept of who says to be of these, the latest first."""
    rows = tx.all(
        "SELECT host, type, rule, max(reason), count(*), sum(times), max(refused_at) FROM refusals"
        f" WHERE host IN (SELECT value FROM json_each(?)) AND {_KNOCK} GROUP BY host, type, rule"
        " ORDER BY max(refused_at) DESC, host, type, rule",
        listed(names),
    )
    return [_read(*row) for row in rows]


def _read(host: str, method: str, rule: str, reason: str, days: int, times: int, last: int) -> Knocked:
    last_at: datetime = moment(last)
    return Knocked(host=host, method=method, rule=rule, reason=reason, days=days, times=times, last_at=last_at)
