"""What the owner's commands may call about what strangers sent: name → a function of (tx, …); see ``calls``."""

from collections.abc import Callable
from typing import Any

from msgspec import to_builtins

from smallfed.domain.wave import Wave
from smallfed.errors import Invalid
from smallfed.policy.rules import measures
from smallfed.services import calming, collapsing, releasing, reviewing
from smallfed.store import refusals, waves
from smallfed.store.tx import Tx

Json = Any


def release(tx: Tx, *, number: int) -> Json:
    """Let what was held notify, or let in what a rule holds; answers which it is, in words."""
    if waves.find(tx, number) is None and refusals.has(tx, number):
        line = releasing.release(tx, number)
        return {"id": line.id, "what": f"{line.type} by {line.actor}", "line": True}
    return _said(reviewing.release(tx, number))


def bin_(tx: Tx, *, number: int) -> Json:
    """Take away what was held; answers what it is, in words."""
    return _said(reviewing.bin_(tx, number))


def undo(tx: Tx, *, number: int) -> Json:
    """Bring back what was binned; answers what it is, in words."""
    return _said(reviewing.undo(tx, number))


def unlearn(tx: Tx, *, number: int) -> Json:
    """Forget what a decided wave is like; answers what it was, in words."""
    return _said(reviewing.unlearn(tx, number))


def _said(wave: Wave) -> Json:
    return {**to_builtins(wave), "what": collapsing.describe(wave).rstrip(",")}


def calm(tx: Tx, *, about: str | None = None, lasting: str = "1d") -> Json:
    """Want calm in a thread or everywhere; answers where and until when."""
    span = measures.span(lasting)
    if span is None:
        raise Invalid(f"{lasting!r} is no span of time; it should look like 30min, 24h or 7d")
    made = calming.calm(tx, about, lasting=span)
    return {**to_builtins(made), "where": calming.name(tx, made.root)}


def end_calm(tx: Tx, *, about: str | None = None) -> Json:
    """Want calm no longer; answers what was held meanwhile and still waits, None for nothing."""
    root = None if about is None else calming.find(tx, about).id
    held = waves.find_named(tx, calming.key(root))
    calming.finish(tx, root)
    return {"where": calming.name(tx, root), "held": None if held is None or not held.held else to_builtins(held)}


CALLS: dict[str, Callable[..., Json]] = {
    "review.release": release,
    "review.bin": bin_,
    "review.undo": undo,
    "review.unlearn": unlearn,
    "calm.begin": calm,
    "calm.end": end_calm,
}
