"""The owner sees lists of others, what they would cut, and because of whom something holds; and decides.

Spec: PROTOCOL §9.3.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from urllib.parse import urlencode

import trio
from quart import Response, request

from smallfed.domain.blocklist import Reading
from smallfed.domain.domain_block import Severity
from smallfed.errors import Invalid, NotFound, SmallfedError
from smallfed.observe.logging import event
from smallfed.pages import visits
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.services import foreseeing, reckoning, trusting
from smallfed.services.foreseeing import Forecast
from smallfed.services.trusting import Trust
from smallfed.store import blocklists
from smallfed.store.tx import Tx
from smallfed.web import login, moderation, trusted

log = logging.getLogger(__name__)

PATH = "/blocklists"
PATIENCE = 15.0  # seconds that a browser waits for a list; then it is read behind its back

UNSAID: Mapping[str, object] = {
    "url": "",
    "name": "",
    "weight": 1,
    "ceiling": Severity.SUSPEND.value,
    "labels": "",
    "every_hours": 24,
    "automatic": False,
}


async def show() -> Response:
    """Show it; ``?about=`` what lists say of a server or of somebody."""
    visit = await login.inside(PATH)
    return visit if isinstance(visit, Response) else await _page(about=request.args.get("about", ""))


async def _page(
    *,
    about: str = "",
    problem: str = "",
    wish: Mapping[str, object] | None = None,
    preview: tuple[Reading, Forecast] | None = None,
) -> Response:
    house = parts()
    sight = await house.db.long_read(trusted.look, about.strip())
    return page(
        "blocklists.html",
        status=422 if problem else 200,
        visit=await visits.visit(),
        house=house.identity.here,
        sight=sight,
        problem=problem,
        wish=wish or UNSAID,
        open=wish is not None,
        preview=preview,
        stands=trusted.STANDS,
        by=moderation.BY,
        most=trusted.MOST,
    )


# Subscribing ----------------------------------------------------------------------------------------------------------
async def subscribe() -> Response:
    """Show what would come of one more list, or subscribe to it."""
    form = await login.form(PATH)
    if isinstance(form, Response):
        return form
    said = {name: form.text(name) or "" for name in ("url", "name", "weight", "ceiling", "labels", "every_hours")}
    wish = said | {"automatic": bool(form.flag("automatic"))}
    try:
        trust = _trust(form)
        if form.text("do") == "preview":
            return await _page(wish=wish, preview=await _foreseen(said["url"].strip(), trust))
        made = await parts().db.write(trusting.subscribe, said["url"].strip(), trust)
    except SmallfedError as error:
        return await _page(problem=error.message, wish=wish)
    event(log, "list.subscribed", list=made.name)
    await _read_now(made.id)
    return see_other(PATH)


async def _foreseen(url: str, trust: Trust) -> tuple[Reading, Forecast]:
    house = parts()
    known = await house.db.read(blocklists.find, url)
    reading = await house.list_sources.read(url)
    return reading, await house.db.long_read(foreseeing.with_list, reading.entries, trust, known)


def _trust(form: Tree) -> Trust:
    ceiling = form.text("ceiling") or None
    if ceiling is not None and ceiling not in list(Severity):
        raise Invalid("the most that a list can bring about is suspend, silence or noop")
    labels = (word.strip() for word in (form.text("labels") or "").split(","))
    return Trust(
        name=form.text("name") or None,
        weight=form.integer("weight"),
        ceiling=None if ceiling is None else Severity(ceiling),
        labels=tuple(filter(None, labels)),
        automatic=bool(form.flag("automatic")),
        every_hours=form.integer("every_hours"),
    )


async def _read_now(number: int, *, believe: bool = False) -> None:
    """Read a list and reckon; what goes wrong is kept with the list, and what takes too long is done later."""
    house, name = parts(), str(number)
    with trio.move_on_after(PATIENCE) as waiting:
        try:
            known = await house.db.read(blocklists.get, name)
            if known.url is not None:
                await house.trusting.refresh(known, believe=believe)
                await house.trusting.reckon()
        except SmallfedError as error:
            event(log, "list.failed", level=logging.WARNING, list=name, reason=error.message)
    if waiting.cancelled_caught:
        await house.db.write(trusting.hasten, name)


# A list ---------------------------------------------------------------------------------------------------------------
async def change(number: int, what: str) -> Response:
    """Read a list, believe it, rest it, trust it otherwise, take it back, or want it no more."""
    form = await login.form(PATH)
    if isinstance(form, Response):
        return form
    if what not in CHANGES:
        raise NotFound("There is no such page.")
    try:
        await CHANGES[what](number, form)
        event(log, f"list.{what}", list=str(number))
    except NotFound:
        event(log, f"list.{what}.late", list=str(number))  # it is gone meanwhile: the page shows that
    except SmallfedError as error:
        return await _page(problem=error.message)
    return see_other(PATH)


async def _refresh(number: int, _form: Tree) -> None:
    await _read_now(number)


async def _believe(number: int, _form: Tree) -> None:
    await _read_now(number, believe=True)


async def _amend(number: int, form: Tree) -> None:
    await _settled(trusting.change, str(number), _trust(form))


def _written(do: Callable[..., object], *args: object) -> Callable[[int, Tree], Awaitable[None]]:
    async def changing(number: int, _form: Tree) -> None:
        await _settled(do, str(number), *args)

    return changing


async def _settled(do: Callable[..., object], *args: object) -> None:
    """Change something, and show what holds then."""
    await parts().db.write(partial(do), *args)
    await _reckoned()


async def _reckoned() -> None:
    """Wait until all that was said has come to something, if that does not take too long; the loop does the rest."""
    with trio.move_on_after(PATIENCE):
        await parts().trusting.reckon()


CHANGES: Mapping[str, Callable[[int, Tree], Awaitable[None]]] = {
    "refresh": _refresh,
    "believe": _believe,
    "change": _amend,
    "pause": _written(trusting.change, Trust(paused=True)),
    "resume": _written(trusting.change, Trust(paused=False)),
    "retract": _written(trusting.take_back),
    "remove": _written(trusting.unsubscribe),
}


# What waits -----------------------------------------------------------------------------------------------------------
async def agree() -> Response:
    """Agree to all that waits where nobody is cut off."""
    sent = await login.form(PATH)
    if isinstance(sent, Response):
        return sent
    agreed = 0
    while some := await parts().db.write(reckoning.agree):
        agreed += some
    await _reckoned()
    event(log, "list.agreed", entries=agreed)
    return see_other(PATH)


async def decide() -> Response:
    """Say what holds for a server or somebody: block, limit, ignore; agree to what lists say, or leave it to them.

    Whoever had ``asked`` about it, or leaves it to lists, is shown what holds then.
    """
    form = await login.form(PATH)
    if isinstance(form, Response):
        return form
    try:
        about, choice = form.text("subject") or "", form.text("choice") or ""
        await _settled(_decide, about, choice)
    except Invalid as error:
        return await _page(problem=error.message)
    event(log, "list.decided")
    is_shown = choice == "lists" or form.flag("asked")
    return see_other(f"{PATH}?{urlencode({'about': about})}#about" if is_shown else PATH)


def _decide(tx: Tx, about: str, choice: str) -> None:
    reckoning.choose(tx, trusting.subject(tx, about), choice)
