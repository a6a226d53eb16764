"""Vouching: which activities of ours carry what lets others believe them from anybody's hands.

A proof (FEP-8b32) goes with everything public: it is cheap, and whoever verifies it need not ask us. RsaSignature2017
costs milliseconds and cannot be denied later, so it goes only where somebody is likely to pass it on who understands
nothing else: to relays, into threads of others (and with the end of the account, ``services/consequences/leaving``).

Spec: PROTOCOL §§3.1, 3.2, 4.11, 4.12.
"""

from collections.abc import Collection
from datetime import timedelta

from smallfed.policy.visibility import PUBLIC

VALID = timedelta(days=2)
"""How long an RsaSignature2017 holds: longer than forwards take, shorter than anybody could want it for other ends."""

PASSED_ON = frozenset({"Create", "Update", "Delete"})
RELAYED = PASSED_ON | {"Move"}


def wants_proof(to: Collection[str], cc: Collection[str]) -> bool:
    """Whether a proof goes with an activity that is addressed so: what is not public nobody else has to believe."""
    return not PUBLIC.isdisjoint(to) or not PUBLIC.isdisjoint(cc)


def wants_signature(type_: str, to: Collection[str], cc: Collection[str], *, answers: bool) -> bool:
    """Whether an RsaSignature2017 goes with it. ``answers``: it is about something in a thread of somebody else."""
    return answers and type_ in PASSED_ON and wants_proof(to, cc)


def is_relayed(type_: str, to: Collection[str]) -> bool:
    """Whether relays pass such an activity on, if it is signed: what is for everybody, and not only in copy."""
    return type_ in RELAYED and not PUBLIC.isdisjoint(to)
