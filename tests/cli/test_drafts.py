"""smallfed drafts: what is written and not published yet."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.frame import frame
from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.domain.wish import Wish
from smallfed.policy.scheduling import DRAFT
from smallfed.runtime.clock import Clock
from smallfed.store import scheduled_posts
from tests.cli.house import written
from tests.prepared import prepared

Call = Callable[..., tuple[int, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that types ``smallfed drafts …`` and returns how it ends and what it says."""
    prepared(tmp_path / "smallfed.db")

    def call(*arguments: str) -> tuple[int, str]:
        code = run(frame(), ["--data", str(tmp_path), "drafts", *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


@pytest.fixture
def kept(tmp_path: Path, call: Call) -> list[int]:
    """Return the ids of a draft, a post for in two hours, and one that could not be published."""
    now = Clock().now()
    later = now + timedelta(hours=2, minutes=1)
    with written(tmp_path) as tx:
        for number, (text, at, due, problem) in enumerate(
            (
                ("Some\nday\x1b " + "x" * 80, DRAFT, None, ""),
                ("Later", later, later, ""),
                ("An answer", now, None, "The post is gone."),
            ),
            1,
        ):
            post = ScheduledPost(
                id=number, wish=Wish(text=text), scheduled_at=at, due=due, problem=problem, created_at=now
            )
            scheduled_posts.put(tx, post)
    return [1, 2, 3]


def test_nothing_waits(call: Call) -> None:
    assert call() == (0, "Nothing is waiting to be published.\n")


def test_the_list(call: Call, kept: list[int]) -> None:
    """The newest first; what is foreign is cleaned, what is long is cut."""
    assert call()[1].splitlines() == [
        "ID  WHEN                              TEXT",
        "3   not published: The post is gone.  An answer",
        "2   in 2 h                            Later",
        "1   draft                             Some day? " + "x" * 49 + "…",
    ]
    shown = json.loads(call("list", "--json")[1])
    assert [(one["id"], one["draft"], one["problem"]) for one in shown] == [
        ("3", False, "The post is gone."),
        ("2", False, None),
        ("1", True, None),
    ]


def test_publishing_and_dropping(call: Call, kept: list[int]) -> None:
    """Without a server it is published by the next one."""
    published, dropped, absent = call("publish", "1"), call("drop", "3"), call("publish", "3")

    left = json.loads(call("list", "--json")[1])
    assert (published[0], dropped[0]) == (0, 0)
    assert [(one["id"], one["draft"]) for one in left] == [("2", False), ("1", False)]
    assert absent[0] != 0
    assert "Record not found" in absent[1]
