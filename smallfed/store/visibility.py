"""Visibility as SQL: the one condition that every list of posts contains; ``policy/visibility`` is the rule in words.

Conditions are about a table alias and are bound by name: ``:viewer`` (an account id, or NULL for a stranger),
``:owner`` and ``:now`` (see ``values``).
"""

from typing import Any

from smallfed.store import houses
from smallfed.store.moments import ms
from smallfed.store.tx import Tx

_BARE = """lower(substr({host}, 1, CASE WHEN {host} GLOB '[[]*' THEN instr({host}, ']')
    ELSE instr({host} || ':', ':') - 1 END))"""
_NEXT = """CASE WHEN substr(name, 1, 2) = '*.' THEN substr(name, 3) WHEN name GLOB '[[]*' THEN '*'
                WHEN instr(name, '.') THEN '*' || substr(name, instr(name, '.')) ELSE '*' END"""  # policy/domains.chain


def bare(host: str) -> str:
    """Return ``host`` (an expression) without its port, in small letters: ``domain/uris.bare``."""
    return _BARE.format(host=host)


def covered(*hosts: str, by: str = "severity = 'suspend'") -> str:
    """Return the condition that a row of domain_blocks holds for one of ``hosts`` (expressions): ``policy/domains``.

    ``by``: which rows count.
    """
    seeds = " UNION ".join(f"SELECT {bare(host)}, {bare(host)}, 0" for host in hosts)
    return f"""(EXISTS (SELECT 1 FROM domain_blocks WHERE {by}) AND EXISTS (
        WITH RECURSIVE up (host, name, place) AS (
            {seeds} UNION SELECT host, {_NEXT}, place + 1 FROM up WHERE name <> '*')
        SELECT 1 FROM up CROSS JOIN domain_blocks d ON d.domain = up.name AND {by}
        WHERE NOT EXISTS (SELECT 1 FROM up over CROSS JOIN domain_allows w ON w.domain = over.name
            WHERE over.host = up.host AND (over.place < up.place OR d.origin = 'mode'
                OR (d.origin = 'lists' AND NOT EXISTS (SELECT 1 FROM domain_blocks WHERE origin = 'mode'))))))"""


def away(account_id: str) -> str:
    """Return the condition that the house wants nothing of an account (an expression giving its id).

    Neither shown nor counted is who lives on a blocked server, by handle or id, or is named by lists of others to which
    the owner has subscribed; ``store/cut_offs`` writes down who that is.
    """
    return f"{account_id} IN (SELECT account_id FROM cut_off_accounts)"


def limited(account: str) -> str:
    """Return the condition that the accounts' row ``account`` is limited: with its server, or itself by lists."""
    return f"""({_of_others(account, "severity = 'silence'")} OR {_named(account)})"""


def _named(account: str) -> str:
    return f"""(NOT {account}.local AND EXISTS (SELECT 1 FROM findings WHERE person AND holds = 'silence') AND EXISTS (
        SELECT 1 FROM findings named WHERE named.holds = 'silence' AND named.subject IN
        ({account}.uri, lower('@' || {account}.username || '@' || {account}.host))))"""


def without_pictures(account: str) -> str:
    """Return the condition that the owner wants no pictures of the server of the accounts' row ``account``."""
    return _of_others(account, "reject_media")


def on_muted_domain(account: str) -> str:
    """Return the condition that the owner does not want to read the server of the accounts' row ``account``."""
    return _of_others(account, "mute")


def _of_others(account: str, by: str) -> str:
    return f"(NOT {account}.local AND {covered(f'{account}.host', f'{account}.origin', by=by)})"


def on_domain(account: str) -> str:
    """Return the condition that the handle or the id of the accounts' row ``account`` is on ``:domain`` or below it."""
    hosts = [bare(f"{account}.{column}") for column in ("host", "origin")]
    return "(" + " OR ".join(f"{host} = :domain OR {host} LIKE '%.' || :domain" for host in hosts) + ")"


_SHUT_OUT = f"(:viewer IS NOT NULL AND {away(':viewer')})"


def _seen_itself(p: str) -> str:
    return f"""NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = {p}.account_id AND b.target_id = :viewer)
        AND NOT {away(f"{p}.account_id")} AND (NOT {p}.removed OR {p}.account_id = :viewer)
        AND ({p}.visibility IN ('public', 'unlisted') OR {p}.account_id = :viewer
            OR ({p}.visibility <> 'local' AND EXISTS (
                SELECT 1 FROM mentions m WHERE m.post_id = {p}.id AND m.account_id = :viewer))
            OR ({p}.visibility = 'private' AND EXISTS (SELECT 1 FROM follows f
                WHERE f.follower_id = :viewer AND f.target_id = {p}.account_id AND f.state = 'accepted')))"""


def seen(p: str) -> str:
    """Return the condition that ``:viewer`` may see the posts' row ``p``."""
    return f"""(NOT {_SHUT_OUT} AND {_seen_itself(p)} AND ({p}.boost_of_id IS NULL OR EXISTS (
        SELECT 1 FROM posts seen_o WHERE seen_o.id = {p}.boost_of_id AND {_seen_itself("seen_o")})))"""


def unwanted(account_id: str) -> str:
    """Return the condition that the owner does not want to read this account (an expression giving its id)."""
    return f"""(EXISTS (SELECT 1 FROM mutes u WHERE u.target_id = {account_id}
            AND (u.expires_at IS NULL OR u.expires_at > :now))
        OR EXISTS (SELECT 1 FROM accounts s WHERE s.id = {account_id} AND (s.suspended OR {on_muted_domain("s")}))
        OR {cut_off(account_id)})"""


def cut_off(account_id: str) -> str:
    """Return the condition that the owner and this account (an expression giving its id) have a block between them."""
    return f"""(EXISTS (SELECT 1 FROM blocks u WHERE u.account_id = :owner AND u.target_id = {account_id})
        OR EXISTS (SELECT 1 FROM blocks u WHERE u.account_id = {account_id} AND u.target_id = :owner)
        OR {away(account_id)})"""


def wanted(p: str) -> str:
    """Return the condition that neither the author of row ``p``, nor that of what it boosts, is unwanted."""
    return f"""(NOT {unwanted(f"{p}.account_id")} AND ({p}.boost_of_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM posts wanted_o WHERE wanted_o.id = {p}.boost_of_id AND {unwanted("wanted_o.account_id")})))"""


def met(account_id: str) -> str:
    """Return the condition that the owner may come across this account (an expression giving its id).

    That is: it is not unwanted, and either followed or on no limited server (``policy/limiting.is_met``).
    """
    return f"""(NOT {unwanted(account_id)} AND (
        NOT EXISTS (SELECT 1 FROM accounts l WHERE l.id = {account_id} AND {limited("l")})
        OR EXISTS (SELECT 1 FROM follows l
            WHERE l.follower_id = :owner AND l.target_id = {account_id} AND l.state = 'accepted')))"""


def values(tx: Tx, viewer: int | None) -> dict[str, Any]:
    """Return what the conditions need bound; NotFound before the house is set up."""
    return {"viewer": viewer, "owner": houses.owner_id(tx), "now": ms(tx.now)}
