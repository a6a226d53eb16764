"""The page where the owner lets an app in, or does not: GET and POST /oauth/authorize.

Spec: RFC 6749 §4.1, RFC 9700; SAFETY rules 34, 36; RULINGS 23. Consent is never skipped, logged in or not.
"""

import logging

from msgspec import Struct
from quart import Response

from smallfed.errors import Forbidden, Invalid, SmallfedError, TooMany, Unauthenticated
from smallfed.oauth import asking
from smallfed.oauth.asking import Caller
from smallfed.oauth.failures import Refusal
from smallfed.observe.logging import event
from smallfed.pages import passwords, trees, visits
from smallfed.pages.answers import message, page, see_other
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.pages.visits import Visit
from smallfed.policy import redirects
from smallfed.services import consenting, entering
from smallfed.services.consenting import Request

log = logging.getLogger(__name__)


class Question(Struct, frozen=True, kw_only=True):
    """What the owner has to decide. ``locked``: the password is needed first."""

    caller: Caller
    request: Request
    visit: Visit
    locked: bool
    repeated: dict[str, str]


async def ask() -> Response:
    """Show who asks for what."""
    try:
        asked = await trees.read()
        known = await asking.caller(asked)
    except (Invalid, Forbidden) as error:
        return _shown(error)
    try:
        return _page(await _question(known, asked))
    except Refusal as refusal:
        return _told(known, refusal)


async def decide() -> Response:
    """Take the owner's answer."""
    try:
        asked = await trees.read()
        known = await asking.caller(asked)
        visit = await visits.require_own_form(asked)
    except (Invalid, Forbidden) as error:
        return _shown(error)
    try:
        question = await _question(known, asked)
        if asked.flag("deny"):
            raise Refusal("access_denied", "The owner does not want it")
    except Refusal as refusal:
        return _told(known, refusal)
    if not question.locked:
        return await _allowed(question)
    try:
        secret = await passwords.log_in(asked.text("password") or "")
    except (Unauthenticated, TooMany) as error:
        return _page(question, problem=error)
    response = await _allowed(question)
    if visit.inside:
        await parts().db.write(entering.leave, visit.secret)
    visits.keep(response, secret)
    return response


async def _question(known: Caller, asked: Tree) -> Question:
    visit = await visits.visit()
    return Question(
        caller=known,
        request=asking.request(known, asked),
        visit=visit,
        locked=not visit.inside or bool(asked.flag("force_login")),
        repeated={name: asked.text(name) or "" for name in asking.REPEATED if name in asked},
    )


def _page(question: Question, *, problem: SmallfedError | None = None) -> Response:
    caller = question.caller
    response = page(
        "authorize.html",
        status=200 if problem is None else 429 if isinstance(problem, TooMany) else 403,
        visit=question.visit,
        leads_to=redirects.form_action(caller.redirect_uri),
        house=parts().identity.here,
        app=caller.app,
        scopes=question.request.scopes,
        destination=None if caller.out_of_band else redirects.destination(caller.redirect_uri),
        locked=question.locked,
        repeated=question.repeated,
        problem=None if problem is None else problem.message,
    )
    if isinstance(problem, TooMany):
        response.headers["Retry-After"] = str(int(problem.retry_after) + 1)
    return response


async def _allowed(question: Question) -> Response:
    caller = question.caller
    code = await parts().db.write(consenting.allow, caller.app, question.request)
    event(log, "app.allowed", app=caller.app.id, name=caller.app.name, scopes=list(question.request.scopes))
    if caller.out_of_band:
        return page("code.html", app=caller.app, code=code)
    return see_other(caller.answered(code=code))


def _told(known: Caller, refusal: Refusal) -> Response:
    """Tell the app why not; where there is no way back, tell the owner."""
    event(log, "app.refused", app=known.app.id, name=known.app.name, code=refusal.code, error=refusal)
    if not known.out_of_band:
        return see_other(known.answered(error=refusal.code, error_description=refusal.message))
    if refusal.code == "access_denied":
        return message("Nothing was allowed", f"{known.app.name} stays outside. You can close this page.", status=200)
    return message("The app asked wrongly", f"{refusal.message}.", status=400)


def _shown(error: SmallfedError) -> Response:
    event(log, "authorize.refused", error=error)
    return message("This cannot go on", error.message, status=403 if isinstance(error, Forbidden) else 400)
