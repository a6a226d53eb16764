"""The owner sees what apps missed."""

from smallfed.domain.shortfall import Shortfall, What
from tests.pages.place import Place


def note(place: Place, app: str, what: What, name: str = "", *, known: bool = True) -> None:
    shortfall = Shortfall(app=app, known=known, method="GET", route="/api/v1/<x>", what=what, name=name)
    place.parts.noticing.note(shortfall, place.clock.now())


async def test_it_is_listed_app_by_app_up_to_this_moment(place: Place) -> None:
    owner = await place.owner()
    nothing = await owner.get("/compatibility")
    note(place, "<Tusky>", What.STUB)
    note(place, "<Tusky>", What.PARAMETER, "colour")
    note(place, "curl", What.ERROR, "404", known=False)

    page = await owner.get("/compatibility")

    assert "Nothing: everything" in nothing.text
    for words in (
        "&lt;Tusky&gt;",
        "<code>GET /api/v1/&lt;x&gt;</code>",
        "was answered as if there were nothing",
        "nobody looked at <code>colour</code>",
        "was answered with the error 404",
        "without a login",
        "1 time, last 1 March 2026",
    ):
        assert words in page.text


async def test_it_is_forgotten_when_the_owner_wants(place: Place) -> None:
    owner, stranger = await place.owner(), place.browser()
    note(place, "Tusky", What.STUB)
    form = (await owner.get("/compatibility")).forms[-1]
    seal = (await stranger.get("/login")).form.fields["seal"]

    refused = [await stranger.post(form.action, {"seal": seal}), await stranger.get("/compatibility")]
    kept = await owner.get("/compatibility")
    page = await owner.submit(form)

    assert [each.headers["location"] for each in refused] == ["/login?next=/compatibility"] * 2
    assert ("Tusky" in kept.text, page.headers["location"]) == (True, "/compatibility")
    assert "Nothing: everything" in (await owner.get("/compatibility")).text
