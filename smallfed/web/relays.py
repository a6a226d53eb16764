"""The owner sees what relays bring and cost, says what is wanted of them, adds some and drops others.

Spec: FEP-ae0c; PROTOCOL §7.
"""

import logging
from collections.abc import Callable
from functools import partial

from msgspec import Struct
from quart import Response

from smallfed.config.amounts import read_size
from smallfed.domain.relay import Caps, Direction, Filters, Relay
from smallfed.errors import Conflict, Forbidden, Invalid, NotFound
from smallfed.observe.logging import event
from smallfed.pages import visits
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.services import billing, relaying
from smallfed.services.billing import Bill
from smallfed.store import relays
from smallfed.store.tx import Tx
from smallfed.web import login

log = logging.getLogger(__name__)

PATH = "/relays"


class Wrong(Struct, frozen=True, kw_only=True):
    """What could not be done: with the relay ``number``, or (None) with the address that was ``typed``."""

    why: str
    number: int | None = None
    typed: str = ""


async def show() -> Response:
    """Show all relays with their bills."""
    visit = await login.inside(PATH)
    return visit if isinstance(visit, Response) else await _page()


async def _page(wrong: Wrong | None = None) -> Response:
    house, visit = parts(), await visits.visit()
    bills: list[Bill] = await house.db.read(billing.bills)
    status = 200 if wrong is None else 422
    return page("relays.html", status=status, visit=visit, house=house.identity.here, bills=bills, wrong=wrong)


async def add() -> Response:
    """Ask the relay at the address that was typed."""
    form = await login.form(PATH)
    if isinstance(form, Response):
        return form
    address = (form.text("address") or "").strip()
    try:
        relay = await parts().db.write(relaying.add, address)
    except (Invalid, Conflict, Forbidden) as error:
        return await _page(Wrong(why=error.message, typed=address[:500]))
    event(log, "relay.added", relay=relay.address)
    return see_other(PATH)


async def change(number: int, what: str) -> Response:
    """Pause a relay, go on with it, drop it, or say what is wanted of it."""
    form = await login.form(PATH)
    if isinstance(form, Response):
        return form
    if what not in CHANGES:
        raise NotFound("There is no such page.")
    try:
        await parts().db.write(partial(_change, number=number, what=what, form=form))
    except Invalid as error:
        return await _page(Wrong(why=error.message, number=number))
    event(log, f"relay.{what}", relay=number)
    return see_other(PATH)


def _change(tx: Tx, *, number: int, what: str, form: Tree) -> None:
    """Do it, if the relay is still there: the page shows which are."""
    known = next((relay for relay in relays.every(tx) if relay.id == number), None)
    if known is not None:
        CHANGES[what](tx, known, form)


def _want(tx: Tx, relay: Relay, form: Tree) -> None:
    filters = Filters(
        tags=_words(form, "tags"),
        without_tags=_words(form, "without_tags"),
        languages=_words(form, "languages"),
        only_media=bool(form.flag("only_media")),
        only_bio=bool(form.flag("only_bio")),
        no_bots=bool(form.flag("no_bots")),
        no_sensitive=bool(form.flag("no_sensitive")),
        replies=bool(form.flag("replies")),
    )
    caps = Caps(posts=_number(form, "posts"), bytes=_size(form), fetches=_number(form, "fetches"))
    try:
        direction = Direction(form.text("direction") or relay.direction)
    except ValueError:
        raise Invalid("It is for receiving, for sending, or for both.") from None
    relaying.want(tx, relay, filters=filters, caps=caps, direction=direction)


def _words(form: Tree, name: str) -> tuple[str, ...]:
    return tuple((form.text(name) or "").replace(",", " ").split())


def _number(form: Tree, name: str) -> int:
    text = (form.text(name) or "").replace(",", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Invalid(f"How many {'posts' if name == 'posts' else 'requests'} a day? Give a number.")
    return int(text)


def _size(form: Tree) -> int:
    try:
        return read_size((form.text("bytes") or "").strip())
    except ValueError as error:
        raise Invalid(f"What may come in a day {error}.") from error


CHANGES: dict[str, Callable[[Tx, Relay, Tree], None]] = {
    "pause": lambda tx, relay, _: relaying.pause(tx, relay, paused=True),
    "resume": lambda tx, relay, _: relaying.pause(tx, relay, paused=False),
    "drop": lambda tx, relay, _: relaying.remove(tx, relay),
    "want": _want,
}
