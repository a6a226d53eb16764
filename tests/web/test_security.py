"""The owner decides how to log in, and logs in so."""

import re
from datetime import timedelta

import pyotp
import pytest

from smallfed.services import guarding
from smallfed.store.tx import Tx
from tests.oauth.flow import client
from tests.pages.place import PASSWORD, Browser, Form, Page, Place


def form(page: Page, action: str) -> Form:
    return next(each for each in page.forms if each.action == action)


def recovery(page: Page) -> list[str]:
    return re.findall(r"<li><code>([a-z2-7-]{19})</code>", page.text)


def shown(place: Place, secret: str) -> str:
    """Return the code that the owner's app shows now."""
    return pyotp.TOTP(secret).at(place.clock.now())


async def enrol(place: Place, owner: Browser) -> tuple[str, list[str]]:
    """Set codes up as the owner does; return the secret and the recovery codes."""
    page = await owner.submit(form(await owner.get("/security"), "/security/codes"))
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', page.text)
    assert found is not None
    secret = found[1].replace(" ", "")
    done = await owner.submit(form(page, "/security/codes/confirm"), code=shown(place, secret))
    place.clock.move(minutes=1)
    return secret, recovery(done)


async def halfway(browser: Browser, **query: str) -> Page:
    """Give the password."""
    return await browser.submit((await browser.get("/login", **query)).form, password=PASSWORD)


async def test_codes_are_set_up_with_a_picture_and_as_text(place: Place) -> None:
    owner = await place.owner()
    page = await owner.submit(form(await owner.get("/security"), "/security/codes"))
    wrong = await owner.submit(form(page, "/security/codes/confirm"), code="123456")

    secret, codes = await enrol(place, owner)

    assert "<svg" in page.text
    assert "otpauth://totp/home.example:%40alice%40home.example?" in page.text
    assert (wrong.status, wrong.problems) == (
        422,
        ["That is not the code the app should show now. Is the clock of your device right?"],
    )
    assert len(codes) == 10
    assert secret not in (await owner.get("/security")).text


async def test_after_the_password_the_code_is_asked_for(place: Place) -> None:
    secret, _ = await enrol(place, await place.owner())
    browser = place.browser()

    page = await halfway(browser, next="/why?about=%40bob%40far.example&x=1")
    outside = await browser.get("/apps")
    wrong = await browser.submit(page.form, code="000000")
    right = await browser.submit(wrong.form, code=shown(place, secret))

    assert (page.status, "password" in page.form.fields, page.cookies) == (200, False, ())
    assert outside.status == 303
    assert (wrong.status, "code" in wrong.form.fields) == (403, True)
    assert (right.status, right.headers["location"]) == (303, "/why?about=%40bob%40far.example&x=1")
    assert (await browser.get("/apps")).status == 200


async def test_a_code_lets_in_once(place: Place) -> None:
    secret, _ = await enrol(place, await place.owner())
    first, second, code = place.browser(), place.browser(address="192.0.2.2"), shown(place, secret)
    await first.submit((await halfway(first)).form, code=code)

    page = await second.submit((await halfway(second)).form, code=code)

    assert (page.status, (await second.get("/apps")).status) == (403, 303)


async def test_a_recovery_code_lets_in_once(place: Place) -> None:
    _, codes = await enrol(place, await place.owner())
    browser, again = place.browser(), place.browser(address="192.0.2.2")

    page = await browser.submit((await halfway(browser)).form, code=codes[0].upper())
    spent = await again.submit((await halfway(again)).form, code=codes[0])

    assert (page.status, spent.status) == (303, 403)
    assert "9 are left" in (await browser.get("/security")).text


async def test_a_code_without_the_password_is_nothing(place: Place) -> None:
    secret, _ = await enrol(place, await place.owner())
    browser = place.browser()
    fields = {"code": shown(place, secret), "password": PASSWORD}

    page = await browser.submit((await browser.get("/login")).form, **fields)

    assert (page.status, page.problems) == (403, ["That took too long. Please begin again with your password."])
    assert (await browser.get("/apps")).status == 303


async def test_the_half_way_ends_after_five_minutes_and_belongs_to_one_browser(place: Place) -> None:
    secret, _ = await enrol(place, await place.owner())
    browser, thief = place.browser(), place.browser(address="192.0.2.9")
    page = await halfway(browser)
    seal = (await thief.get("/login")).form.fields["seal"]

    stolen = await thief.submit(page.form, seal=seal, code=shown(place, secret))
    place.clock.move(minutes=5)
    late = await browser.submit(page.form, code=shown(place, secret))

    assert [(each.status, "password" in each.form.fields) for each in (stolen, late)] == [(403, True)] * 2


async def test_codes_are_not_guessed(place: Place) -> None:
    """Failures count together with those of the password, and the password alone forgives none."""
    await enrol(place, await place.owner())
    browser = place.browser()
    page = await halfway(browser)

    pages = [await browser.submit(page.form, code=f"{number:06}") for number in range(5)]
    begun_again = await halfway(browser)

    assert [each.status for each in pages] == [403] * 4 + [429]
    assert begun_again.status == 429


async def test_consent_goes_through_it_too(place: Place) -> None:
    secret, _ = await enrol(place, await place.owner())
    app, browser = await client(place), place.browser()

    asked = await browser.get("/oauth/authorize", **app.question())
    page = await browser.submit(asked.form, password=PASSWORD)
    wrong = await browser.submit(page.form, code="000000")
    done = await browser.submit(wrong.form, code=shown(place, secret))

    assert (page.status, "location" in page.headers, "password" in page.form.fields) == (200, False, False)
    assert (wrong.status, "code=" in done.headers["location"]) == (403, True)
    assert (await browser.get("/apps")).status == 200


async def test_a_forced_login_asks_for_everything_again(place: Place) -> None:
    owner = await place.owner()
    secret, _ = await enrol(place, owner)
    app = await client(place)

    asked = await owner.get("/oauth/authorize", **app.question(force_login="true"))
    short = await owner.submit(asked.form, code=shown(place, secret))
    page = await owner.submit(asked.form, password=PASSWORD)
    done = await owner.submit(page.form, code=shown(place, secret))

    assert ("password" in asked.form.fields, short.status, page.status, done.status) == (True, 403, 200, 303)


@pytest.mark.parametrize(
    "action",
    ["codes", "codes/confirm", "codes/stop", "recovery", "passkeys", "passkeys/add", "passkeys/remove", "passkeys/ask"],
)
async def test_a_browser_left_open_changes_no_locks(place: Place, action: str) -> None:
    owner = await place.owner()
    await enrol(place, owner)
    before = await place.do(guarding.guard)
    seal = (await owner.get("/security")).forms[0].fields["seal"]
    place.clock.move(minutes=15)

    page = await owner.post(f"/security/{action}", {"seal": seal, "wanted": "1", "id": "", "code": "x"})
    stranger = await place.browser().post(f"/security/{action}", {"seal": seal})

    assert (page.status, page.headers["location"]) == (303, "/login?again=1&next=/security")
    assert stranger.status == 403
    assert await place.do(guarding.guard) == before
    assert {each.action for each in (await owner.get("/security")).forms} == {"/logout"}


async def test_whoever_shows_again_that_it_is_them_may(place: Place) -> None:
    owner = await place.owner()
    secret, _ = await enrol(place, owner)
    place.clock.move(hours=1)
    page = await owner.get("/login", again="1", next="/security")

    half = await owner.submit(page.form, password=PASSWORD)
    done = await owner.submit(half.form, code=shown(place, secret))
    stopped = await owner.submit(form(await owner.get("/security"), "/security/codes/stop"))

    assert (page.status, half.status, done.headers["location"], stopped.status) == (200, 200, "/security", 303)
    assert (await place.do(guarding.guard)).more is False
    assert (await halfway(place.browser())).status == 303


async def test_new_recovery_codes_are_shown_once(place: Place) -> None:
    owner = await place.owner()
    _, old = await enrol(place, owner)

    page = await owner.submit(form(await owner.get("/security"), "/security/recovery"))

    assert (len(recovery(page)), set(old) & set(recovery(page))) == (10, set())
    assert recovery(await owner.get("/security")) == []


async def test_scripts_are_allowed_only_where_a_passkey_needs_one(place: Place) -> None:
    owner = await place.owner()
    before = await place.browser().get("/login")
    page = await owner.submit(form(await owner.get("/security"), "/security/passkeys"))
    await place.do(_passkey)
    after = await place.browser().get("/login")

    policies = [each.headers["content-security-policy"] for each in (before, page, after, await owner.get("/security"))]

    assert ["script-src 'self'" in policy for policy in policies] == [False, True, True, False]
    assert not any("unsafe" in policy for policy in policies)
    assert ("<script>" in page.text, page.text.count("<script")) == (False, 1)


def _passkey(tx: Tx) -> None:
    guarding.prepare_passkeys(tx)
    guarding.add_passkey(tx, name="phone", id_=b"1", public_key=b"key", counter=0, transports=())


@pytest.mark.parametrize("answer", ["x", "{}", "[]", '{"rawId": "MQ", "response": {}}'])
async def test_a_passkey_that_is_none_opens_nothing_and_pauses_nobody(place: Place, answer: str) -> None:
    await place.do(_passkey)
    browser = place.browser()
    login = (await browser.get("/login")).form

    pages = [await browser.submit(login, passkey=answer) for _ in range(7)]

    assert {(each.status, tuple(each.problems[:1])) for each in pages} == {
        (403, ("That passkey does not open this door.",))
    }
    assert (await browser.submit(login, password=PASSWORD)).status == 303


async def test_what_cannot_be_is_said(place: Place) -> None:
    owner = await place.owner()
    seal = (await owner.get("/security")).forms[0].fields["seal"]

    asked = await owner.post("/security/passkeys/ask", {"seal": seal, "wanted": "1"})
    gone = await owner.post("/security/passkeys/remove", {"seal": seal, "id": "MQ=="})
    broken = await owner.post("/security/passkeys/add", {"seal": seal, "name": "x", "passkey": "x"})

    assert [each.status for each in (asked, gone, broken)] == [422] * 3
    assert "Add a passkey first." in asked.text
    assert "The passkey could not be added" in broken.text


# Browsers -------------------------------------------------------------------------------------------------------------
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def test_browsers_are_listed_in_words_and_ended_one_by_one(place: Place) -> None:
    owner, browser = await place.owner(), place.browser()
    login = (await browser.get("/login")).form
    await browser.ask("POST", "/login", form={**login.fields, "password": PASSWORD}, headers={"User-Agent": FIREFOX})
    third = await place.owner()
    listed = await owner.get("/browsers")
    first, *_ = [each for each in listed.forms if each.action == "/browsers/end"]

    await owner.submit(first)
    left = [(await each.get("/apps")).status for each in (owner, browser, third)]
    await owner.submit((await owner.get("/browsers")).forms[-1])

    assert "Firefox on Linux" in listed.text
    assert "140" not in listed.text
    assert sorted(left) == [200, 200, 303]
    assert [(await each.get("/apps")).status for each in (owner, browser, third)] == [200, 303, 303]


async def test_the_use_of_a_browser_is_noted_by_the_hour(place: Place) -> None:
    first, second = await place.owner(), await place.owner()

    place.clock.move(hours=5)
    await second.get("/apps")
    place.clock.move(minutes=30)
    page = await first.get("/browsers")

    assert "used in the last two hours" in page.text
    assert "this one" in page.text


async def test_only_the_owner_ends_browsers(place: Place) -> None:
    owner, stranger = await place.owner(), place.browser()
    seal = (await stranger.get("/login")).form.fields["seal"]

    pages = [await stranger.post("/browsers/end", {"seal": seal, "session": "others"}), await stranger.get("/browsers")]
    odd = await owner.post(
        "/browsers/end", {"seal": (await owner.get("/apps")).forms[0].fields["seal"], "session": "zz"}
    )

    assert [each.headers["location"] for each in pages] == ["/login?next=/browsers"] * 2
    assert (odd.status, (await owner.get("/apps")).status) == (303, 200)


async def test_the_overview_leads_everywhere(place: Place) -> None:
    owner = await place.owner()
    place.clock.move(seconds=timedelta(minutes=1).total_seconds())

    page = await owner.get("/owner")

    links = set(re.findall(r'href="(/[a-z]+)"', page.text))
    assert {"/apps", "/browsers", "/drafts", "/security", "/welcome", "/compatibility", "/moderation"} <= links
    assert "Your password is enough to come in" in page.text
    assert (await place.browser().get("/owner")).headers["location"] == "/login?next=/owner"
