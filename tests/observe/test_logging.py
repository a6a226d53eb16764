"""One event, one line, whatever it holds."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed import observe
from smallfed.errors import Unauthenticated
from smallfed.observe.logging import JsonFormatter, TextFormatter

LOGGER = logging.getLogger("smallfed.tests.observe")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Give the process back the logging it had."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def text() -> io.StringIO:
    """Return where the log goes, as text."""
    stream = io.StringIO()
    observe.set_up("text", "info", stream)
    return stream


@pytest.fixture
def lines() -> io.StringIO:
    """Return where the log goes, as JSON."""
    stream = io.StringIO()
    observe.set_up("json", "info", stream)
    return stream


def record(**fields: object) -> logging.LogRecord:
    extra = {"event": "a.b", "fields": fields, "created": 1_793_620_800.25}
    return logging.makeLogRecord({"levelname": "INFO", **extra})


def test_an_event_as_text() -> None:
    moment = datetime(2026, 11, 2, 12, tzinfo=UTC)

    line = TextFormatter().format(
        record(
            host="a.example", status=202, late=None, ok=True, took=0.5, until=moment, hosts=("a", "b"), raw=b"\xff\n"
        )
    )

    assert line == (
        "2026-11-02T12:00:00.250Z info a.b host='a.example' status=202 late=null ok=true took=0.5 "
        "until='2026-11-02T12:00:00.000Z' hosts=['a', 'b'] raw='\\\\xff\\n'"
    )


def test_an_event_as_json() -> None:
    line = JsonFormatter().format(record(host="ä.example", status=202, ok=True))

    assert line == (
        '{"time":"2026-11-02T12:00:00.250Z","level":"info","event":"a.b",'
        '"fields":{"host":"\\u00e4.example","status":202,"ok":true}}'
    )


@given(st.text() | st.lists(st.text(), max_size=3))
def test_nothing_foreign_leaves_its_line_or_speaks_to_the_terminal(value: str | list[str]) -> None:
    for formatter in (TextFormatter(), JsonFormatter()):
        line = formatter.format(record(value=value))

        assert len(line.splitlines()) == 1
        assert line.isprintable()


@given(st.text(max_size=500))
def test_json_keeps_what_was_said(value: str) -> None:
    assert json.loads(JsonFormatter().format(record(value=value)))["fields"] == {"value": value}


def test_long_values_are_cut() -> None:
    line = TextFormatter().format(record(name="x" * 501, names=["y"] * 21))

    assert line.endswith(f" name='{'x' * 500}…' names={['y'] * 20}")


@pytest.mark.parametrize(
    "name", ["token", "access_token", "Password", "Authorization", "set_cookie", "body", "content"]
)
def test_fields_that_sound_like_secrets_are_withheld(name: str) -> None:
    assert TextFormatter().format(record(**{name: "hush"})).endswith(f" {name}='[withheld]'")


@pytest.mark.parametrize("name", ["token_id", "content_type", "body_size", "status"])
def test_fields_about_them_are_not(name: str) -> None:
    assert TextFormatter().format(record(**{name: 7})).endswith(f" {name}=7")


def test_an_error_is_told_with_its_place_on_the_same_line(text: io.StringIO) -> None:
    try:
        raise ExceptionGroup("nursery", [Unauthenticated("no", detail="key of\nanother")])
    except ExceptionGroup as group:
        observe.event(LOGGER, "inbox.refused", level=logging.WARNING, error=group, host="a.example")

    line = text.getvalue()
    assert line.count("\n") == 1
    assert " warning inbox.refused host='a.example' error='Unauthenticated: no' at='" in line
    assert line.endswith(" detail='key of\\nanother'\n")


def test_the_place_of_an_error_names_files_and_functions(lines: io.StringIO) -> None:
    def inner() -> None:
        raise KeyError("x")

    try:
        inner()
    except KeyError as error:
        observe.event(LOGGER, "loop.failed", error=error)

    fields = json.loads(lines.getvalue())["fields"]
    assert fields["error"] == "KeyError: 'x'"
    assert [frame.partition(" ")[2].rpartition(".")[2] for frame in fields["at"].split(" > ")] == [
        "test_the_place_of_an_error_names_files_and_functions",
        "inner",
    ]
    assert fields["at"].startswith("observe/test_logging.py:")


def test_events_below_the_level_are_not_written(text: io.StringIO) -> None:
    observe.event(LOGGER, "a.b", level=logging.DEBUG)

    assert text.getvalue() == ""


def test_libraries_are_heard_from_warnings_on_with_their_messages_quoted(text: io.StringIO) -> None:
    logger = logging.getLogger("hypercorn.error")
    logger.setLevel(logging.INFO)  # as hypercorn does when it begins to serve
    logger.info("Running on %s", "x")
    logger.warning("odd\n%s", "line")

    assert [line.partition(" ")[2] for line in text.getvalue().splitlines()] == [
        "warning hypercorn.error message='odd\\nline'"
    ]


def test_python_warnings_are_one_line_too(text: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        observe.set_up("text", "info", text)
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    assert text.getvalue().count("\n") == 1
    assert " warning py.warnings message=" in text.getvalue()


def test_setting_up_again_replaces_what_was_there(text: io.StringIO) -> None:
    later = io.StringIO()

    observe.set_up("json", "warning", later)
    observe.event(LOGGER, "a.b")
    observe.event(LOGGER, "a.c", level=logging.ERROR)

    assert text.getvalue() == ""
    assert json.loads(later.getvalue())["event"] == "a.c"
