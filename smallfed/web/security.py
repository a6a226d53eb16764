"""The owner decides how to log in: one-time codes, recovery codes, passkeys. Each change needs a fresh login."""

import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256

from quart import Response

from smallfed.errors import Conflict, Invalid, NotFound
from smallfed.observe.logging import event
from smallfed.pages import trees, visits
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.pages.visits import Visit
from smallfed.policy import one_time
from smallfed.policy.challenging import challenges
from smallfed.protocol import passkeys
from smallfed.protocol.passkeys import Known
from smallfed.services import guarding
from smallfed.store.tx import Tx
from smallfed.web import login
from smallfed.web.words import ago

log = logging.getLogger(__name__)

PATH = "/security"
ENROL = "enrol"

Change = Callable[[Visit, Tree], Awaitable[Response]]


def changing(change: Change) -> Callable[[], Awaitable[Response]]:
    """Wrap a change: the form is our own, and the owner has logged in lately. What cannot be is said on the page."""

    async def changed() -> Response:
        form = await trees.read()
        visit = await visits.require_own_form(form)
        if not visit.inside or not login.is_fresh(visit):
            return login.once_more(PATH)
        try:
            return await change(visit, form)
        except (Invalid, Conflict, NotFound) as error:
            return await _page(visit, problem=error.message)

    return changed


async def show() -> Response:
    """Show what the login asks for."""
    visit = await login.inside(PATH)
    return visit if isinstance(visit, Response) else await _page(visit)


async def _page(visit: Visit, *, problem: str | None = None) -> Response:
    house = parts()
    guard, now = await house.db.read(guarding.guard), house.clock.now()
    listed = [(each, _name(each.id), ago(each.used_at, now, "never used")) for each in guard.passkeys]
    return page(
        "security.html",
        status=200 if problem is None else 422,
        visit=visit,
        house=house.identity.here,
        guard=guard,
        passkeys=listed,
        fresh=login.is_fresh(visit),
        problem=problem,
    )


# One-time codes -------------------------------------------------------------------------------------------------------
async def begin_codes(visit: Visit, _form: Tree) -> Response:
    """Show the secret of one-time codes, to be read by an app."""
    secret = await parts().db.write(guarding.begin_codes)
    return _codes(visit, secret)


async def confirm_codes(visit: Visit, form: Tree) -> Response:
    """Take the first code."""
    db = parts().db
    try:
        recovery = await db.write(guarding.confirm_codes, form.text("code") or "")
    except Invalid as error:
        guard = await db.read(guarding.guard)
        if guard.setting_up is None:
            raise
        return _codes(visit, guard.setting_up, problem=error.message)
    event(log, "login.codes", asked=True)
    return _recovery(visit, recovery)


def _codes(visit: Visit, secret: str, *, problem: str | None = None) -> Response:
    here = parts().identity.here
    address = one_time.address(secret, account=f"@{here.handle}", issuer=here.domain)
    return page(
        "codes.html",
        status=200 if problem is None else 422,
        visit=visit,
        house=here,
        picture=_drawn(address),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        address=address,
        problem=problem,
    )


def _drawn(text: str) -> str:
    """Return a QR code as SVG, black on white in every light: cameras want it so."""
    import segno

    return segno.make(text, error="m", micro=False).svg_inline(
        scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )


async def stop_codes(_visit: Visit, _form: Tree) -> Response:
    """Ask for one-time codes no longer."""
    await parts().db.write(guarding.stop_codes)
    event(log, "login.codes", asked=False)
    return see_other(PATH)


async def renew_recovery(visit: Visit, _form: Tree) -> Response:
    """Make new recovery codes."""
    return _recovery(visit, await parts().db.write(guarding.renew_recovery))


def _recovery(visit: Visit, codes: tuple[str, ...]) -> Response:
    if not codes:
        return see_other(PATH)
    event(log, "login.recovery", made=len(codes))
    return page("recovery.html", visit=visit, house=parts().identity.here, codes=codes)


# Passkeys -------------------------------------------------------------------------------------------------------------
async def prepare_passkey(visit: Visit, _form: Tree) -> Response:
    """Show the form that makes a passkey."""
    return await _new_passkey(visit)


async def _new_passkey(visit: Visit, *, problem: str | None = None) -> Response:
    house = parts()
    here, key = house.identity.here, await house.db.write(guarding.prepare_passkeys)
    guard = await house.db.read(guarding.guard)
    make = passkeys.creation(
        visits.place(),
        name=f"@{here.handle}",
        user=sha256(here.actor.encode()).digest(),
        challenge=challenges(key, ENROL, visit.secret, house.clock.now())[0],
        known=[Known(id=each.id, transports=each.transports) for each in guard.passkeys],
    )
    status = 200 if problem is None else 422
    return page("passkey.html", status=status, visit=visit, script=True, house=here, make=make, problem=problem)


async def add_passkey(visit: Visit, form: Tree) -> Response:
    """Take a new passkey."""
    house = parts()
    key = await house.db.write(guarding.prepare_passkeys)
    ours = challenges(key, ENROL, visit.secret, house.clock.now())
    try:
        made = passkeys.enrolled(visits.place(), form.text("passkey") or "", ours)
        await house.db.write(_stored, form.text("name") or "", made)
    except (Invalid, Conflict) as error:
        event(log, "login.passkey_refused", error=error)
        return await _new_passkey(visit, problem=error.message)
    event(log, "login.passkey", added=form.text("name"))
    return see_other(PATH)


def _stored(tx: Tx, name: str, made: passkeys.Enrolled) -> None:
    guarding.add_passkey(
        tx, name=name, id_=made.id, public_key=made.public_key, counter=made.counter, transports=made.transports
    )


async def rename_passkey(_visit: Visit, form: Tree) -> Response:
    """Give a passkey another name."""
    await parts().db.write(guarding.rename_passkey, _id(form), form.text("name") or "")
    return see_other(PATH)


async def remove_passkey(_visit: Visit, form: Tree) -> Response:
    """Forget a passkey."""
    await parts().db.write(guarding.remove_passkey, _id(form))
    event(log, "login.passkey", removed=form.text("id"))
    return see_other(PATH)


async def ask_for_passkey(visit: Visit, form: Tree) -> Response:
    """Decide whether a passkey is asked for after the password."""
    wanted = bool(form.flag("wanted"))
    recovery = await parts().db.write(guarding.ask_for_passkey, wanted=wanted)
    event(log, "login.passkeys", asked=wanted)
    return _recovery(visit, recovery)


def _name(id_: bytes) -> str:
    """Return the id of a passkey as forms carry it."""
    return urlsafe_b64encode(id_).decode()


def _id(form: Tree) -> bytes:
    try:
        return urlsafe_b64decode((form.text("id") or "").encode())
    except ValueError as error:
        raise NotFound("this passkey is gone") from error


ROUTES: dict[str, Change] = {
    "codes": begin_codes,
    "codes/confirm": confirm_codes,
    "codes/stop": stop_codes,
    "recovery": renew_recovery,
    "passkeys": prepare_passkey,
    "passkeys/add": add_passkey,
    "passkeys/rename": rename_passkey,
    "passkeys/remove": remove_passkey,
    "passkeys/ask": ask_for_passkey,
}
"""What is changed by a form, by its path below ours."""
