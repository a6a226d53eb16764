"""Changing: a form of the owner's pages has one thing done, and the page shows what holds then."""

import logging
from collections.abc import Callable

from quart import Response

from smallfed.errors import Conflict, NotFound
from smallfed.observe.logging import event
from smallfed.pages.answers import see_other
from smallfed.pages.quart import parts
from smallfed.store.tx import Tx
from smallfed.web import login

log = logging.getLogger(__name__)


async def change(path: str, name: str, do: Callable[[Tx, int], object], number: int) -> Response:
    """Do to the thing with this number what the form of a page wants, log it under a name, and lead back to the page.

    What is gone, or was decided meanwhile, is no error: the page shows that.
    """
    sent = await login.form(path)
    if isinstance(sent, Response):
        return sent
    try:
        await parts().db.write(do, number)
        event(log, name, number=number)
    except (NotFound, Conflict):
        event(log, f"{name}.late", number=number)
    return see_other(path)
