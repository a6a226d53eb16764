"""Legislating: the owner makes rules, and takes them back."""

from datetime import datetime, timedelta

from smallfed.domain.account import Kind
from smallfed.domain.rule import Action, Family, Rule
from smallfed.domain.uris import web
from smallfed.errors import Invalid, Malformed
from smallfed.policy.rules import WRITTEN, measures
from smallfed.protocol import webfinger
from smallfed.services.blocking import clean_pattern
from smallfed.store import accounts, blocklists, houses, ids, rules
from smallfed.store.tx import Tx

LONGEST = 500  # characters of a keyword
MOST = 20_000  # rules
MOST_INSIDE = 1_000  # keywords that are looked for inside words, each by itself
SHOWN = 100  # characters of what is said to be wrong


def make(
    tx: Tx,
    family: Family,
    match: str,
    action: Action,
    *,
    comment: str = "",
    expires_at: datetime | None = None,
) -> Rule:
    """Make a rule, or say anew what there is about one that says the same; Invalid when it could never hold.

    NotFound for a list that there is not.
    """
    match = understood(family, match)
    if family is Family.LIST:
        match = _list(tx, match)
    _require_others(tx, family, match)
    known = rules.find(tx, family, match, action)
    if known is not None:
        rules.change(tx, known.id, comment=comment or known.comment, expires_at=expires_at)
        return rules.get(tx, known.id)
    _require_room(tx, family, match)
    made = Rule(
        id=ids.fresh(tx, "rules"),
        family=family,
        match=match,
        action=action,
        comment=comment,
        expires_at=expires_at,
        created_at=tx.now,
    )
    rules.put(tx, made)
    return made


def _require_others(tx: Tx, family: Family, match: str) -> None:
    """Pass what is about others; Invalid for what names the owner, or where the owner lives."""
    own = {
        Family.DOMAIN: houses.get(tx).names,
        Family.ACTOR: (accounts.owner(tx).uri, f"@{houses.get(tx).handle}".lower()),
    }
    if match in own.get(family, ()):
        raise Invalid(f"{match} is yours: rules are about what others send")


def _list(tx: Tx, named: str) -> str:
    """Return the name of a list, in whatever letters it is given, by its address or id; NotFound."""
    names = {one.name.lower(): one.name for one in blocklists.every(tx)}
    return names.get(named.lower()) or blocklists.get(tx, named).name


def _require_room(tx: Tx, family: Family, match: str) -> None:
    every = rules.every(tx)
    if len(every) >= MOST:
        raise Invalid(f"there are {MOST} rules already: lists of servers belong into `smallfed block`, or a list")
    inside = [one for one in every if one.family in WRITTEN and one.match.startswith("*")]
    if family in WRITTEN and match.startswith("*") and len(inside) >= MOST_INSIDE:
        raise Invalid(f"there are {MOST_INSIDE} rules already that look inside words: leave the first * away")


def understood(family: Family, match: str) -> str:
    """Return what a rule matches in the words of its family; Invalid says what it should look like."""
    text = match.strip()
    match family:
        case Family.DOMAIN | Family.RELAY:
            return clean_pattern(text)
        case Family.ACTOR:
            return _actor(text)
        case Family.KEYWORD | Family.PROFILE if text.strip("* "):
            return _telling(text)
        case Family.KIND if text.lower() in KINDS:
            return text.lower()
        case Family.LIST if text:
            return _short(text)
        case Family.AGE if measures.span(text) is not None:
            return text
        case Family.RATE if measures.per_hour(text) is not None:
            return text
        case Family.MENTIONS | Family.LINKS | Family.MEDIA if measures.least(text) is not None:
            return text
        case _:
            raise Invalid(
                f"{_shown(match)} is nothing that a rule by {family} can match; it should look like {FORMS[family]}"
            )


FORMS = {
    Family.DOMAIN: "example.org or *.example.org",
    Family.ACTOR: "@user@example.org or https://example.org/users/user",
    Family.LIST: "the name of a list",
    Family.KEYWORD: "buy now, or *coin* for parts of words",
    Family.AGE: "30min, 24h or 7d",
    Family.MENTIONS: "8",
    Family.LINKS: "1",
    Family.MEDIA: "1",
    Family.RELAY: "relay.example.org",
    Family.RATE: "60/h",
    Family.PROFILE: "sponsored, or *shop.example* for parts of words",
    Family.KIND: "bot, person, service, application, group or organization",
}
KINDS = frozenset({"bot", *(kind.value.lower() for kind in Kind)})


def _actor(text: str) -> str:
    if text.startswith(("https://", "http://")) and web(text) is not None:
        return _short(text)
    try:
        found = webfinger.handle(text)
    except Malformed as error:
        raise Invalid(f"{_shown(text)} is nobody; it should look like {FORMS[Family.ACTOR]}") from error
    return f"@{found.username.lower()}@{found.host}"


def _telling(text: str) -> str:
    """Return a keyword that does not stand in nearly everything."""
    said = text.strip("* ")
    inside = text.startswith("*") or text.endswith("*") or not said.isalnum()
    if len(said) == 1 and said.isascii() and inside:
        raise Invalid(f"{said!r} stands in nearly everything; a rule should match a word, or a part of one")
    return _short(text)


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise Invalid(f"a rule should match at most {LONGEST} characters")
    return text


def lasting(tx: Tx, text: str | None) -> datetime | None:
    """Return until when something holds that is to last for ``text`` (``24h``); None for ever."""
    if text is None:
        return None
    span = measures.span(text)
    if span is None or span > timedelta(days=3650):
        raise Invalid(f"{text!r} is no span of time; it should look like 30min, 24h or 7d")
    return tx.now + span


def repeal(tx: Tx, number: int) -> Rule:
    """Take a rule back; NotFound. What it did to posts that are here stays with them."""
    known = rules.get(tx, number)
    rules.drop(tx, number)
    return known
