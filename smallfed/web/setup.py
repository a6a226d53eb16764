"""The setup page: the first the owner sees of their server.

Spec: issue "First run"; RULINGS 29, 30. Its one-time token is in the query, later in the form; never in a path.
"""

import logging

from msgspec import Struct
from quart import Response, request

from smallfed.domain.house import House
from smallfed.errors import Conflict
from smallfed.observe.logging import event
from smallfed.pages import agents, passwords, trees, visits
from smallfed.pages.answers import message, page, see_other
from smallfed.pages.quart import parts
from smallfed.pages.visits import Visit
from smallfed.services import entering, inviting, settling
from smallfed.services.settling import Beginning
from smallfed.store.tx import Tx
from smallfed.web import beginning, welcome
from smallfed.web.beginning import Checked, Typed
from smallfed.workers.keymaking import fresh_keys

log = logging.getLogger(__name__)


class _Begun(Struct, frozen=True):
    house: House
    session: str


async def show() -> Response:
    """Show the form to whoever has the token."""
    token = request.args.get("token", "")
    return await _refused(token) or _page(beginning.blank(token, request.host))


async def begin() -> Response:
    """Set the house up as it was typed, or say what is wrong with it, beside what was typed."""
    visits.require_own_origin()
    typed = beginning.read(await trees.read())
    if refused := await _refused(typed.token):
        return refused
    checked = beginning.check(typed, here=_here())
    if not isinstance(checked, Checked):
        return _page(typed, problems=checked, status=422)
    try:
        begun = await parts().db.write(_begin, await _beginning(checked), agents.browser())
    except Conflict:
        return _late()
    event(log, "set up", domain=begun.house.domain, trial=begun.house.trial)
    return welcome.page_of(begun.house, visit=Visit(secret=begun.session, inside=True, new=True), fresh=True)


def _begin(tx: Tx, beginning: Beginning, agent: str) -> _Begun:
    return _Begun(settling.set_up(tx, beginning), entering.open_session(tx, agent=agent))


async def _beginning(checked: Checked) -> Beginning:
    return Beginning(
        username=checked.username,
        name=checked.name,
        password=await passwords.hashed(checked.password),
        domain=checked.domain,
        account_domain=checked.account_domain,
        trial=checked.trial,
        keys=await parts().aside.thread(fresh_keys),
    )


async def _refused(token: str) -> Response | None:
    """Return what is said to whoever has no token that is worth something; None for the owner."""
    if parts().identity.house is not None:
        return await _done()
    if await parts().db.read(inviting.is_expected, token):
        return None
    return message(
        "Not this address",
        "To set this server up you need the address that it shows where it was started.",
        status=403,
        more="Look at the terminal of “smallfed run”, and open the whole address, with the token at its end."
        " Every start prints a new one.",
    )


async def _done() -> Response:
    visit = await visits.visit()
    return see_other("/welcome") if visit.inside else _late()


def _late() -> Response:
    return message(
        "Somebody lives here already",
        "This server is set up. Log in to see how to connect your apps.",
        status=410,
        more="Was it not you? Then stop the server at once: “smallfed password” replaces the password.",
    )


def _here() -> str | None:
    return beginning.trial_domain(request.host, parts().config.server.bind)


def _page(typed: Typed, *, problems: dict[str, str] | None = None, status: int = 200) -> Response:
    return page("setup.html", status=status, typed=typed, here=_here(), problems=problems or {})
