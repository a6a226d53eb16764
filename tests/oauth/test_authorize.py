"""The page where the owner lets an app in, or does not."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from smallfed.store import apps
from tests.oauth.flow import BACK, OOB, SCHEME, Client, client, proof
from tests.pages.place import PASSWORD, Page, Place


def _answer(page: Page) -> dict[str, list[str]]:
    assert page.status == 303, page
    return parse_qs(urlsplit(page.headers["location"]).query)


async def test_logged_in_or_not_the_owner_is_asked(place: Place) -> None:
    app, owner, stranger = await client(place), await place.owner(), place.browser()

    inside = await owner.get("/oauth/authorize", **app.question())
    outside = await stranger.get("/oauth/authorize/", **app.question())

    assert (inside.status, "password" in inside.form.fields) == (200, False)
    assert (outside.status, "password" in outside.form.fields) == (200, True)
    for page in (inside, outside):
        assert 'Let <span class="name">Tusky</span> in?' in page.text
        assert "app.example" in page.text
        assert "access-control-allow-origin" not in page.headers
        assert page.headers["cache-control"] == "private, no-store"
        assert page.headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self' https://app.example;"
            " frame-ancestors 'none'; base-uri 'none'"
        )


async def test_the_browser_goes_back_with_code_and_state(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    form = (await owner.get("/oauth/authorize", **app.question())).form

    page = await owner.submit(form)

    assert page.headers["location"].startswith(BACK + "&code=")
    assert _answer(page)["state"] == ["a state&"]
    assert re.fullmatch("[A-Za-z0-9_-]{43}", _answer(page)["code"][0])


async def test_the_password_and_consent_are_one_step(place: Place) -> None:
    app, browser = await client(place), place.browser()
    form = (await browser.get("/oauth/authorize", **app.question())).form

    wrong = await browser.submit(form, password="wrong")
    right = await browser.submit(wrong.form, password=PASSWORD)

    assert (wrong.status, wrong.problems) == (403, ["That is not the password."])
    assert "code" in _answer(right)
    assert (await browser.get("/apps")).status == 200


async def test_without_the_password_nobody_gets_a_code(place: Place) -> None:
    app, browser = await client(place), place.browser()
    form = (await browser.get("/oauth/authorize", **app.question())).form

    page = await browser.submit(form)

    assert (page.status, "location" in page.headers) == (403, False)


async def test_failures_pause_here_too(place: Place) -> None:
    app, browser = await client(place), place.browser()
    form = (await browser.get("/oauth/authorize", **app.question())).form

    pages = [await browser.submit(form, password="wrong") for _ in range(6)]

    assert [page.status for page in pages] == [403] * 5 + [429]
    assert pages[-1].headers["retry-after"] == "16"


@pytest.mark.parametrize(
    ("word", "asked"), [("true", True), ("1", True), ("True", True), ("false", False), ("", False)]
)
async def test_force_login_is_a_word(place: Place, word: str, asked: bool) -> None:
    app, owner = await client(place), await place.owner()

    form = (await owner.get("/oauth/authorize", **app.question(force_login=word))).form
    page = await owner.submit(form, **({"password": PASSWORD} if asked else {}))
    unforced = await owner.submit(form, password="wrong")

    assert ("password" in form.fields) is asked
    assert "code" in _answer(page)
    assert unforced.status == (403 if asked else 303)


async def test_the_owner_says_no(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    form = (await owner.get("/oauth/authorize", **app.question())).form
    shown = (await owner.get("/oauth/authorize", **app.question(redirect_uri=OOB))).form

    page = await owner.submit(form, deny="1")
    oob = await owner.submit(shown, deny="1")

    assert (_answer(page)["error"], _answer(page)["state"]) == (["access_denied"], ["a state&"])
    assert (oob.status, "location" in oob.headers) == (200, False)


async def test_out_of_band_the_code_is_shown(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    shown = await owner.get("/oauth/authorize", **app.question(redirect_uri=OOB))

    page = await owner.submit(shown.form)

    found = re.search('id="code">([^<]*)<', page.text)
    assert found is not None
    assert shown.headers["content-security-policy"].count("form-action 'self';") == 1
    assert (await app.exchange(found[1], redirect_uri=OOB)).status == 200


@pytest.mark.parametrize(("uri", "action"), [(SCHEME, "icecubesapp:"), ("http://[::1]:8080/back", "http:")])
async def test_apps_have_schemes_of_their_own(place: Place, uri: str, action: str) -> None:
    app, owner = await client(place), await place.owner()
    shown = await owner.get("/oauth/authorize", **app.question(redirect_uri=uri, state=None))

    page = await owner.submit(shown.form)

    assert f"form-action 'self' {action};" in shown.headers["content-security-policy"]
    assert re.fullmatch(re.escape(uri) + r"\?code=[A-Za-z0-9_-]{43}", page.headers["location"])


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "unknown"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": BACK + "&more=1"},
        {"redirect_uri": BACK.upper()},
        {"redirect_uri": "https://evil.example/", "response_type": "token"},
    ],
)
async def test_until_the_way_back_is_known_good_errors_are_shown(place: Place, changed: dict[str, str | None]) -> None:
    app, owner = await client(place), await place.owner()
    form = (await owner.get("/oauth/authorize", **app.question())).form

    asked = await owner.get("/oauth/authorize", **app.question(**changed))
    form.fields = {name: value for name, value in {**form.fields, **changed}.items() if value is not None}
    sent = await owner.submit(form)

    assert [(page.status, "location" in page.headers, page.forms) for page in (asked, sent)] == [(403, False, [])] * 2


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "read push"}, "invalid_scope"),
        ({"scope": "everything"}, "invalid_scope"),
        ({**proof(), "code_challenge_method": "plain"}, "invalid_request"),
        ({**proof(), "code_challenge_method": None}, "invalid_request"),
        ({**proof(), "code_challenge": None}, "invalid_request"),
        ({**proof(), "code_challenge": "short"}, "invalid_request"),
    ],
)
async def test_then_they_are_told_to_the_app(place: Place, changed: dict[str, str | None], error: str) -> None:
    """Once a form of ours was sent: a link alone leads nobody away, or we would be anybody's way to anywhere."""
    app, owner = await client(place), await place.owner()
    form = (await owner.get("/oauth/authorize", **app.question())).form

    asked = await owner.get("/oauth/authorize", **app.question(**changed))
    merged = {**form.fields, **changed}
    form.fields = {name: value for name, value in merged.items() if value is not None}
    sent = await owner.submit(form)
    shown = await owner.get("/oauth/authorize", **app.question(**{"redirect_uri": OOB, **changed}))

    assert (_answer(sent)["error"], _answer(sent)["state"]) == ([error], ["a state&"])
    assert [(page.status, "location" in page.headers) for page in (asked, shown)] == [(400, False)] * 2


async def test_less_than_was_registered_may_be_asked(place: Place) -> None:
    app, owner = await client(place), await place.owner()

    page = await owner.get("/oauth/authorize", **app.question(scope="read:accounts write:statuses"))
    nothing = await owner.get("/oauth/authorize", **app.question(scope=None))

    assert re.findall("<code>(.*?)</code>", page.text) == ["read:accounts", "write:statuses"]
    assert re.findall("<code>(.*?)</code>", nothing.text) == ["read"]


async def test_consent_is_never_skipped(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    await owner.submit((await owner.get("/oauth/authorize", **app.question())).form)

    again = await owner.get("/oauth/authorize", **app.question())

    assert (again.status, len(again.forms)) == (200, 1)


async def test_the_form_of_another_site_lets_nobody_in(place: Place) -> None:
    app, owner = await client(place), await place.owner()
    form = (await owner.get("/oauth/authorize", **app.question())).form

    pages = [
        await owner.submit(form, origin="https://evil.example"),
        await owner.submit(form, seal="guess"),
        await owner.post("/oauth/authorize", app.question()),
    ]

    assert [(page.status, "location" in page.headers) for page in pages] == [(403, False)] * 3


async def test_names_are_text(place: Place) -> None:
    app: Client = await client(place, name="<script>alert(1)</script>")

    page = await place.browser().get("/oauth/authorize", **app.question())

    known = await place.do(apps.find_client, app.client_id)
    assert known is not None
    assert known.name == "<script>alert(1)</script>"
    assert "<script" not in page.text
