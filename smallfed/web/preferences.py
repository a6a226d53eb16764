"""The owner says who may quote and answer, whose boosts are wanted, and to whom counts are shown."""

import logging
from collections.abc import Mapping, Sequence

from msgspec import Struct, ValidationError, convert, to_builtins
from quart import Response, request

from smallfed.domain.preferences import Preferences, PreferencesChange
from smallfed.errors import Invalid
from smallfed.observe.logging import event
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.services import preferring
from smallfed.store import preferences
from smallfed.web import login

log = logging.getLogger(__name__)

PATH = "/preferences"

_WHO: Mapping[str, str] = {
    "public": "Everybody",
    "followers": "My followers",
    "following": "Whom I follow",
    "nobody": "Nobody",
}
_SEEN: Mapping[str, str] = {
    "everybody": "Everybody",
    "me": "Only me",
    "nobody": "Nobody, not even me",
}


class Question(Struct, frozen=True, kw_only=True):
    """One choice: ``answers`` are (value, in words)."""

    name: str
    label: str
    hint: str
    answers: Sequence[tuple[str, str]]


QUESTIONS: Sequence[Question] = (
    Question(
        name="replies",
        label="Who may answer what I post",
        hint="And whom the post names, always. What others answer is held: nobody sees it until you let it in.",
        answers=[*_WHO.items()],
    ),
    Question(
        name="quotes",
        label="Who may quote what I post",
        hint="For each post your app may say it otherwise.",
        answers=[(value, words) for value, words in _WHO.items() if value != "following"],
    ),
    Question(
        name="follow_counts",
        label="Who sees how many follow me, and how many I follow",
        hint="With the number it is hidden who they are. What other servers have been told they may keep showing.",
        answers=[*_SEEN.items()],
    ),
    Question(
        name="post_counts",
        label="Who sees how many like, boost and quote a post",
        hint="If nobody does, your apps show you no such numbers of others' posts either.",
        answers=[*_SEEN.items()],
    ),
    Question(
        name="boosts",
        label="Boosts of those whom I follow from now on",
        hint="Of one person: in their profile in your app. Of many: `smallfed boosts` at the terminal.",
        answers=[("yes", "Shown at home"), ("no", "Hidden")],
    ),
)


async def show() -> Response:
    """Show what holds."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house = parts()
    known = await house.db.read(preferences.find)
    return page(
        "preferences.html",
        visit=visit,
        house=house.identity.here,
        questions=QUESTIONS,
        chosen=_chosen(known),
        saved="saved" in request.args,
    )


def _chosen(known: Preferences) -> dict[str, str]:
    said = to_builtins(known)
    return {**said, "boosts": "yes" if known.boosts else "no"}


async def change() -> Response:
    """Take what was chosen."""
    form = await login.form(PATH)
    if isinstance(form, Response):
        return form
    said = {question.name: text for question in QUESTIONS if (text := form.text(question.name)) is not None}
    wish = {name: text == "yes" if name == "boosts" else text for name, text in said.items()}
    try:
        await parts().db.write(preferring.prefer, convert(wish, PreferencesChange))
    except ValidationError as error:
        raise Invalid(f"The page sent something that cannot be chosen: {error}") from error
    event(log, "preferences.changed")
    return see_other(f"{PATH}?saved=1")
