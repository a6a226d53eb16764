"""Cut-offs: of whom the house wants nothing, written down by account, and which of the servers we know are blocked.

What holds is said by the rows of domain_blocks and domain_allows (``policy/domains``), and by findings about people.
Here it is written down by account, since a like or an answer knows nothing else of whoever made it, and thousands of
them are counted at once. ``services/freezing.settle`` brings it in line with every change of those rows, ``note`` with
every account that comes or changes. What is shown and counted asks it by ``store/visibility.away``.
"""

from collections.abc import Collection, Iterable
from itertools import chain

from smallfed.domain import uris
from smallfed.domain.account import Account
from smallfed.policy.domains import EVERYBODY, covered
from smallfed.store import domain_blocks, findings
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

_NAMED = """SELECT a.id FROM findings f CROSS JOIN accounts a ON a.uri = f.subject
        WHERE f.person AND f.holds = 'suspend' AND NOT a.local
    UNION SELECT a.id FROM findings f CROSS JOIN accounts a ON a.username = substr(f.subject, 2,
            instr(substr(f.subject, 2), '@') - 1) COLLATE NOCASE AND a.host = substr(f.subject, instr(
            substr(f.subject, 2), '@') + 2)
        WHERE f.person AND f.holds = 'suspend' AND NOT a.local"""
"""People whom lists keep away by themselves; subjects are ids, or ``@user@host`` in lower case."""


def settle(tx: Tx, domain: str) -> list[int]:
    """Write down anew who is cut off, of those on ``domain`` or below it (``*``: all), and of those whom lists name.

    Return whom that is news for, and perhaps some others.
    """
    tx.known.pop("cut off", None)
    known = set(_concerned(tx, domain, "SELECT DISTINCT host, origin FROM accounts"))
    hosts = [host for (host,) in _concerned(tx, domain, "SELECT host FROM hosts")]
    cut = _cut(tx, {*chain.from_iterable(known), *hosts})
    marked = "SELECT DISTINCT a.host, a.origin FROM cut_off_accounts c CROSS JOIN accounts a ON a.id = c.account_id"
    before = known.intersection(tx.all(f"{marked} WHERE NOT c.named"))
    now = {server for server in known if not cut.isdisjoint(server)}
    _settle_hosts(tx, hosts, cut)
    return _begin(tx, now - before) + _end(tx, before - now) + _settle_named(tx)


def _cut(tx: Tx, hosts: Iterable[str]) -> set[str]:
    """Return those of ``hosts``, as they are spelt, that are cut off; it is asked of all at once."""
    plain = {host: _plain(host) for host in hosts}
    suspended = domain_blocks.suspended(tx, plain.values())
    return {host for host, name in plain.items() if name in suspended}


def _plain(spelt: str) -> str:
    return spelt.lower() if spelt.isascii() else uris.host(f"https://{spelt}") or spelt.lower()


def _concerned(tx: Tx, domain: str, servers: str) -> Iterable[tuple[str, ...]]:
    name = domain.removeprefix("*.")
    for row in tx.all(servers):
        if domain == EVERYBODY or any(_is_on(host, name) for host in row):
            yield row


def _is_on(spelt: str, domain: str) -> bool:
    host = _plain(spelt)
    return domain in host and covered(host, {domain})  # nearly all are not even alike


_ON = "json_each(?) j CROSS JOIN accounts a WHERE a.host = j.value ->> 0 AND a.origin = j.value ->> 1"


def _begin(tx: Tx, servers: Iterable[tuple[str, ...]]) -> list[int]:
    statement = f"""INSERT INTO cut_off_accounts (account_id, named) SELECT a.id, 0 FROM {_ON} AND NOT a.local
        ON CONFLICT (account_id) DO UPDATE SET named = 0 RETURNING account_id"""
    return [account for (account,) in tx.all(statement, listed(sorted(servers)))]


def _end(tx: Tx, servers: Iterable[tuple[str, ...]]) -> list[int]:
    statement = f"""DELETE FROM cut_off_accounts WHERE NOT named AND account_id IN (SELECT a.id FROM {_ON})
        RETURNING account_id"""
    return [account for (account,) in tx.all(statement, listed(sorted(servers)))]


def _settle_named(tx: Tx) -> list[int]:
    over = tx.all(f"DELETE FROM cut_off_accounts WHERE named AND account_id NOT IN ({_NAMED}) RETURNING account_id")
    begun = tx.all(f"INSERT OR IGNORE INTO cut_off_accounts SELECT id, 1 FROM ({_NAMED}) RETURNING account_id")
    return [account for (account,) in over + begun]


def _settle_hosts(tx: Tx, hosts: Collection[str], cut: Collection[str]) -> None:
    tx.run("INSERT OR IGNORE INTO cut_off_hosts SELECT value FROM json_each(?)", listed(set(hosts).intersection(cut)))
    tx.run(
        "DELETE FROM cut_off_hosts WHERE host IN (SELECT value FROM json_each(?))", listed(set(hosts).difference(cut))
    )


def note(tx: Tx, account: Account) -> None:
    """Write down whether somebody else is cut off who has come, or may have changed their name."""
    tx.known.pop("cut off", None)
    if any(domain_blocks.covers(tx, host) for host in {account.host, uris.host(account.uri) or account.host}):
        named = 0
    elif findings.names_people(tx) and findings.shunning(tx, (account.uri, f"@{account.handle}".lower())):
        named = 1
    else:
        tx.run("DELETE FROM cut_off_accounts WHERE account_id = ?", account.id)
        return
    tx.run("INSERT OR REPLACE INTO cut_off_accounts (account_id, named) VALUES (?, ?)", account.id, named)
