"""The owner asks why something never came, or was not seen: what `smallfed ledger why` says, on a page to be linked."""

from collections.abc import Sequence

from quart import Response, request

from smallfed.errors import Invalid
from smallfed.pages.answers import page
from smallfed.pages.quart import parts
from smallfed.services import explaining
from smallfed.services.explaining import Clue
from smallfed.web import login

PATH = "/why"
NEEDED = "Type an address, @user@example.org or the name of a server."


async def show() -> Response:
    """Show it; ``?about=`` says of what. Nobody else is asked for it."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house, about, problem = parts(), request.args.get("about"), ""
    found: Sequence[Clue] | None = None
    try:
        if about is not None:
            found = await house.db.long_read(explaining.why, _typed(about))
    except Invalid as error:
        problem = error.message
    return page(
        "why.html",
        status=422 if problem else 200,
        visit=visit,
        house=house.identity.here,
        about=(about or "").strip(),
        found=found,
        nothing=explaining.NOTHING,
        problem=problem,
    )


def _typed(about: str) -> str:
    if not about.strip():
        raise Invalid(NEEDED)
    return about
