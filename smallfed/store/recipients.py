"""Recipients: who is to get an activity of ours, as rows of ``deliveries``, however many there are.

Never among them: ourselves, accounts that are gone, hosts on blocked domains.

Spec: PROTOCOL §6.1, SAFETY rules 19 and 20.
"""

from collections.abc import Callable, Collection, Mapping

from msgspec import Struct

from smallfed.store import hosts, houses
from smallfed.store.moments import ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from smallfed.store.visibility import away, bare, covered

_SHARED = "coalesce(a.shared_inbox, a.inbox)"
CUT_OFF = "domain blocked"  # the answer of what was dropped for that
_REST = "substr(inbox, instr(inbox, '://') + 3)"
AUTHORITY = f"lower(substr({_REST}, 1, instr({_REST} || '/', '/') - 1))"
_NO_BLOCK = """NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :owner AND b.target_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = :owner)"""


def _cut_off(inbox: str) -> str:
    """Return the condition that only people who are cut off get their mail at ``inbox`` (an expression)."""
    there = f"SELECT 1 FROM accounts cut WHERE (cut.inbox = {inbox} OR cut.shared_inbox = {inbox}) AND"
    return f"(EXISTS ({there} {away('cut.id')}) AND NOT EXISTS ({there} NOT {away('cut.id')}))"


# CROSS: in this order, whatever SQLite thinks of the sizes.
# Who is blocked, or blocks us, neither follows nor is followed: only those named have to be looked at.
_ADDRESSED = f"""
    SELECT {_SHARED} FROM follows f CROSS JOIN accounts a ON a.id = f.follower_id
        WHERE :followers AND f.target_id = :owner AND f.state = 'accepted' AND a.gone_at IS NULL
    UNION SELECT {_SHARED} FROM follows f CROSS JOIN accounts a ON a.id = f.target_id
        WHERE :following AND f.follower_id = :owner AND f.state = 'accepted' AND a.gone_at IS NULL
    UNION SELECT CASE WHEN :personal THEN a.inbox ELSE {_SHARED} END FROM json_each(:accounts) j
        CROSS JOIN accounts a ON a.id = j.value WHERE NOT a.local AND a.gone_at IS NULL
        AND (:regardless OR {_NO_BLOCK}) AND (:last OR NOT {away("a.id")})
    UNION SELECT j.value FROM json_each(:inboxes) j WHERE NOT {_cut_off("j.value")}"""
_INSERT = f"""
    WITH addressed (inbox) AS ({_ADDRESSED}),
    located AS (SELECT inbox, {AUTHORITY} AS host FROM addressed)
    INSERT INTO deliveries (body_id, inbox, host, due, created_at)
    SELECT :body, inbox, host, :now, :now FROM located WHERE host <> :us AND (:last OR NOT {covered("host")})
        AND host NOT IN (SELECT value FROM json_each(:without))
        AND inbox NOT IN (SELECT value FROM json_each(:unheard))"""


class Recipients(Struct, frozen=True, kw_only=True):
    """Who shall get an activity. ``accounts`` are ids, ``inboxes`` addresses.

    Shared inboxes are used unless it is ``personal``: then it goes to each of ``accounts`` in person. Whoever has a
    block between us gets nothing, but for what must be said ``regardless`` (that we block, or do not let follow).
    Nothing goes to the hosts ``without``, nor to the inboxes ``unheard``: what it is about never got there. Nothing
    goes to domains that are cut off, but for the ``last`` they hear.
    """

    followers: bool = False
    following: bool = False
    accounts: Collection[int] = ()
    inboxes: Collection[str] = ()
    personal: bool = False
    regardless: bool = False
    last: bool = False
    without: Collection[str] = ()
    unheard: Collection[str] = ()


def put(
    tx: Tx,
    body: int,
    recipients: Recipients,
    *,
    unwanted: Callable[[Collection[str]], Mapping[str, str]] = lambda _: {},
) -> int:
    """Queue a body (see ``store/bodies``) for its recipients, due now; return for how many hosts.

    ``unwanted`` returns those hosts, of all that are meant, to which nothing is sent, and why: what was meant for them
    is kept as dropped, for whoever asks how far it has got.
    """
    owner, us = tx.one("SELECT o.account_id, lower(h.domain) FROM owners o JOIN houses h")
    values = {
        "body": body,
        "owner": owner,
        "us": us,
        "now": ms(tx.now),
        "followers": recipients.followers,
        "following": recipients.following,
        "accounts": listed(recipients.accounts),
        "inboxes": listed(recipients.inboxes),
        "personal": recipients.personal,
        "regardless": recipients.regardless,
        "last": recipients.last,
        "without": listed(recipients.without),
        "unheard": listed(recipients.unheard),
    }
    tx.sql.execute(_INSERT, values)
    reached = [host for (host,) in tx.all("SELECT DISTINCT host FROM deliveries WHERE body_id = ?", body)]
    for host, why in unwanted(reached).items():
        dropped = "UPDATE deliveries SET state = 'dropped', answer = ?, answered_at = ? WHERE body_id = ? AND host = ?"
        tx.run(dropped, why, ms(tx.now), body, host)
        reached.remove(host)
    hosts.recount(tx, reached)
    return len(reached)


def drop_cut_off(tx: Tx, domain: str, people: Collection[int] = ()) -> None:
    """Drop what still waits for hosts that are cut off, of those on ``domain`` or below it (``*``: all).

    And what waits for ``people`` (ids of accounts), at inboxes where everybody is cut off: the host may be another.
    """
    below = "1" if domain == "*" else f"({bare('host')} = :domain OR {bare('host')} LIKE '%.' || :domain)"
    rows = tx.sql.execute(
        f"""WITH theirs (inbox) AS (
                SELECT inbox FROM accounts WHERE id IN (SELECT value FROM json_each(:people))
                UNION SELECT shared_inbox FROM accounts WHERE id IN (SELECT value FROM json_each(:people))),
            shut (inbox, host) AS (SELECT inbox, {AUTHORITY} FROM theirs WHERE {_cut_off("theirs.inbox")})
            UPDATE deliveries SET state = 'dropped', answer = '{CUT_OFF}', answered_at = :now
            WHERE state = 'waiting' AND (host IN (
                SELECT host FROM hosts WHERE next_due IS NOT NULL AND {below} AND {covered("host")})
                OR (host IN (SELECT host FROM shut) AND inbox IN (SELECT inbox FROM shut)))
            RETURNING host""",
        {"now": ms(tx.now), "domain": domain.removeprefix("*."), "people": listed(people)},
    ).fetchall()
    if rows:
        hosts.recount(tx, sorted({host for (host,) in rows}))


def lost_answers(tx: Tx) -> frozenset[str]:
    """Return the inboxes for which an Accept was dropped lately because their host was cut off.

    Whose they are does not know that they follow. Looks at all deliveries there are.
    """
    statement = f"""SELECT DISTINCT d.inbox FROM deliveries d JOIN bodies b ON b.id = d.body_id
        WHERE d.state = 'dropped' AND d.answer = '{CUT_OFF}' AND b.type = 'Accept'"""
    return frozenset(inbox for (inbox,) in tx.all(statement))


def had(tx: Tx, post: int) -> list[str]:
    """Return the inboxes that may have got something about ``post``: whatever was tried may have arrived.

    Those of accounts that the owner has blocked since are left out.
    """
    statement = """SELECT DISTINCT d.inbox FROM bodies b JOIN deliveries d ON d.body_id = b.id
        WHERE b.post_id = :post AND (d.state = 'delivered' OR d.attempts > d.misses)
        AND d.inbox NOT IN (SELECT a.inbox FROM blocks x JOIN accounts a ON a.id = x.target_id
            WHERE x.account_id = :owner)
        ORDER BY d.inbox"""
    return [inbox for (inbox,) in tx.sql.execute(statement, {"post": post, "owner": houses.owner_id(tx)})]


def concerned(tx: Tx, post: int) -> list[int]:
    """Return the accounts, beside followers, that an Update or Delete of ``post`` concerns.

    Whom it addresses, whom it answers, who likes it, boosted it, answered it, voted in it, quotes it. Only good for a
    post that everybody may see: anybody can say to have answered another.
    """
    return [
        account
        for (account,) in tx.all(
            "SELECT account_id FROM mentions WHERE post_id = ?1"
            " UNION SELECT in_reply_to_account_id FROM posts WHERE id = ?1 AND in_reply_to_account_id IS NOT NULL"
            " UNION SELECT account_id FROM likes WHERE post_id = ?1"
            " UNION SELECT account_id FROM posts WHERE boost_of_id = ?1"
            " UNION SELECT account_id FROM posts WHERE in_reply_to_id = ?1"
            " UNION SELECT account_id FROM votes WHERE post_id = ?1"
            " UNION SELECT p.account_id FROM quotes q JOIN posts p ON p.id = q.post_id WHERE q.quoted_id = ?1",
            post,
        )
    ]


def inboxes(tx: Tx, accounts: Collection[int], *, personal: bool) -> list[str]:
    """Return where these accounts are reached, but for those that are gone, ours, or have a block between us."""
    statement = f"""SELECT DISTINCT CASE WHEN :personal THEN a.inbox ELSE {_SHARED} END AS inbox
        FROM json_each(:accounts) j CROSS JOIN accounts a ON a.id = j.value
        WHERE NOT a.local AND a.gone_at IS NULL AND {_NO_BLOCK} ORDER BY inbox"""
    values = {"personal": personal, "accounts": listed(accounts), "owner": houses.owner_id(tx)}
    return [inbox for (inbox,) in tx.sql.execute(statement, values)]
