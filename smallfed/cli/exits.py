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
    DATA_UNUSABLE = 5
    INTERRUPTED = 130


MEANING = {
    Exit.OK: "done",
    Exit.FAILED: "failed; the line on standard error says why",
    Exit.USAGE: "the command was typed wrongly",
    Exit.MISCONFIGURED: "an option in the file, the environment or a flag is wrong",
    Exit.NOT_SET_UP: "the server has not been set up yet",
    Exit.DATA_UNUSABLE: "the data cannot be used now: in use by another process, of a newer version, disk full",
    Exit.INTERRUPTED: "interrupted from the keyboard",
}

_KINDS: tuple[tuple[type[errors.SmallfedError], Exit], ...] = (
    (errors.Misconfigured, Exit.MISCONFIGURED),
    (errors.Unavailable, Exit.DATA_UNUSABLE),
)


class Failed(errors.SmallfedError):
    """A command cannot go on; ``exit_code`` says how it ends."""

    def __init__(self, message: str, exit_code: Exit) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def exit_code_of(error: errors.SmallfedError) -> Exit:
    """Return the exit code a command ends with that let ``error`` through."""
    if isinstance(error, Failed):
        return error.exit_code
    return next((code for kind, code in _KINDS if isinstance(error, kind)), Exit.FAILED)
