"""The owner sees what strangers sent and was held, releases or bins it, and wants calm."""

import logging
from collections.abc import Callable

from msgspec import Struct
from quart import Response

from smallfed.domain import numbers
from smallfed.domain.post import Post
from smallfed.domain.wave import Calm, State, Wave
from smallfed.errors import NotFound
from smallfed.observe.logging import event
from smallfed.pages import visits
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.services import calming, collapsing, reviewing
from smallfed.services.reviewing import Shown
from smallfed.store import calms, waves
from smallfed.store.tx import Tx
from smallfed.web import changing, login

log = logging.getLogger(__name__)

PATH = "/review"
MOST = 50  # waves on the page; one more is looked for, to say that there are
CHANGES: dict[str, Callable[[Tx, int], Wave]] = {
    "release": reviewing.release,
    "bin": reviewing.bin_,
    "undo": reviewing.undo,
}


class Line(Struct, frozen=True):
    """A wave, in words, with the first things in it; ``undoable``: it was binned, and can be brought back."""

    wave: Wave
    words: str
    shown: list[Shown]
    undoable: bool = False


class Sight(Struct, frozen=True):
    """What the page shows. ``calms``: (where, what holds); ``loud``: threads that blow up, by their first posts."""

    waiting: list[Line]
    decided: list[Line]
    calms: list[tuple[str, Calm]]
    loud: list[Post]


def _look(tx: Tx) -> Sight:
    decided = waves.decided(tx, limit=MOST)
    return Sight(
        [_line(tx, wave) for wave in waves.waiting(tx, limit=MOST + 1)],
        [_line(tx, wave) for wave in decided],
        [(calming.name(tx, calm.root), calm) for calm in calms.every(tx)],
        calming.suggested(tx),
    )


def _line(tx: Tx, wave: Wave) -> Line:
    undoable = (
        wave.state is State.BINNED and wave.decided_at is not None and wave.decided_at > tx.now - reviewing.UNDOABLE
    )
    return Line(wave, collapsing.describe(wave).rstrip(","), reviewing.show(tx, wave), undoable)


async def show() -> Response:
    """Show what waits, what was decided, and where there is calm."""
    visit = await login.inside(PATH)
    return visit if isinstance(visit, Response) else await _page()


async def _page(*, wrong: str = "", typed: str = "") -> Response:
    house = parts()
    return page(
        "review.html",
        status=422 if wrong else 200,
        visit=await visits.visit(),
        house=house.identity.here,
        sight=await house.db.long_read(_look),
        most=MOST,
        wrong=wrong,
        typed=typed,
    )


async def change(number: int, what: str) -> Response:
    """Release a wave, bin it, or bring it back."""
    if what not in CHANGES:
        raise NotFound("There is no such page.")
    return await changing.change(PATH, f"review.{what}", CHANGES[what], number)


async def calm() -> Response:
    """Want calm for a day in the thread of a post, by its address or number, or everywhere; or no longer.

    Whoever came from a page of a post gets back there. Of what is over already, the page shows that.
    """
    form = await login.form(PATH)
    if isinstance(form, Response):
        return form
    about, number = form.text("about"), numbers.number(form.text("root") or "")
    try:
        if form.text("end"):
            await parts().db.write(calming.finish, number)
        elif about:
            await parts().db.write(calming.calm, about)
        else:
            await parts().db.write(calming.begin, number)
        event(log, "calm.ended" if form.text("end") else "calm.begun")
    except NotFound as error:
        event(log, "calm.nowhere")
        if about:
            return await _page(wrong=error.message, typed=about)
    back = numbers.number(form.text("post") or "")
    return see_other(PATH if back is None else parts().identity.here.note_page(back))
