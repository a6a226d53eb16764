"""Standings: what holds for people because of the server they are on, or because lists name them."""

from collections.abc import Collection

from msgspec import Struct

from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from smallfed.store.visibility import limited, on_muted_domain, without_pictures


class Standing(Struct, frozen=True, kw_only=True):
    """What holds for people on a server: it is ``limited`` or ``muted``, and they are shown ``without_pictures``.

    Who is ``cut_off`` with a server is shown by their name only.
    """

    limited: bool = False
    without_pictures: bool = False
    muted: bool = False
    cut_off: bool = False


FREE = Standing()


def of(tx: Tx, accounts: Collection[int]) -> dict[int, Standing]:
    """Return what holds for those of these accounts for whom anything does, by id."""
    some = "SELECT 1 FROM domain_blocks WHERE severity = 'silence' OR reject_media OR mute"
    if (
        tx.one(
            f"{some} UNION ALL SELECT 1 FROM findings WHERE person AND holds = 'silence' UNION ALL"
            " SELECT 1 FROM cut_off_accounts LIMIT 1"
        )
        is None
    ):
        return {}
    statement = f"""SELECT a.id, {limited("a")} AS limited, {without_pictures("a")} AS bare,
        {on_muted_domain("a")} AS muted, c.named IS 0 AS cut
        FROM accounts a LEFT JOIN cut_off_accounts c ON c.account_id = a.id
        WHERE a.id IN (SELECT value FROM json_each(?)) AND NOT a.local AND (limited OR bare OR muted OR cut)"""
    return {
        number: Standing(limited=bool(limit), without_pictures=bool(bare), muted=bool(mute), cut_off=bool(cut))
        for number, limit, bare, mute, cut in tx.all(statement, listed(accounts))
    }


def limits(tx: Tx, account: int) -> bool:
    """Whether an account lives on a server that the owner has limited."""
    return of(tx, [account]).get(account, FREE).limited


def mutes(tx: Tx, account: int) -> bool:
    """Whether an account lives on a server that the owner does not want to read."""
    return of(tx, [account]).get(account, FREE).muted


def hides_pictures(tx: Tx, account: int) -> bool:
    """Whether the owner wants no pictures of the server of an account."""
    return of(tx, [account]).get(account, FREE).without_pictures
