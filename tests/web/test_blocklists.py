"""The owner sees lists of others, what they would cut, and because of whom something holds; and decides."""

from typing import Any

import pytest

from smallfed.domain.domain_block import Origin, Severity
from smallfed.domain.refusal import Path
from smallfed.services import judging, moderating, reckoning, trusting
from smallfed.services.moderating import Wish
from smallfed.store import accounts, blocklists, domain_blocks, findings, follows, houses, refusals
from smallfed.store.paging import Page as Rows
from smallfed.store.refusals import Came
from smallfed.store.tx import Tx
from tests.pages.place import Form, Page, Place
from tests.world import acquaint, befriend, say

URL = "https://lists.example/blocks.csv"
LIST = b"domain,severity,public_comment\nbad.example,suspend,spam\nfriend.example,suspend,\nloud.example,silence,\n"
WISH = {"url": URL, "name": "Their list", "weight": "2", "ceiling": "suspend", "labels": "", "every_hours": "24"}


def furnish(tx: Tx) -> None:
    """Let bob of friend.example be followed; he has said something. Somebody of bad.example is known, no more."""
    owner, bob = accounts.owner(tx), acquaint(tx, "bob@friend.example")
    befriend(tx, owner, bob)
    say(tx, bob, id=7, uri="https://friend.example/notes/7")
    for handle in ("eve@bad.example", "a@one.bad.example", "b@two.bad.example"):
        acquaint(tx, handle)


def state(tx: Tx) -> Any:
    """Return what holds, by name and by whose word, and whether bob is followed."""
    bob = accounts.find_handle(tx, "bob", "friend.example")
    assert bob is not None
    rows = {one.domain: (one.severity.value, one.origin.value) for one in domain_blocks.newest(tx, Rows(limit=-1))}
    return rows, follows.has(tx, accounts.owner(tx).id, bob.id)


def form(page: Page, action: str, **fields: str) -> Form:
    """Return the form of a page that leads there, and says this already."""
    (found,) = [one for one in page.forms if one.action == action and fields.items() <= one.fields.items()]
    return found


@pytest.fixture
async def furnished(place: Place) -> Place:
    await place.do(furnish)
    place.parts.http.put(URL, LIST, type_="text/csv")  # type: ignore[attr-defined]
    return place


async def subscribe(place: Place, **more: str) -> Page:
    """Subscribe as the page does."""
    owner = await place.owner()
    page = await owner.get("/blocklists")
    new = Form(action="/blocklists", fields={"seal": form(page, "/blocklists", url="").fields["seal"], **WISH})
    return await owner.submit(new, **{"do": "subscribe", **more})


async def test_what_a_list_would_do_is_seen_before(furnished: Place) -> None:
    """With those named who would be cut; nothing happens, and what was typed is still there."""
    seen = await subscribe(furnished, do="preview")

    for words in (
        "It has 3 entries",
        "It has 2 servers below it that are known here",
        "2 blocks and 1 limit",
        "cut 1 person you follow",
        "You follow @bob@friend.example",
    ):
        assert words in seen.text, words
    assert form(seen, "/blocklists", url=URL, name="Their list").fields["weight"] == "2"
    assert await furnished.do(blocklists.every) == []


async def test_nobody_is_cut_off_before_it_is_decided_here(furnished: Place) -> None:
    """What cuts nobody off is agreed to at once; of the others each is decided by itself, and can be left to lists."""
    owner = await furnished.owner()
    moved = await subscribe(furnished)
    page = await owner.get("/blocklists")
    before = await furnished.do(state)

    await owner.submit(form(page, "/blocklists/agree"))
    agreed = await furnished.do(state)
    await owner.submit(form(page, "/blocklists/decide", subject="friend.example", choice="agree"))
    cut = await furnished.do(state)
    after = await owner.get("/blocklists", about="friend.example")
    asked = form(after, "/blocklists/decide", subject="friend.example", choice="ignore", asked="1")
    decided = await owner.submit(asked)
    left = await furnished.do(state)
    again = await owner.get("/blocklists")
    back = await owner.submit(form(again, "/blocklists/decide", subject="friend.example", choice="lists"))

    assert moved.headers["location"] == "/blocklists"
    assert back.headers["location"] == "/blocklists?about=friend.example#about"
    assert before == ({}, True)
    for words in (
        "Agree to 2",
        "loud.example",
        "Their list",
        "3 entries",
        "weight 2, at most block, asks you",
        "You follow @bob@friend.example",
    ):
        assert words in page.text, words
    others = {"bad.example": ("suspend", "lists"), "loud.example": ("silence", "lists")}
    assert agreed == (others, True)
    assert cut == ({"friend.example": ("suspend", "lists"), **others}, False)
    for words in (
        "Their list</bdi> says block since",
        "Together they come to: block",
        "2 servers",
        "Because of Their list",
    ):
        assert words.replace("2 servers", "3 servers") in after.text, words
    assert left == (others, True)
    assert decided.headers["location"] == "/blocklists?about=friend.example#about"
    assert "left alone" in again.text
    assert [one.subject for one in await furnished.do(findings.waiting)] == ["friend.example"]


async def test_a_list_is_trusted_otherwise_taken_back_and_dropped(furnished: Place) -> None:
    """Each at once; what it held ends with it."""
    owner = await furnished.owner()
    await subscribe(furnished, automatic="1")
    held = (await furnished.do(state))[0]
    (known,) = await furnished.do(blocklists.every)
    page = await owner.get("/blocklists")
    base = f"/blocklists/{known.id}"

    changed = await owner.submit(form(page, f"{base}/change"), ceiling="silence", weight="9", automatic="1")
    mild = (await furnished.do(state))[0]
    wrong = await owner.submit(form(page, f"{base}/change"), weight="1000")
    await owner.submit(form(page, f"{base}/retract"))
    nothing = (await furnished.do(state))[0]
    resting = await owner.get("/blocklists")
    await owner.submit(form(resting, f"{base}/resume"))
    await owner.submit(form(page, f"{base}/refresh"))
    back = (await furnished.do(state))[0]
    await owner.submit(form(page, f"{base}/remove"))
    late = await owner.submit(form(page, f"{base}/remove"))

    assert held == {"bad.example": ("suspend", "lists"), "loud.example": ("silence", "lists")}
    assert changed.headers["location"] == "/blocklists"
    assert mild == back == dict.fromkeys(held, ("silence", "lists"))
    assert (wrong.status, "a weight is a number from 1 to 255" in wrong.text) == (422, True)
    assert nothing == {}
    assert "taken back" in resting.text
    assert late.headers["location"] == "/blocklists"
    assert await furnished.do(blocklists.every) == []
    assert (await furnished.do(state))[0] == {}


async def test_a_list_that_is_not_believed(furnished: Place) -> None:
    """What it said counts until the owner believes it."""
    owner = await furnished.owner()
    await subscribe(furnished, automatic="1")
    furnished.parts.http.put(URL, b"domain,severity\n", type_="text/csv")  # type: ignore[attr-defined]
    (known,) = await furnished.do(blocklists.every)
    await owner.submit(form(await owner.get("/blocklists"), f"/blocklists/{known.id}/refresh"))

    page = await owner.get("/blocklists")
    held = (await furnished.do(state))[0]
    await owner.submit(form(page, f"/blocklists/{known.id}/believe"))

    assert "not believed" in page.text
    assert "It is empty, and named 3 before" in page.text
    assert set(held) == {"bad.example", "loud.example"}
    assert (await furnished.do(state))[0] == {}


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"url": "blocks.csv"}, "is no address of a list"),
        ({"url": "blocks.csv", "do": "preview"}, "is not a URL"),
        ({"url": "https://lists.example/gone.csv", "do": "preview"}, "404"),
        ({"weight": "many"}, "weight"),
        ({"weight": "0"}, "a weight is a number from 1 to 255"),
        ({"ceiling": "shout"}, "suspend, silence or noop"),
        ({"name": "x" * 200}, "1 to 100 characters"),
    ],
)
async def test_what_cannot_be_subscribed_to(furnished: Place, wish: dict[str, str], words: str) -> None:
    """It is said why, and what was typed is still there."""
    page = await subscribe(furnished, **wish)

    assert (page.status, words in page.text) == (422, True)
    assert form(page, "/blocklists", url=wish.get("url", URL)).fields["name"] == wish.get("name", "Their list")
    assert await furnished.do(blocklists.every) == []


async def test_what_the_owner_lets_in_is_said_where_it_is_looked_for(furnished: Place) -> None:
    owner = await furnished.owner()
    await furnished.do(moderating.allow, "friend.example")

    below = await owner.get("/blocklists", about="far.friend.example")
    other = await owner.get("/blocklists", about="stranger.example")

    assert "You let friend.example in, whatever lists say." in below.text
    assert "You let" not in other.text


async def test_nobody_else_sees_or_decides(furnished: Place) -> None:
    """They are sent to the login; who is nobody, and what is no choice, is told so."""
    owner, stranger = await furnished.owner(), furnished.browser()
    seal = (await stranger.get("/login")).form.fields["seal"]
    moderating_id = (await furnished.do(moderating.set_up, "x.example", Wish(severity=Severity.SUSPEND))).id
    paths = ("/blocklists", "/blocklists/agree", "/blocklists/decide", "/blocklists/1/remove")

    seen = [await stranger.get(path) for path in ("/blocklists", f"/blocks/{moderating_id}")]
    sent = [await stranger.post(path, {"seal": seal}) for path in (*paths, f"/blocks/{moderating_id}/lift")]
    page = await owner.get("/blocklists", about="not a name")
    seal = form(page, "/blocklists", url="").fields["seal"]
    odd = await owner.post("/blocklists/decide", {"seal": seal, "subject": "x.example", "choice": "love"})
    here = await owner.post("/blocklists/decide", {"seal": seal, "subject": "home.example", "choice": "block"})

    logins = ["/login?next=/blocklists", f"/login?next=/blocks/{moderating_id}"]
    assert [one.headers["location"] for one in seen] == logins
    assert [one.headers["location"] for one in sent] == [*logins[:1] * 4, logins[1]]
    assert "is not a domain" in page.text
    assert (odd.status, here.status) == (422, 422)
    assert "This server lives on home.example" in here.text


def turn_away(tx: Tx, type_: str) -> None:
    """Write down that friend.example has sent something."""
    about = "https://friend.example/1" if type_ == "Create" else f"{houses.get(tx).base}/users/alice"
    who = "https://friend.example/users/bob"
    came = Came(path=Path.DOOR, actor=who, host="friend.example", type=type_, object=about)
    refusals.put(tx, came, judging.blocked("friend.example"))


async def test_what_lifting_a_block_brings_back(furnished: Place) -> None:
    """It is seen before it is lifted; of the word of lists nothing is heeded afterwards."""
    owner = await furnished.owner()
    await furnished.do(moderating.set_up, "friend.example", Wish(severity=Severity.SUSPEND, private_comment="rude"))
    await furnished.do(trusting.subscribe, URL, trusting.Trust(weight=2, automatic=True, name="Their list"))
    await furnished.parts.trusting.refresh(await furnished.do(blocklists.get, "Their list"))
    await furnished.parts.trusting.reckon()
    own = await furnished.do(domain_blocks.of, "friend.example", Origin.OWNER)
    by_lists = await furnished.do(domain_blocks.of, "bad.example", Origin.LISTS)
    assert own is not None
    assert by_lists is not None

    for type_ in ("Create", "Like"):
        await furnished.do(turn_away, type_)

    standing = await owner.get("/moderation")
    first, second = [await owner.get(f"/blocks/{one.id}") for one in (own, by_lists)]
    gone = [
        await owner.submit(form(page, f"/blocks/{one.id}/lift")) for page, one in ((first, own), (second, by_lists))
    ]
    late = await owner.submit(form(first, f"/blocks/{own.id}/lift"))
    await furnished.parts.trusting.reckon()

    assert f'href="/blocks/{own.id}"' in standing.text
    assert f'href="/blocks/{by_lists.id}"' not in standing.text
    assert "limit 2 more" in standing.text
    for words in (
        "blocked, follows frozen",
        "rude",
        "1 person you followed",
        "@bob@friend.example",
        "1 post of 1 person",
        "1 thing is asked for again at that server, and 1 other cannot be had any more",
    ):
        assert words in first.text, words
    for words in ("By lists", "Because of Their list", "In public: <bdi>“spam”", "is not heeded from then on"):
        assert words in second.text, words
    assert [one.headers["location"] for one in (*gone, late)] == ["/moderation", "/blocklists", "/moderation"]
    rows, followed = await furnished.do(state)
    assert (set(rows), followed) == ({"loud.example"}, True)
    assert (await owner.get(f"/blocks/{own.id}")).status == 404
    await furnished.do(reckoning.forget, "bad.example")
    assert "bad.example" in (await furnished.do(state))[0]
