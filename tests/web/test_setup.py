"""The setup page: who may open it, what is asked, what comes of it."""

import pytest

from smallfed.domain.house import House
from smallfed.policy import passwords
from smallfed.store import accounts, houses
from tests.pages.place import LOCAL, PASSWORD, SETUP_TOKEN, Place

GOOD = {"username": "alice", "name": "Alice", "password": PASSWORD, "place": "public", "domain": "home.example"}


async def test_the_owner_moves_in_and_is_logged_in(empty: Place) -> None:
    browser = empty.browser(LOCAL)
    form = (await browser.get("/setup", token=SETUP_TOKEN)).form

    page = await browser.submit(form, **GOOD)

    house = await empty.do(houses.get)
    assert page.status == 200
    assert "@alice@home.example" in page.text
    assert house == House(
        scheme="https",
        domain="home.example",
        account_domain="home.example",
        username="alice",
        trial=False,
        created_at=empty.clock.now(),
        signet=house.signet,
    )
    assert house.signet is not None
    assert (await empty.do(accounts.owner)).name == "Alice"
    assert passwords.matches(PASSWORD, (await empty.do(houses.owner)).password)
    await empty.settle_in()
    assert (await browser.get("/welcome")).status == 200
    assert (await browser.get("/setup", token=SETUP_TOKEN)).headers["location"] == "/welcome"
    assert (await empty.browser().get("/setup", token=SETUP_TOKEN)).status == 410


async def test_a_trial_lives_where_the_page_was_opened(empty: Place) -> None:
    browser = empty.browser("http://alice.localhost:9000")
    form = (await browser.get("/setup", token=SETUP_TOKEN)).form

    page = await browser.submit(form, **{**GOOD, "place": "trial", "domain": ""})

    house = await empty.do(houses.get)
    assert page.status == 200
    assert (house.base, house.handle, house.trial) == (
        "http://alice.localhost:9000",
        "alice@alice.localhost:9000",
        True,
    )
    assert "toot login --instance http://alice.localhost:9000" in page.text


async def test_a_trial_opened_elsewhere_lives_at_the_port_we_listen_on(empty: Place) -> None:
    browser = empty.browser("http://192.0.2.7:8420")
    form = (await browser.get("/setup", token=SETUP_TOKEN)).form

    await browser.submit(form, **{**GOOD, "place": "trial"})

    assert (await empty.do(houses.get)).domain == "localhost:8420"


async def test_the_handle_may_have_a_domain_of_its_own(empty: Place) -> None:
    browser = empty.browser(LOCAL)
    form = (await browser.get("/setup", token=SETUP_TOKEN)).form

    page = await browser.submit(form, **{**GOOD, "domain": "Social.Home.example", "account_domain": "home.example"})

    assert (await empty.do(houses.get)).handle == "alice@home.example"
    assert "redir @smallfed https://social.home.example{uri} permanent" in page.text


async def test_a_public_host_is_suggested_as_the_domain(empty: Place) -> None:
    near, far = empty.browser(LOCAL), empty.browser("https://home.example")

    forms = [(await browser.get("/setup", token=SETUP_TOKEN)).form for browser in (near, far)]

    assert [form.fields["domain"] for form in forms] == ["", "home.example"]


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        ({"username": ""}, ["Please choose a handle, for example your first name."]),
        ({"username": "al ice"}, ["The handle may have letters a–z, digits and _ only, at most 30 of them."]),
        ({"password": ""}, ["Please choose a password."]),
        ({"domain": ""}, ["Please fill in the domain that will point to this server."]),
        ({"domain": "foo"}, ["'foo' is not a public domain name; it should look like social.example.org."]),
        (
            {"account_domain": "192.0.2.1"},
            ["'192.0.2.1' is not a public domain name; it should look like social.example.org."],
        ),
    ],
)
async def test_what_is_wrong_is_said_in_its_place_and_nothing_is_lost(
    empty: Place, typed: dict[str, str], problems: list[str]
) -> None:
    browser = empty.browser(LOCAL)
    form = (await browser.get("/setup", token=SETUP_TOKEN)).form

    page = await browser.submit(form, **{**GOOD, "name": '<b>"Alice"', **typed})

    assert page.status == 422
    assert page.problems == problems
    assert page.form.fields == {
        "token": SETUP_TOKEN,
        "account_domain": "",
        **GOOD,
        "name": '<b>"Alice"',
        **typed,
    }
    assert await empty.do(houses.find) is None


async def test_the_token_opens_the_page_until_it_is_done(empty: Place) -> None:
    browser = empty.browser(LOCAL)
    form = (await browser.get("/setup", token=SETUP_TOKEN)).form

    wrong = await browser.get("/setup", token="guess")
    none = await browser.get("/setup")
    sent = await browser.submit(form, **{**GOOD, "token": "guess"})
    again = await browser.get("/setup", token=SETUP_TOKEN)

    assert [page.status for page in (wrong, none, sent, again)] == [403, 403, 403, 200]
    assert await empty.do(houses.find) is None


async def test_the_form_of_another_site_is_refused(empty: Place) -> None:
    browser = empty.browser(LOCAL)
    form = (await browser.get("/setup", token=SETUP_TOKEN)).form

    page = await browser.submit(form, origin="https://evil.example", **GOOD)

    assert page.status == 403
    assert await empty.do(houses.find) is None


async def test_before_that_everything_else_says_where_to_look(empty: Place) -> None:
    browser = empty.browser(LOCAL)

    pages = [await browser.get(path) for path in ("/", "/login", "/@alice", "/oauth/authorize")]
    api = await browser.get("/api/v1/apps/verify_credentials")
    token = await browser.post("/oauth/token")

    assert [(page.status, "smallfed run" in page.text) for page in pages] == [(503, True)] * 4
    assert (api.status, api.json()) == (503, {"error": "This server is not set up yet"})
    assert (token.status, token.headers["access-control-allow-origin"]) == (503, "*")
