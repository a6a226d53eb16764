"""Exit codes, and which kind of error ends in which."""

from enum import IntEnum

from smallfed import errors


class Exit(IntEnum):
    """How a command ended, for scripts."""

    OK = 0
    FAILED = 1
    USAGE = 2
    MISCONFIGURED = 3
    NOT_SET_UP = 4
    DATA_BUSY = 5
    INTERRUPTED = 130


MEANING = {
    Exit.OK: "done",
    Exit.FAILED: "failed; the line on standard error says why",
    Exit.USAGE: "the command was typed wrongly",
    Exit.MISCONFIGURED: "an option is wrong, or this version cannot use the data directory",
    Exit.NOT_SET_UP: "the server has not been set up yet",
    Exit.DATA_BUSY: "another process uses the data, or it cannot be written (disk full)",
    Exit.INTERRUPTED: "interrupted from the keyboard",
}


class Failed(errors.SmallfedError):
    """A command cannot go on; ``exit_code`` says how it ends."""

    def __init__(self, message: str, exit_code: Exit) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def exit_code_of(error: errors.SmallfedError) -> Exit:
    """Return the exit code a command ends with that let ``error`` through."""
    from smallfed.runtime.locking import Occupied  # here, because --help has no use for it

    match error:
        case Failed():
            return error.exit_code
        case errors.Misconfigured():
            return Exit.MISCONFIGURED
        case Occupied() | errors.Unavailable():
            return Exit.DATA_BUSY
        case _:
            return Exit.FAILED
