"""What a process that reads hostile files gives up for good: new privileges, the network, and most of the disk.

Each is given up as far as the system lets it be: an old kernel, a container or macOS may refuse, and there the limits
on memory, time and size remain.

Spec: prctl(2), user_namespaces(7), https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

_SET_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES = 1, 38  # of prctl
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # of unshare
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # system calls, with the same number everywhere
_EXECUTE, _WRITE, _READ, _LIST = 1, 2, 4, 8
_EVERYTHING = (1 << 13) - 1  # all that the first version of Landlock knows
_OF_FILES = _EXECUTE | _WRITE | _READ
_BENEATH = 1  # the kind of rule


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled", ctypes.c_uint64),)


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def libc() -> ctypes.CDLL | None:
    """Return what speaks to the kernel, or None where that is not Linux."""
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def be_alone() -> None:
    """Give up new privileges and the network. Only for a process with one thread."""
    if (kernel := libc()) is not None:
        kernel.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        kernel.unshare(_NEW_NETWORK if os.geteuid() == 0 else _NEW_USER | _NEW_NETWORK)


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends, however that ends."""
    if (kernel := libc()) is not None:
        kernel.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def keep_to(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Give up all files but these and what is below them; what is not there is passed over.

    ``readable`` may be executed, too. What is open stays so. ``be_alone`` must have gone before.
    """
    kernel = libc()
    if kernel is None:
        return
    wanted = _Ruleset(handled=_EVERYTHING)
    rules = kernel.syscall(_CREATE_RULESET, ctypes.byref(wanted), ctypes.sizeof(wanted), 0)
    if rules < 0:
        return
    for path in readable:
        _allow(kernel, rules, path, _EXECUTE | _READ | _LIST)
    for path in writable:
        _allow(kernel, rules, path, _EVERYTHING & ~_EXECUTE)
    kernel.syscall(_RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(kernel: ctypes.CDLL, rules: int, path: Path, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rule = _Beneath(allowed=access if path.is_dir() else access & _OF_FILES, parent=place)
    kernel.syscall(_ADD_RULE, rules, _BENEATH, ctypes.byref(rule), 0)
    os.close(place)
