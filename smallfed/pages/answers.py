"""Answers with a page, and the one after a form."""

from quart import Response

from smallfed.pages import visits
from smallfed.pages.headers import policy
from smallfed.pages.templates import render
from smallfed.pages.visits import Visit


def page(
    template: str,
    *,
    status: int = 200,
    visit: Visit | None = None,
    leads_to: str | None = None,
    script: bool = False,
    **context: object,
) -> Response:
    """Return a page. With ``visit`` it may have forms (``seal``), and the browser gets its cookie.

    ``leads_to`` is where forms may lead besides to us: an origin or ``scheme:``; ``script``: it has one of our files.
    """
    seal = None if visit is None else visit.seal
    response = Response(render(template, seal=seal, **context), status=status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy(*([leads_to] if leads_to else []), script=script)
    if visit is not None and visit.new:
        visits.keep(response, visit.secret)
    return response


def message(title: str, text: str, *, status: int, more: str = "", home: bool = False) -> Response:
    """Return a small page that says one thing, and perhaps what to do about it; ``home``: with a way to the profile."""
    return page("message.html", status=status, title=title, text=text, more=more, home=home)


def see_other(location: str) -> Response:
    """Send the browser on with a GET. ``location`` is taken as it is: custom schemes and all."""
    response = Response(b"", status=303)
    response.headers["Location"] = location
    return response
