"""Verifying a request: which signatures it claims, whether they are strong enough to look at, whether they hold.

Spec: SAFETY rules 1–4; RFC 9421 §3.2; draft-cavage-http-signatures-12 §2.5.

A door asks in this order: ``admit`` (no key needed, nothing fetched), find the key of ``claim.key_id``, ``check``,
and then compares the owner of the key with the actor of the activity, which is not known here.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from smallfed.errors import Malformed, SmallfedError, Unauthenticated
from smallfed.protocol.signatures import cavage, dates, digest, rfc9421
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.protocol.signatures.kinds import Altered, Misdirected, Unsigned, Untimely
from smallfed.protocol.signatures.message import Message, normal_host

Claim = cavage.Claim | rfc9421.Claim

CLOCK_SKEW = timedelta(hours=1)
"""How far the time of a signature may be from ours, either way."""

MOST_CLAIMS = 4
"""More signatures than this on one request are nobody's honest doing; each may cost a key to look up."""

LONGEST_KEY_ID = 2048

_SCHEME_WORD = re.compile(r"signature[ \t]+", re.IGNORECASE)
_CAVAGE = re.compile(r'\bkeyid[ \t]*=[ \t]*"', re.IGNORECASE)

_BASICS = {"cavage": ("(request-target)", "host"), "rfc9421": ("@method", "@target-uri")}
_DIGESTS = {"cavage": ("digest", "content-digest"), "rfc9421": ("content-digest",)}
_WITHOUT_BODY = frozenset({"GET", "HEAD"})


def parse(message: Message) -> list[Claim]:
    """Return the claims of ``message`` in the order to try them, those of RFC 9421 first; none when it is unsigned.

    Malformed when a header of signatures cannot be read. Nothing is judged yet: use ``admit``.
    """
    standard, old = _signature_lines(message)
    old += [value[match.end() :] for value in message.lines("authorization") if (match := _SCHEME_WORD.match(value))]
    inputs = message.field("signature-input")
    claims: list[Claim] = []
    if inputs is not None:
        claims += rfc9421.parse(inputs, ", ".join(standard))
    claims += cavage.parse(old)
    if len(claims) > MOST_CLAIMS:
        raise Malformed(f"A request may have at most {MOST_CLAIMS} signatures.")
    return claims


def admit(message: Message, *, now: datetime, hosts: Collection[str]) -> list[Claim]:
    """Return the claims of ``message`` that ``judge`` lets pass, in the order to try them; never none.

    Raises what ``parse`` and ``judge`` raise; Unsigned when the request is not signed at all.
    """
    claims = parse(message)
    if not claims:
        raise Unsigned("The request is not signed: it has no Signature header.")
    passed: list[Claim] = []
    refusals: list[SmallfedError] = []
    for claim in claims:
        try:
            judge(claim, message, now=now, hosts=hosts)
        except (Malformed, Unauthenticated) as refusal:
            refusals.append(refusal)
        else:
            passed.append(claim)
    if not passed:
        raise refusals[0]
    return passed


def judge(claim: Claim, message: Message, *, now: datetime, hosts: Collection[str]) -> None:
    """Refuse ``claim`` unless it covers enough of ``message``, is timely and meant for us. Needs no key.

    ``hosts`` are our names in lower case, ``host`` or ``host:port`` where the port is not the scheme's default.
    Malformed when a header cannot be read, Unauthenticated (or one of its ``kinds``) for all else; the message names
    the rule that failed.
    The key is not checked, nor whether ``key_id`` is a URL, nor whether the key belongs to the actor.
    """
    _judge_key_id(claim)
    _judge_algorithm(claim)
    _judge_coverage(claim, message)
    _judge_host(message, hosts)
    # Building it finds covered parts that are missing, before anybody looks for the key.
    _bases(claim, message)
    _judge_time(claim, message, now)
    _judge_digest(claim, message)


def check(claim: Claim, message: Message, key: PublicKey) -> bool:
    """Whether ``key`` made the signature of ``claim`` over ``message``.

    False too when the claim names an algorithm the key does not have. Only for claims ``judge`` has let pass;
    for others it may raise what ``judge`` raises, and true would not mean that the request is authentic.
    """
    match claim:
        case cavage.Claim():
            return cavage.check(claim, message, key)
        case rfc9421.Claim():
            return rfc9421.check(claim, message, key)


def _signature_lines(message: Message) -> tuple[list[str], list[str]]:
    """Split the lines of Signature into those for Signature-Input and those of the old draft."""
    lines = message.lines("signature")
    if message.field("signature-input") is None:
        return [], lines
    return [line for line in lines if not _CAVAGE.search(line)], [line for line in lines if _CAVAGE.search(line)]


def _judge_key_id(claim: Claim) -> None:
    if not claim.key_id:
        raise Unauthenticated("The signature does not name its key: keyid is missing.")
    if len(claim.key_id) > LONGEST_KEY_ID:
        raise Unauthenticated(f"The keyid of the signature is longer than {LONGEST_KEY_ID} characters.")


def _judge_algorithm(claim: Claim) -> None:
    match claim:
        case cavage.Claim():
            cavage.check_algorithm(claim)
        case rfc9421.Claim():
            rfc9421.check_algorithm(claim)


def _judge_coverage(claim: Claim, message: Message) -> None:
    covered = set(claim.covered)
    for needed in _BASICS[claim.scheme]:
        if needed not in covered:
            raise Unauthenticated(f"The signature does not cover {needed}.")
    carries_body = message.method.upper() not in _WITHOUT_BODY or bool(message.body)
    digests = _DIGESTS[claim.scheme]
    if carries_body and covered.isdisjoint(digests):
        raise Unauthenticated(f"The signature does not cover {' or '.join(digests)}, so it does not cover the body.")


def _judge_host(message: Message, hosts: Collection[str]) -> None:
    """Every name the request goes by must be ours; RFC 9421 signs the authority, the old draft the Host header."""
    lines = message.lines("host")
    if len(lines) > 1:
        raise Unauthenticated("The request has more than one Host header.")
    if not message.target.startswith("/"):
        raise Malformed("The target of the request must be a path that begins with a slash.")
    for name in (message.host, *(normal_host(message.scheme, line) for line in lines)):
        if name not in hosts:
            raise Misdirected(f"The signed host {name[:253]!r} is not a name of this server.")


def _judge_time(claim: Claim, message: Message, now: datetime) -> None:
    moments = []
    if "date" in claim.covered:
        moments.append(("date", dates.read(message.field("date") or "")))
    # In the old draft parameters are signed only when listed; in RFC 9421 they always are.
    if claim.created is not None and (claim.scheme == "rfc9421" or "(created)" in claim.covered):
        moments.append(("created", claim.created))
    if claim.scheme == "rfc9421" and claim.created is None:
        raise Unauthenticated("The signature does not say when it was made: created is missing.")
    if not moments:
        raise Unauthenticated("The signature covers neither date nor (created).")
    for name, moment in moments:
        if abs(moment - now) > CLOCK_SKEW:
            raise Untimely(
                f"The {name} of the signature is {dates.write(moment)}, more than an hour from our clock, "
                f"which says {dates.write(now)}."
            )
    if claim.expires is not None and claim.expires <= now:
        raise Untimely(f"The signature expired at {dates.write(claim.expires)}; sign the request anew.")


def _judge_digest(claim: Claim, message: Message) -> None:
    body = message.body or b""
    for name, matches in (("digest", digest.digest_matches), ("content-digest", digest.content_digest_matches)):
        if name in claim.covered and not matches(message.field(name) or "", body):
            raise Altered(f"The {name} that was signed is not that of the body received.")


def _bases(claim: Claim, message: Message) -> list[bytes]:
    match claim:
        case cavage.Claim():
            return cavage.bases(claim, message)
        case rfc9421.Claim():
            return [rfc9421.base(claim, message)]
