"""Finding the line of a key."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.config.lines import line_of, scan

TEXT = """\
# bind = "not here"
web.replies = "all"
[ server ] # where
bind = "127.0.0.1:1"
trusted_proxies = [
  "10.0.0.0/8",
]
[network]
"proxy" = ""
[network.resolve]
"social.example" = "127.0.0.1:1"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("web", "replies"), 2),
        (("server",), 3),
        (("server", "bind"), 4),
        (("server", "trusted_proxies"), 5),
        (("network", "proxy"), 9),
        (("network", "resolve"), 10),
        (("network", "resolve", "social.example"), 11),
        (("network", "resolve", "inside", "deeper"), 10),
        (("nowhere",), 1),
    ],
)
def test_the_line_of_a_key_or_of_what_is_around_it(path: tuple[str, ...], line: int) -> None:
    tomllib.loads(TEXT)

    assert line_of(scan(TEXT), path) == line


def test_windows_line_ends_count_once() -> None:
    assert scan("[log]\r\nformat = 'json'\r\n") == {("log",): 1, ("log", "format"): 2}


@given(st.text())
def test_any_text_can_be_scanned(text: str) -> None:
    lines = scan(text)

    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
