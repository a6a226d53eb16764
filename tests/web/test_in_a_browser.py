"""Our pages in a real browser: the first run of a newcomer, and how everything looks on phones and screens."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.chromium import Window, chromium
from tests.imaging.samples import drawn, saved
from tests.outside.people import OUT_OF_BAND, App, whoami
from tests.outside.test_media import upload
from tests.processes import FRONT, PASSWORD, Laboratory, Server, eventually, free_port, laboratory
from tests.strangers import Stranger

ALICE = "https://home.example/users/alice"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
RTL = "هذا خادم (spam!) وكل ما فيه، 123"
PAGES = [
    "/@alice",
    "/@alice/THREAD",
    "/@alice/CLOSED",
    "/@alice/POLL",
    "/@alice/QUOTE",
    "/@alice/LOCAL",
    "/@alice/PICTURES",
    "/@alice/1",
    "/tags/longwords",
    "/about",
    "/authorize_interaction?uri=https://far.example/users/bob/statuses/1234567890123456789012345678901234567890",
    "/login",
    "/apps",
    "/blocklists?about=far.example",
    "/blocks/BLOCK",
    "/browsers",
    "/compatibility",
    "/drafts",
    "/moderation",
    "/owner",
    "/preferences",
    "/relays",
    "/review",
    "/security",
    "/severed_relationships",
    "/welcome",
    f"/why?about=https://xn--80ak6aa92e.example/{'a-long-way' * 20}",
    "/why?about=xn--80ak6aa92e.example",
    "/oauth/authorize?APP",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with laboratory(Path(tmp_path_factory.mktemp("lab"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(lab: Laboratory) -> Iterator[Any]:
    with chromium(f"--host-resolver-rules=MAP home.example {FRONT}:{lab.front.port}") as opened:
        yield opened


@pytest.fixture(scope="module")
def home(browser: Any, lab: Laboratory) -> Iterator[Server]:
    """The house of Alice, with a thread in which a stranger takes part, and with everything that is hard to set."""
    bob = Stranger(lab, "far.example")
    server = lab.server("home.example")
    server.setup("alice", "--name", "Alice Liddell")
    furnish(server.start(), bob)
    subscribe(server)
    yield server
    bob.close()


def furnish(home: Server, bob: Stranger) -> None:
    """Let Alice say what pages have to cope with."""
    token = home.token()
    home.command("relays", "add", "https://a-relay-with-a-long-name.example/inbox", "--kind", "mastodon")
    fields = [{"name": "Where", "value": "Oxford"}, {"name": "Page", "value": f"https://alice.example/{'x' * 80}"}]
    note = "Fell down a hole.\nNow writes about it: #wonderland"
    home.api("PATCH", "/api/v1/accounts/update_credentials", token, note=note, fields_attributes=fields)

    def say(text: str, **more: object) -> str:
        return str(home.api("POST", "/api/v1/statuses", token, status=text, **more)["id"])

    say(f"A long word: {LONG} #longwords")
    say(f"https://example.org/{'a-long-way/' * 20}")
    say("What is in here may be frightening", spoiler_text="The Jabberwock, with eyes of flame")
    say(
        "A *list*, a `word` and code:\n\n- one\n- two\n\n```\n" + "x = 1 " * 40 + "\n```\n\n> quoted",
        content_type="text/markdown",
    )
    thread = say("Would you tell me, please, which way I ought to walk from here?")
    uri = f"{ALICE}/notes/{thread}"
    answer = bob.mention(ALICE, "<p>That depends a good deal on where you want to get to.</p>", inReplyTo=uri)
    bob.post(home, bob.create(answer))
    parent = eventually(lambda: descendants(home, thread))[0]["id"]
    held = f'<p>{LONG} <a href="https://shop.example/{"a-long-way/" * 9}">here</a></p>'
    bob.post(home, bob.create(bob.mention(ALICE, held)))
    say("I don't much care where", in_reply_to_id=parent)
    say(f"Which {LONG}?", poll={"options": ["To the Hatter", "x" * 50], "expires_in": 3600, "multiple": True})
    say("مرحبا بكم في بيتي", language="ar")
    say("Eat me", local_only=True)
    say("Drink me", scheduled_at="2100-01-01T00:00:00Z")
    say(LONG, scheduled_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    say("Three doors", media_ids=[hang(home, token, size) for size in ((1200, 300), (300, 1200), (40, 40))])
    say("A tall one", media_ids=[hang(home, token, (300, 1200))])
    home.api("POST", f"/api/v1/statuses/{thread}/favourite", token)
    say("As I asked, and am asking still", quoted_status_id=thread)
    home.api("POST", f"/api/v1/statuses/{thread}/pin", token)


def subscribe(home: Server) -> None:
    """Let a list say something of servers that nobody here has to do with."""
    file = home.data.parent / "a-list-with-a-long-name.csv"
    hosts = ["shop.example", "spam.example", f"{'a-long-name-' * 4}b.{'a-long-name-' * 4}c.example"]
    file.write_text("domain,severity,public_comment\n" + "".join(f"{host},suspend,{LONG}\n" for host in hosts))
    home.command("lists", "add", str(file), "--weight", "2", "--automatic")
    home.command("lists", "add", str(file), "--name", LONG[:90])
    home.command("block", "xn--80ak6aa92e.example", "--yes")
    home.command("block", f"{'a' * 60}.{'b' * 60}.example", "--private-comment", f"{RTL} {LONG}", "--yes")


def hang(home: Server, token: str, size: tuple[int, int]) -> str:
    """Upload a picture; those that are wide are described."""
    width, height = size
    picture = str(upload(home, token, saved(drawn(width, height), "PNG")).json()["id"])
    if width > height:
        home.api("PUT", f"/api/v1/media/{picture}", token, description="A door " * 40)
    eventually(lambda: home.call("GET", f"/api/v1/media/{picture}", token).status == 200)
    return picture


def descendants(home: Server, post: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = home.api("GET", f"/api/v1/statuses/{post}/context")["descendants"]
    return found


@pytest.fixture(scope="module")
def addresses(home: Server) -> dict[str, str]:
    """Return what is named in PAGES."""
    me = home.api("GET", "/api/v1/accounts/lookup?acct=alice")["id"]
    posts = home.api("GET", f"/api/v1/accounts/{me}/statuses", home.token("read"))
    scopes = "read write follow push admin:read"
    app = App(home, redirect="https://an-app-with-a-long-name.example/back", scopes=scopes)
    return {
        "THREAD": next(post["id"] for post in posts if "which way" in post["content"]),
        "CLOSED": next(post["id"] for post in posts if post["spoiler_text"]),
        "POLL": next(post["id"] for post in posts if post["poll"]),
        "QUOTE": next(post["id"] for post in posts if post["quote"]),
        "PICTURES": next(post["id"] for post in posts if len(post["media_attachments"]) == 3),
        "TALL": next(post["id"] for post in posts if "A tall one" in post["content"]),
        "BLOCK": home.api("GET", "/api/v1/admin/domain_blocks", home.token("admin:read"))[0]["id"],
        "LOCAL": next(post["id"] for post in posts if post["local_only"]),
        "APP": urlencode(app.request()),
    }


def address(path: str, addresses: dict[str, str]) -> str:
    for name, value in addresses.items():
        path = path.replace(name, value)
    return f"https://home.example{path}"


@pytest.fixture(scope="module")
def session(browser: Any, home: Server) -> Any:
    """Return what a browser keeps of the owner who has logged in."""
    with Window(browser) as window:
        page = window.open("https://home.example/login")
        page.fill("#password", PASSWORD)
        page.click("text=Log in")
        page.wait_for_url("**/owner")
        assert window.complaints == []
        return window.context.storage_state()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (1280, "light")])
def test_every_page_fits_and_can_be_read(
    browser: Any, session: Any, addresses: dict[str, str], width: int, scheme: str
) -> None:
    """No sideways scrolling, no faint writing, nothing without a name, no complaint, with all that is closed opened."""
    with Window(browser, width=width, scheme=scheme, storage_state=session) as window:
        found = {}
        for path in PAGES:
            page = window.open(address(path, addresses))
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            complaints = [each for each in window.complaints if not (path == "/@alice/1" and "404" in each)]
            found[path] = [*window.overflow, *window.faint, *window.unnamed, *complaints]
            window.complaints.clear()

    assert {path: problems for path, problems in found.items() if problems} == {}


def test_every_page_fits_when_the_writing_is_twice_as_large(
    browser: Any, session: Any, addresses: dict[str, str]
) -> None:
    """WCAG 2.2, 1.4.4, even on a phone."""
    with Window(browser, width=390, storage_state=session) as window:
        sizes = {"fontSizes": {"standard": 32, "fixed": 26}}
        window.context.new_cdp_session(window.page).send("Page.setFontSizes", sizes)
        found = {}
        for path in PAGES:
            page = window.open(address(path, addresses))
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            found[path] = window.overflow

    assert {path: problems for path, problems in found.items() if problems} == {}


@pytest.mark.parametrize("path", ["/@alice/PICTURES", "/@alice/TALL"])
def test_pictures_have_their_room_before_they_are_there(browser: Any, addresses: dict[str, str], path: str) -> None:
    """Nothing jumps when they come, and none is larger than a screen."""
    with Window(browser, width=390) as window:
        held: list[Any] = []
        window.context.route("**/media/files/*", lambda route: held.append(route))
        pictures = window.open(address(path, addresses)).locator(".gallery img").all()
        before = [each.bounding_box() for each in pictures]
        for route in held:
            route.continue_()
        for each in pictures:
            eventually(lambda each=each: each.evaluate("picture => picture.naturalWidth"))
        after = [each.bounding_box() for each in pictures]

    assert before == after
    assert all(20 < box["height"] <= 600 for box in after)


def test_what_is_behind_a_warning_is_closed(browser: Any, addresses: dict[str, str]) -> None:
    with Window(browser) as window:
        page = window.open(address("/@alice/CLOSED", addresses))
        before = page.get_by_text("may be frightening").is_visible()

        page.click("summary")

        assert (before, page.get_by_text("may be frightening").is_visible()) == (False, True)


def test_a_thread_is_read_from_top_to_bottom(browser: Any, addresses: dict[str, str]) -> None:
    with Window(browser) as window:
        text = window.open(address("/@alice/THREAD", addresses)).inner_text("main")

    said = ["which way I ought to walk", "a good deal on where", "I don't much care where"]
    assert [text.find(each) for each in said] == sorted(text.find(each) for each in said)
    assert all(each in text for each in said)


def test_what_is_pinned_comes_first_and_once(browser: Any, addresses: dict[str, str]) -> None:
    with Window(browser) as window:
        posts = window.open(address("/@alice", addresses)).locator(".post")
        notes = posts.all_inner_texts()
        places = [each.get_attribute("id") for each in posts.all()]

    assert ["Pinned" in note for note in notes] == [True, *[False] * (len(notes) - 1)]
    assert places[0] == f"post-{addresses['THREAD']}"
    assert len(set(places)) == len(places)


def test_a_poll_can_be_read_out_and_fits_its_bar(browser: Any, addresses: dict[str, str]) -> None:
    """Each bar has the name of its option; the bar is as wide as the list, and what is filled no wider."""
    with Window(browser, width=390) as window:
        page = window.open(address("/@alice/POLL", addresses))
        names = [page.get_by_role("meter", name=name).count() for name in ("To the Hatter", "x" * 50)]
        wide = [each.bounding_box()["width"] for each in page.locator(".poll ul, .poll meter").all()]

    assert names == [1, 1]
    assert len(set(wide)) == 1


def test_a_quote_leads_to_what_is_quoted(browser: Any, addresses: dict[str, str]) -> None:
    with Window(browser) as window:
        page = window.open(address("/@alice/QUOTE", addresses))
        card = page.locator(".quote").inner_text()
        page.click(".quote .moment")
        page.wait_for_url(f"**/@alice/{addresses['THREAD']}")
        after = page.locator(".post.chosen").inner_text()

    assert "which way I ought to walk" in card
    assert "RE:" not in card
    assert "Verified: 1 favourite, each signed" in after


def test_pages_are_of_use_to_a_keyboard(browser: Any, addresses: dict[str, str]) -> None:
    """The first stop is a way past what is the same on all pages, and it can be seen."""
    with Window(browser) as window:
        page = window.open(address("/@alice", addresses))
        skip = page.get_by_text("Skip to the content")
        before = skip.bounding_box()["x"]

        page.keyboard.press("Tab")

        assert page.evaluate("document.activeElement.innerText") == "Skip to the content"
        assert (before < 0, skip.bounding_box()["x"] >= 0) == (True, True)


def test_an_app_in_the_browser_is_let_in_over_https(browser: Any, home: Server, session: Any) -> None:
    """The page leads back to the app, although its policy lets forms lead nowhere else."""
    app = App(home, redirect="https://home.example/about?back", scopes="read")
    with Window(browser, storage_state=session) as window:
        page = window.open(f"https://home.example/oauth/authorize?{urlencode(app.request())}")
        page.click("text=Let it in")
        page.wait_for_url("**/about?back&code=*")
        code = re.search(r"code=([^&]+)", page.url)

        complaints = window.complaints

    assert complaints == []
    assert code is not None
    assert whoami(home, app.exchange(code[1]).json()["access_token"]) == 200


# The first run --------------------------------------------------------------------------------------------------------
@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Server]:
    """A server as it comes, on this machine."""
    port = free_port()
    server = Server(
        tmp_path / "newcomer",
        domain=f"localhost:{port}",
        environment={"SMALLFED_SERVER_BIND": f"127.0.0.1:{port}", "SSH_CONNECTION": ""},
    )
    server.port = port
    server.launch()
    yield server
    server.stop()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark")])
def test_a_newcomer_moves_in_and_lets_an_app_in(browser: Any, empty: Server, width: int, scheme: str) -> None:
    """Open the printed address, make a mistake, read what follows, let an app in with a code, see the first post."""
    printed = eventually(lambda: re.search(r"http://localhost:\S+/setup\?token=\S+", empty.log.read_text()))[0]
    with Window(browser, width=width, scheme=scheme) as window:
        page = window.open(printed)
        first = [*window.overflow, *window.faint]
        page.get_by_label("Handle", exact=True).fill("alice")
        page.get_by_label("Display name").fill("Alice")
        page.get_by_label("Password").fill("short")
        page.get_by_text("Just trying it here").click()
        page.click("text=Move in")
        page.wait_for_selector(".alert")
        mistaken = page.inner_text(".problem"), window.overflow, window.faint
        page.get_by_label("Password").fill(PASSWORD)
        page.click("text=Move in")
        page.wait_for_selector("text=You have moved in")
        welcome = window.text, window.overflow, window.faint

        app = App(empty, redirect=OUT_OF_BAND, scopes="read write")
        page = window.open(f"{empty_base(empty)}/oauth/authorize?{urlencode(app.request())}")
        asked_for_password = page.locator("#password").count()
        page.click("text=Let it in")
        code = page.inner_text("#code")
        token = app.exchange(code).json()["access_token"]
        empty.api("POST", "/api/v1/statuses", token, status="Hello from my own place")
        page = window.open(f"{empty_base(empty)}/")
        profile, complaints = window.text, [c for c in window.complaints if not c.startswith("422")]
        landed = page.url

    assert first == []
    assert (mistaken[1], mistaken[2]) == ([], [])
    assert "10 characters" in mistaken[0]
    assert f"@alice@localhost:{empty.port}" in welcome[0]
    assert f"toot login --instance {empty_base(empty)}" in welcome[0]
    assert (welcome[1], welcome[2]) == ([], [])
    assert asked_for_password == 0
    assert landed == f"{empty_base(empty)}/@alice"
    assert "Hello from my own place" in profile
    assert [c for c in complaints if "422" not in c] == []


def empty_base(server: Server) -> str:
    return f"http://localhost:{server.port}"
