"""The log: one event, one line, on standard error, as text or as JSON.

An event has a dotted name in the manner of ``inbox.refused`` and fields. All text is quoted (``%r`` or JSON in ASCII),
so that nothing foreign can begin a line, colour a terminal or turn its direction.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, TextIO

from smallfed.errors import SmallfedError

Field = str | bytes | int | float | bool | datetime | Sequence[str] | None

LONGEST_TEXT = 500  # characters of one field
MOST_FRAMES = 6  # of a traceback, the innermost

_NEVER = re.compile(
    r"(?!.*_id$).*(token|passw|secret|authori[sz]ation|cookie|private_key)|(body|content)$", re.IGNORECASE
)
_WITHHELD = "[withheld]"
_NOISY = ("hypercorn", "quart", "httpcore2", "asyncio", "PIL", "markdown_it")


def event(
    logger: logging.Logger,
    name: str,
    /,
    *,
    level: int = logging.INFO,
    error: BaseException | None = None,
    **fields: Field,
) -> None:
    """Write the event ``name`` with its ``fields``; ``error`` adds its kind, its message and where it was raised.

    The package's docstring says what must never be passed. As a last resort, fields with names that sound like a secret
    are withheld; values are not searched.
    """
    if logger.isEnabledFor(level):
        logger.log(level, "%s", name, extra={"event": name, "fields": {**fields, **_told(error)}})


def set_up(form: Literal["text", "json"], level: str, stream: TextIO | None = None) -> None:
    """Send all of the process's log to ``stream`` (standard error) from ``level`` on; may be called again.

    Libraries are heard from ``warning`` on, and Python's warnings are logged.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    handler.addFilter(_worth_hearing)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)


def _worth_hearing(record: logging.LogRecord) -> bool:
    """Whether a line is of ours, or a warning: some libraries set the level of their loggers when they begin."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in _NOISY


class TextFormatter(logging.Formatter):
    """``2026-11-02T12:00:00.123Z info inbox.refused host='example.org' status=401``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = (f"{name}={_quoted(value)}" for name, value in _fields(record).items())
        return " ".join([_time(record), record.levelname.lower(), _name(record), *fields])


class JsonFormatter(logging.Formatter):
    """One object per line: ``time``, ``level``, ``event`` and ``fields``, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {name: _plain(value) for name, value in _fields(record).items()}
        line = {"time": _time(record), "level": record.levelname.lower(), "event": _name(record), "fields": fields}
        return json.dumps(line, separators=(",", ":"))


def _name(record: logging.LogRecord) -> str:
    name: str = getattr(record, "event", record.name)
    return name


def _fields(record: logging.LogRecord) -> dict[str, Field]:
    fields: Mapping[str, Field] | None = getattr(record, "fields", None)
    if fields is None:  # a line of a library: its message is foreign text like any other
        error = record.exc_info[1] if record.exc_info else None
        return {"message": record.getMessage(), **_told(error)}
    return {name: _WITHHELD if _NEVER.match(name) else value for name, value in fields.items()}


def _time(record: logging.LogRecord) -> str:
    return _moment(datetime.fromtimestamp(record.created, UTC))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _quoted(value: Field) -> str:
    plain = _plain(value)
    return repr(plain) if isinstance(plain, str | list) else json.dumps(plain)


def _plain(value: Field) -> str | float | bool | list[str] | None:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _cut(value)
        case bytes():
            return _cut(value[: LONGEST_TEXT + 1].decode("ascii", "backslashreplace"))
        case datetime():
            return _moment(value)
        case _:
            return [_cut(item) for item in value[:20]]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def _told(error: BaseException | None) -> dict[str, Field]:
    if error is None:
        return {}
    leaf = _leaf(error)
    told: dict[str, Field] = {"error": f"{type(leaf).__name__}: {leaf}", "at": _frames(leaf)}
    if isinstance(leaf, SmallfedError) and leaf.detail:
        told["detail"] = leaf.detail
    return told


def _leaf(error: BaseException) -> BaseException:
    """Return the first real error of a group: a nursery wraps them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _frames(error: BaseException) -> str:
    """Return where ``error`` was raised, the innermost frame last, without source lines and values."""
    frames: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        place = "/".join(code.co_filename.split("/")[-2:])
        frames.append(f"{place}:{trace.tb_lineno} {code.co_qualname}")
        trace = trace.tb_next
    return " > ".join(frames[-MOST_FRAMES:])
