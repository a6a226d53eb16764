"""Measure a running smallfed, and print the figures beside the budget: ``python -m tests.bench``."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from msgspec import to_builtins

from smallfed.protocol.signatures.keys import generate_rsa
from tests.bench.budget import Row, table
from tests.bench.measures import MEASURES
from tests.bench.stage import Bench

QUICK = 0.1  # of everything
POSTS = 100_000
SIGNATURES = 500


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: a look, not a measurement")
    parser.add_argument("--only", metavar="NAME", action="append", choices=MEASURES, help="this one; may be repeated")
    parser.add_argument("--posts", metavar="N", type=int, default=POSTS, help="posts behind the home timeline")
    parser.add_argument(
        "--profile", metavar="FOLDER", type=Path, help="profile the servers by py-spy (collapsed stacks)"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures to FILE, too")
    parser.epilog = f"NAME is one of {', '.join(MEASURES)}. The budget of the home timeline is for 1000000 posts."
    return parser.parse_args(arguments)


def measure(names: list[str], *, scale: float, posts: int, profiles: Path | None = None) -> Iterator[Row]:
    """Yield the rows of these measurements."""
    with tempfile.TemporaryDirectory(prefix="smallfed-bench-") as folder, ExitStack() as running:
        bench = Bench(Path(folder), scale=scale, posts=posts, running=running, profiles=profiles)
        for name in names:
            begun = time.monotonic()
            print(f"{name} …", file=sys.stderr, flush=True)
            try:
                yield from MEASURES[name](bench)
            except (RuntimeError, AssertionError, OSError) as error:
                print(f"{name} could not be measured: {error}", file=sys.stderr)
            print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)


def machine() -> str:
    """Say what kind of day the machine has: what the table must be read with."""
    key = generate_rsa()
    begun, used = time.perf_counter(), time.process_time()
    for _ in range(SIGNATURES):
        key.sign(b"how fast is this machine today?")
    wall, used = time.perf_counter() - begun, time.process_time() - used
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors, load {load:.1f}; RSA-2048: {SIGNATURES / wall:,.0f} signatures/s, "
        f"{used / SIGNATURES * 1e6:.0f} µs of processor each (where the budget was made: 4,000/s, 251 µs)"
    )


def main() -> None:
    """Run as a command."""
    asked = options()
    if asked.profile:
        asked.profile.mkdir(exist_ok=True)
    rows = []
    print(machine(), file=sys.stderr, flush=True)
    names, scale = asked.only or list(MEASURES), QUICK if asked.quick else 1.0
    for row in measure(names, scale=scale, posts=asked.posts, profiles=asked.profile):
        rows.append(row)
        print(table([row]).splitlines()[1], file=sys.stderr, flush=True)
    print(table(rows))
    print(machine())
    if asked.json:
        asked.json.write_text(json.dumps(to_builtins(rows), indent=2))


if __name__ == "__main__":
    main()
