"""Functions that run in child processes."""

import os
import sys
import time

from smallfed.errors import TooLarge


def reverse(payload: bytes) -> bytes:
    """Return the payload from back to front, and write what must not get into the answer."""
    sys.stdout.write("noise from a library\n")
    os.write(1, b"noise from C\n")
    return payload[::-1]


def seen(payload: bytes) -> bytes:
    """Return the names of the environment."""
    return " ".join(sorted(os.environ)).encode()


def refuse(payload: bytes) -> bytes:
    """Raise an error of the house."""
    raise TooLarge("This picture has more than 32 megapixels.")


def crash(payload: bytes) -> bytes:
    """Die as a decoder with a bug does."""
    os.abort()


def fail(payload: bytes) -> bytes:
    """Raise an error nobody foresaw."""
    raise ZeroDivisionError("by zero")


def devour(payload: bytes) -> bytes:
    """Take all the memory there is."""
    return bytes(8 << 30)


def spin(payload: bytes) -> bytes:
    """Take all the processor time there is."""
    while True:
        pass


def dawdle(payload: bytes) -> bytes:
    """Wait longer than anybody."""
    time.sleep(600)
    return b""


def flood(payload: bytes) -> bytes:
    """Answer more than anybody can keep, and complain as much."""
    sys.stderr.write("complaint " * 100_000)
    return bytes(int(payload))


def leave_early(payload: bytes) -> bytes:
    """Stop without a word."""
    os._exit(3)


def start_sleeping(payload: bytes) -> bytes:
    """Start a process that sleeps, note its number in the file that is named, and wait for it."""
    import subprocess
    from pathlib import Path

    process = subprocess.Popen(["/bin/sleep", "600"])
    Path(payload.decode()).write_text(str(process.pid))
    process.wait()
    return b""
