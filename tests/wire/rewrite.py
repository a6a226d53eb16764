"""Write the facts of wire documents anew: ``python -m tests.wire.rewrite FILE…``; read the difference afterwards."""

import sys
from pathlib import Path

import msgspec

from tests.wire.facts import facts_of


def rewrite(path: Path) -> None:
    """Replace the facts in one file by what its document is understood as now."""
    case = msgspec.json.decode(path.read_bytes())
    case["facts"] = facts_of(case["wire"])
    path.write_bytes(msgspec.json.format(msgspec.json.encode(case), indent=2) + b"\n")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rewrite(Path(name))
