"""What servers of every kind send is understood as the facts that are written beside it.

Each file holds ``model`` (which software sends such a thing), ``wire`` (the document, written for this project) and
``facts``. After a change that is meant, ``python -m tests.wire.rewrite FILE…`` writes the facts anew.
"""

from pathlib import Path

import msgspec
import pytest

from tests.wire.facts import facts_of

CASES = sorted(Path(__file__).parent.glob("*/*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_facts(path: Path) -> None:
    """Every document gives exactly its facts."""
    case = msgspec.json.decode(path.read_bytes())

    facts = facts_of(case["wire"])

    assert case["model"]
    assert facts == case["facts"]


def test_there_are_payloads_of_many_servers() -> None:
    """The table is not empty by accident."""
    assert len({path.parent.name for path in CASES}) >= 28
