"""The owner logs in with a browser, and out."""

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from smallfed.services import settling
from smallfed.store import tokens
from smallfed.web.login import LONGEST
from tests.pages.place import HOME, LOCAL, PASSWORD, Place


async def test_the_password_opens_the_owners_pages(place: Place) -> None:
    browser = place.browser()
    before = await browser.get("/apps")
    form = (await browser.get("/login", next="/welcome")).form

    page = await browser.submit(form, password=PASSWORD)

    assert (before.status, before.headers["location"]) == (303, "/login?next=/apps")
    assert (page.status, page.headers["location"]) == (303, "/welcome")
    (cookie,) = page.cookies
    assert cookie.startswith("__Host-smallfed=")
    assert set(cookie.split("; ")[2:]) == {"Max-Age=2592000", "Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    after = await browser.get("/apps")
    assert (after.status, after.headers["cache-control"]) == (200, "private, no-store")


async def test_a_new_session_has_a_new_cookie(place: Place) -> None:
    browser = place.browser()
    form = (await browser.get("/login")).form
    before = dict(browser.cookies)

    await browser.submit(form, password=PASSWORD)

    assert before.keys() == browser.cookies.keys()
    assert before != browser.cookies


async def test_on_localhost_the_cookie_is_plain_and_has_the_port_in_its_name(place: Place) -> None:
    browser = place.browser(LOCAL)

    page = await browser.submit((await browser.get("/login")).form, password=PASSWORD)

    (cookie,) = page.cookies
    assert cookie.startswith("smallfed-8420=")
    assert "Secure" not in cookie
    assert (await browser.get("/apps")).status == 200


async def test_a_wrong_password_opens_nothing(place: Place) -> None:
    browser = place.browser()
    form = (await browser.get("/login", next="/welcome")).form

    page = await browser.submit(form, password="wrong")

    assert (page.status, page.problems, page.cookies) == (403, ["That is not the password."], ())
    assert page.form.fields["next"] == "/welcome"
    assert (await browser.get("/apps")).status == 303


async def test_after_five_failures_there_is_a_pause_that_grows(place: Place) -> None:
    browser = place.browser()
    form = (await browser.get("/login")).form

    failed = [await browser.submit(form, password="wrong") for _ in range(5)]
    paused = await browser.submit(form, password=PASSWORD)
    place.clock.move(seconds=16)
    failed_again = await browser.submit(form, password="wrong")
    longer = await browser.submit(form, password=PASSWORD)
    place.clock.move(seconds=31)
    good = await browser.submit(form, password=PASSWORD)

    assert [page.status for page in failed] == [403] * 5
    assert (paused.status, paused.headers["retry-after"]) == (429, "16")
    assert paused.problems == ["Too many wrong passwords. Please wait 15 seconds."]
    assert failed_again.status == 403
    assert (longer.status, longer.headers["retry-after"]) == (429, "31")
    assert good.status == 303


async def test_the_account_pauses_for_all_addresses(place: Place) -> None:
    browsers = [place.browser(address=f"192.0.2.{number}") for number in range(6)]
    forms = [(await browser.get("/login")).form for browser in browsers]

    pages = [await browser.submit(form, password="wrong") for browser, form in zip(browsers, forms, strict=True)]

    assert [page.status for page in pages] == [403] * 5 + [429]


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        " //evil.example",
        "javascript:1",
        "?next=//evil.example",
        "@evil.example",
        "/why?about=\\evil",
        "/why?about=a b",
        "/why?about=ü",
        "/why#about",
        "",
        "/a\nb",
        "/a?b\r\nLocation: https://evil.example/",
    ],
)
async def test_nobody_is_sent_elsewhere(place: Place, goal: str) -> None:
    browser = place.browser()
    form = (await browser.get("/login", next=goal)).form

    page = await browser.submit(form, password=PASSWORD, next=goal)

    assert (form.fields["next"], page.headers["location"]) == ("/owner", "/owner")


ASKED = {"about": "@bob@bücher.example", "x": "https://far.example/?a=1&b=%2F+\"<'>"}


async def test_what_was_asked_is_kept_through_all_of_the_login(place: Place) -> None:
    """Also over a wrong password, in letters that an address may have."""
    browser = place.browser()
    turned_away = await browser.get("/blocklists", **ASKED)
    location = turned_away.headers["location"]
    (goal,) = parse_qs(urlsplit(location).query)["next"]
    form = (await browser.get("/login", next=goal)).form
    wrong = await browser.submit(form, password="wrong")

    right = await browser.submit(wrong.form, password=PASSWORD)

    assert (turned_away.status, urlsplit(location).path) == (303, "/login")
    assert form.fields["next"] == wrong.form.fields["next"] == right.headers["location"] == goal
    assert (urlsplit(goal).netloc, urlsplit(goal).path) == ("", "/blocklists")
    assert dict(parse_qsl(urlsplit(goal).query)) == ASKED


async def test_a_question_that_is_too_long_is_not_kept(place: Place) -> None:
    """The address of the login page would be too long; the page is found all the same."""
    page = await place.browser().get("/blocklists", about="a" * LONGEST)

    assert page.headers["location"] == "/login?next=/blocklists"


async def test_a_bare_question_stays_as_it_is(place: Place) -> None:
    page = await place.browser().get("/why")

    assert page.headers["location"] == "/login?next=/why"


async def test_logging_out_ends_the_session(place: Place) -> None:
    browser = await place.owner()
    cookies = dict(browser.cookies)
    (form, *_) = (await browser.get("/apps")).forms

    page = await browser.submit(form)

    assert (form.action, page.status, page.headers["location"]) == ("/logout", 303, "/login")
    assert browser.cookies == {}
    browser.cookies = cookies
    assert (await browser.get("/apps")).status == 303


async def test_a_session_ends_after_thirty_days_or_with_a_new_password(place: Place) -> None:
    first, second = await place.owner(), await place.owner()

    place.clock.move(days=29, hours=23)
    young = await first.get("/apps")
    place.clock.move(hours=2)
    old = await first.get("/apps")
    third = await place.owner()
    await place.do(settling.replace_password, "another")
    replaced = await third.get("/apps")

    assert [page.status for page in (young, old, replaced)] == [200, 303, 303]
    assert second.cookies != first.cookies


async def test_a_form_needs_the_seal_of_this_browser_and_our_origin(place: Place) -> None:
    browser, other = place.browser(), place.browser()
    form = (await browser.get("/login")).form
    foreign = (await other.get("/login")).form

    refused = [
        await browser.submit(form, password=PASSWORD, seal=""),
        await browser.submit(foreign, password=PASSWORD),
        await browser.submit(form, origin="https://evil.example", password=PASSWORD),
        await browser.submit(form, origin="null", password=PASSWORD),
        await browser.submit(form, origin="http://localhost:8420", password=PASSWORD),
    ]
    accepted = await browser.submit(form, origin=None, password=PASSWORD)

    assert [page.status for page in refused] == [403] * 5
    assert accepted.status == 303


async def test_the_api_takes_no_cookie_for_a_token(place: Place) -> None:
    browser = await place.owner()

    page = await browser.get("/oauth/userinfo")

    assert (page.status, browser.base) == (401, HOME)
    assert await place.do(tokens.find, next(iter(browser.cookies.values()))) is None
