"""Relations: everything between the owner and others, for many accounts at once."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct, json

from smallfed.domain.account import Account
from smallfed.domain.relation import Relationship
from smallfed.store import houses
from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

_STATEMENT = """SELECT a.id, f.state, f.reblogs, f.notify, f.languages, r.state,
        EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :owner AND b.target_id = a.id)
            OR c.named IS 1,
        EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = :owner),
        m.id, m.notifications, m.expires_at, c.named IS 0, n.comment,
        EXISTS (SELECT 1 FROM endorsements e WHERE e.account_id = a.id)
    FROM accounts a
    LEFT JOIN follows f ON f.follower_id = :owner AND f.target_id = a.id
    LEFT JOIN follows r ON r.follower_id = a.id AND r.target_id = :owner
    LEFT JOIN mutes m ON m.target_id = a.id AND (m.expires_at IS NULL OR m.expires_at > :now)
    LEFT JOIN notes n ON n.account_id = a.id
    LEFT JOIN cut_off_accounts c ON c.account_id = a.id
    WHERE a.id IN (SELECT value FROM json_each(:wanted))"""


class Tally(Struct, frozen=True, kw_only=True):
    """How many follow an account, how many it follows, how many posts it has."""

    followers: int
    following: int
    posts: int


def relationships(tx: Tx, wanted: Collection[int]) -> dict[int, Relationship]:
    """Return what is between the owner and each of these accounts, by id; unknown ids are left out.

    Whom lists of others keep away by name is blocked, as apps see it: there they can be unblocked.
    """
    values = {"owner": houses.owner_id(tx), "now": ms(tx.now), "wanted": listed(wanted)}
    return {row[0]: _relationship(row) for row in tx.sql.execute(_STATEMENT, values)}


def unwelcome(tx: Tx, wanted: Collection[int]) -> set[int]:
    """Return those of these accounts with whom there is a block, or of whom the owner does not want to hear."""
    return {account for account, known in relationships(tx, wanted).items() if known.unwelcome}


def relationship(tx: Tx, account: int) -> Relationship:
    """Return what is between the owner and an account that exists."""
    return relationships(tx, [account])[account]


def _relationship(row: tuple[Any, ...]) -> Relationship:
    account, state, reblogs, notify, languages, theirs, *kept_away, domain, note, endorsed = row
    blocking, blocked_by, mute, quiet, expires_at = kept_away
    following = state == "accepted"
    return Relationship(
        account_id=account,
        following=following,
        showing_reblogs=following and bool(reblogs),
        notifying=following and bool(notify),
        languages=None if languages is None or state == "frozen" else json.decode(languages, type=tuple[str, ...]),
        followed_by=theirs == "accepted",
        blocking=bool(blocking),
        blocked_by=bool(blocked_by),
        muting=mute is not None,
        muting_notifications=bool(quiet),
        muting_expires_at=moment(expires_at),
        requested=state == "pending",
        requested_by=theirs == "pending",
        domain_blocking=bool(domain),
        endorsed=bool(endorsed),
        note=note or "",
    )


def tallies(tx: Tx, accounts: Collection[Account]) -> dict[int, Tally]:
    """Return the counts of these accounts, by id: counted for the owner, as claimed for others, 0 where unknown.

    Of the owner's posts only those for everybody count: a number must not tell of the others.
    What we hold of others is not counted: that would be thousands of rows for each face in a timeline.
    """
    return {account.id: _own_tally(tx, account.id) if account.local else _claimed(account) for account in accounts}


def _own_tally(tx: Tx, owner: int) -> Tally:
    row = tx.one(
        """SELECT (SELECT count(*) FROM follows WHERE target_id = ?1 AND state = 'accepted'),
            (SELECT count(*) FROM follows WHERE follower_id = ?1 AND state = 'accepted'),
            (SELECT count(*) FROM posts WHERE local AND visibility IN ('public', 'unlisted'))""",
        owner,
    )
    return Tally(followers=row[0], following=row[1], posts=row[2])


def _claimed(account: Account) -> Tally:
    return Tally(
        followers=account.followers_claimed or 0,
        following=account.following_claimed or 0,
        posts=account.posts_claimed or 0,
    )
