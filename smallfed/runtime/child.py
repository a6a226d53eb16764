"""What runs inside a child process of :mod:`smallfed.runtime.aside`: one function, on standard input, under limits.

It has no network and can get no privileges, where the system knows how to give them up; nor can what it starts.
"""

import importlib
import os
import resource
import sys
from collections.abc import Callable

from smallfed.errors import SmallfedError
from smallfed.runtime import confining

REFUSED = 65  # the function raised an error of the house; its message is the answer
OUT_OF_MEMORY = 71


def load(function: str) -> Callable[[bytes], bytes]:
    """Import and return "package.module:name"."""
    module, _, name = function.partition(":")
    found: Callable[[bytes], bytes] = getattr(importlib.import_module(module), name)
    return found


def main(function: str, memory: str, cpu: str) -> int:
    """Run ``function`` on what comes in, write what it returns, and return the exit code."""
    limit(resource.RLIMIT_CORE, 0, 0)
    limit(resource.RLIMIT_CPU, int(cpu), int(cpu) + 1)
    limit(resource.RLIMIT_AS, int(memory), int(memory))
    confining.be_alone()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the answer
    code = 0
    try:
        answer = load(function)(sys.stdin.buffer.read())
    except SmallfedError as error:
        code, answer = REFUSED, error.message.encode()
    except MemoryError:
        return OUT_OF_MEMORY
    with answers:
        answers.write(answer)
    return code


def limit(which: int, soft: int, hard: int) -> None:
    """Limit this process, and what it starts, to something that RLIMIT_… names."""
    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(which, (soft, hard))
    except (ValueError, OSError) as error:  # macOS knows RLIMIT_AS but refuses to set it
        print(f"no limit {which} on this system: {error}", file=sys.stderr)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
