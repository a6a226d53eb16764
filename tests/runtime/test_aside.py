"""Threads and child processes."""

import threading
from collections.abc import Callable

import pytest
import trio

from smallfed.errors import Invalid
from smallfed.runtime import aside as module
from smallfed.runtime.aside import Aside

FUNCTIONS = "tests.runtime.child_functions:"


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Let children see this project's tests, which an installed server does not have."""
    program = (
        "import sys; from smallfed.runtime import child; sys.path.insert(0, '.'); sys.exit(child.main(*sys.argv[1:]))"
    )
    monkeypatch.setattr(module, "COMMAND", ("-I", "-c", program))
    return FUNCTIONS.__add__


async def test_a_function_runs_in_a_thread() -> None:
    aside = Aside()

    there = await aside.thread(lambda a, b: (a + b, threading.get_ident()), 1, 2)

    assert there[0] == 3
    assert there[1] != threading.get_ident()


async def test_errors_come_back_from_a_thread() -> None:
    with pytest.raises(ZeroDivisionError):
        await Aside().thread(divmod, 1, 0)


async def test_threads_are_limited_by_our_own_number() -> None:
    aside, gate = Aside(limit=1), threading.Event()
    order: list[str] = []

    async def run(name: str, seconds: float) -> None:
        await aside.thread(gate.wait, seconds)
        order.append(name)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run, "first", 5)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(run, "second", 0)
        await trio.testing.wait_all_tasks_blocked(0.01)
        before = list(order)
        gate.set()

    assert (before, order) == ([], ["first", "second"])


async def test_an_abandoned_thread_lets_its_caller_go() -> None:
    aside, gate = Aside(), threading.Event()

    with trio.move_on_after(0.01) as scope:
        await aside.thread(gate.wait, 5, abandon=True)
    gate.set()

    assert scope.cancelled_caught


async def test_in_virtual_time_functions_run_inline(autojump_clock: trio.testing.MockClock) -> None:
    aside = Aside(threads=False)

    assert await aside.thread(threading.get_ident) == threading.get_ident()


async def test_a_child_answers(children: Callable[[str], str]) -> None:
    payload = bytes(range(256)) * 4096

    answer = await Aside().child(children("reverse"), payload)

    assert answer == payload[::-1]


async def test_a_child_needs_nothing_but_the_installed_server() -> None:
    assert await Aside().child("base64:b64encode", b"smallfed") == b"c21hbGxmZWQ="


async def test_a_child_is_told_no_secrets(children: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMALLFED_SECRET", "x")

    names = (await Aside().child(children("seen"), b"")).decode().split()

    assert "SMALLFED_SECRET" not in names


@pytest.mark.parametrize(
    ("function", "payload", "message"),
    [
        ("refuse", b"", "This picture has more than 32 megapixels."),
        ("crash", b"", "This file cannot be processed: its reader ended with code -6."),
        ("fail", b"", "This file cannot be processed: its reader ended with code 1."),
        ("leave_early", bytes(1 << 20), "This file cannot be processed: its reader ended with code 3."),
        ("devour", b"", "This file cannot be processed: it needs more than 256 MB of memory."),
        ("spin", b"", "This file cannot be processed: it needs more than 1 seconds of processor time."),
    ],
)
async def test_what_goes_wrong_in_a_child_is_said(
    function: str, payload: bytes, message: str, children: Callable[[str], str]
) -> None:
    with pytest.raises(Invalid) as caught:
        await Aside().child(children(function), payload, memory=256 << 20, cpu=1)

    assert caught.value.message == message


async def test_the_log_learns_why_a_child_failed(children: Callable[[str], str]) -> None:
    with pytest.raises(Invalid) as caught:
        await Aside().child(children("fail"), b"")

    assert caught.value.detail.endswith("ZeroDivisionError: by zero")


async def test_a_child_that_takes_too_long_is_killed(children: Callable[[str], str]) -> None:
    with pytest.raises(Invalid) as caught:
        await Aside().child(children("dawdle"), b"", seconds=0.3)

    assert caught.value.message == "This file cannot be processed: it took longer than 0.3 seconds."


async def test_a_child_cannot_flood_its_parent(children: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ANSWER", 1 << 20)

    whole = await Aside().child(children("flood"), b"1048576")
    with pytest.raises(Invalid) as caught:
        await Aside().child(children("flood"), b"1048577")

    assert len(whole) == 1 << 20
    assert caught.value.message == "This file cannot be processed: its reader answered more than 1 MB."


async def test_children_run_one_after_the_other(children: Callable[[str], str]) -> None:
    aside = Aside()
    answers: list[bytes] = []

    async def ask() -> None:
        answers.append(await aside.child(children("reverse"), b"ab"))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        await trio.testing.wait_all_tasks_blocked()
        with trio.move_on_after(0) as scope:
            await aside.child(children("reverse"), b"cd")

    assert (scope.cancelled_caught, answers) == (True, [b"ba"])


async def test_in_virtual_time_children_run_inline(autojump_clock: trio.testing.MockClock) -> None:
    aside = Aside(threads=False)

    answer = await aside.child(FUNCTIONS + "seen", b"")
    with pytest.raises(Invalid, match="32 megapixels"):
        await aside.child(FUNCTIONS + "refuse", b"")
    with pytest.raises(Invalid, match="its reader failed"):
        await aside.child(FUNCTIONS + "fail", b"")

    assert b"PATH" in answer.split()
