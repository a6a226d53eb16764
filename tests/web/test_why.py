"""The owner asks why something never came, and reads what `smallfed ledger why` says."""

from html import unescape

import pytest

from smallfed.domain.refusal import Path
from smallfed.domain.rule import Action, Verdict
from smallfed.services import blocking, explaining
from smallfed.store import accounts, refusals
from smallfed.store.refusals import Came
from smallfed.store.tx import Tx
from smallfed.web.why import NEEDED
from tests.pages.place import Place
from tests.world import acquaint, say

EVE = "https://bad.example/users/eve"


def furnish(tx: Tx) -> None:
    """Let bad.example be blocked, something of eve's be refused, and bob's post be here."""
    say(tx, acquaint(tx, "bob@far.example"), uri="https://far.example/notes/1")
    blocking.block_domain(tx, "bad.example")
    came = Came(path=Path.INBOX, actor=EVE, host="bad.example", type="Create", object=f"{EVE}/1")
    refusals.write(tx, came, Verdict(Action.REJECT, "It says <b>coins</b>.", "keyword: coins"))


@pytest.mark.parametrize(
    "about",
    [
        "bad.example",
        "@bob@far.example",
        "https://far.example/notes/1",
        f"{EVE}/1",
        EVE,
        "  far.example ",
        "a.b.example",
    ],
)
async def test_it_says_what_the_command_says(place: Place, about: str) -> None:
    owner = await place.owner()
    await place.parts.db.write(furnish)

    page = await owner.get("/why", about=about)

    found = await place.parts.db.read(explaining.why, about)
    text = unescape(page.text)
    assert page.status == 200
    assert [one.why for one in found if f"<bdi>{one.why}</bdi>" not in text] == []
    assert page.text.count('<span class="tag">') == len(found)
    assert ("it never came" in text) is (not found)
    assert page.forms[-1].fields["about"] == about.strip()


async def test_what_was_said_is_escaped(place: Place) -> None:
    owner = await place.owner()
    await place.parts.db.write(furnish)

    page, odd = await owner.get("/why", about=f"{EVE}/1"), await owner.get("/why", about='"><script>alert(1)</script>')

    assert "It says &lt;b&gt;coins&lt;/b&gt;." in page.text
    assert odd.status == 422
    assert "<script" not in page.text + odd.text


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("", NEEDED),
        (" \t", NEEDED),
        ("what", "'what' is no address, no @user@example.org and no server."),
        ("@@", "'@@' is nobody; it should look like @user@example.org"),
        ("https://", "'https://' is no address"),
        ("a\x00b.example", "is no address"),
        ("\ufffd\u202e", "is no address"),
        ("x" * 5000, "is no address"),
        (f"https://far.example/{'x' * 5000}", "is no address"),
        (f"@{'x' * 5000}@far.example", "is nobody"),
    ],
    ids=range(10),
)
async def test_what_cannot_be_asked_is_said_clearly(place: Place, about: str, said: str) -> None:
    owner = await place.owner()

    page = await owner.get("/why", about=about)

    assert page.status == 422
    assert [said in unescape(problem) for problem in page.problems] == [True]


async def test_about_oneself(place: Place) -> None:
    owner = await place.owner()
    uri = (await place.parts.db.read(accounts.owner)).uri

    page = await owner.get("/why", about=uri)

    assert (page.status, "is yours: ask about what others send" in page.text) == (422, True)


async def test_without_a_question_there_is_a_field(place: Place) -> None:
    """Also among what was refused; whoever is not the owner comes back with the question after the login."""
    owner = await place.owner()

    page, ledger = await owner.get("/why"), await owner.get("/moderation")
    refused = await place.browser().get("/why", about="bad.example")

    assert (page.status, page.problems) == (200, [])
    assert [form.fields for form in (*page.forms, *ledger.forms) if form.action == "/why"] == [{"about": ""}] * 2
    assert refused.headers["location"] == "/login?next=/why%3Fabout%3Dbad.example"
