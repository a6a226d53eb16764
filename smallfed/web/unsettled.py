"""Before there is a house: nothing is served but the way to it."""

from msgspec import json
from quart import Response, request

from smallfed.pages.answers import message
from smallfed.pages.machines import is_for_machines
from smallfed.pages.quart import parts

OPEN = ("/setup", "/static/")
WAIT = "600"


async def turn_away() -> Response | None:
    """Answer everything but the setup page; None, so that the request goes on, once the house is set up."""
    if parts().identity.house is not None or request.path.startswith(OPEN):
        return None
    response = _answer()
    response.headers["Retry-After"] = WAIT
    return response


def _answer() -> Response:
    if is_for_machines(request.path):
        body = json.encode({"error": "This server is not set up yet"})
        return Response(body, status=503, content_type="application/json; charset=utf-8")
    return message(
        "Almost there",
        "This smallfed server is running, but nobody has moved in yet.",
        status=503,
        more="Is it yours? Where you typed “smallfed run” there is an address with a token at its end: open that one."
        " If the terminal is gone, start smallfed again; it prints a new one. Or look at “smallfed setup --help”.",
    )
