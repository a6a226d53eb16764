"""The owner sees who asks, what was complained of, what is held and what holds for servers."""

from typing import Any

from smallfed.domain.domain_block import Severity
from smallfed.domain.incoming import Flag
from smallfed.domain.refusal import Path
from smallfed.domain.report import Deed
from smallfed.domain.rule import Action, Family, Verdict
from smallfed.services import admitting, legislating, moderating, reporting
from smallfed.services.moderating import Wish
from smallfed.store import accounts, domain_blocks, follows, houses, refusals, reports
from smallfed.store.paging import Page
from smallfed.store.refusals import Came
from smallfed.store.reports import Choice
from smallfed.store.tx import Tx
from tests.pages.place import Place
from tests.world import acquaint, say

EVE = "https://bad.example/users/eve"


def furnish(tx: Tx) -> None:
    """Let bob ask, bad.example complain, and other.example be limited."""
    owner = accounts.owner(tx)
    accounts.change(tx, owner.id, locked=True)
    admitting.receive_follow(tx, acquaint(tx, "bob@far.example"), "https://far.example/follow/1")
    post = say(tx, owner, id=77, uri=f"{owner.uri}/notes/77", content="<p>my &lt;words&gt;</p>")
    flag = Flag(id=f"{EVE}#1", actor=EVE, objects=(post.uri,), comment="<b>rude</b>")
    assert reporting.receive(tx, flag) is None
    moderating.set_up(tx, "other.example", Wish(severity=Severity.SILENCE, mute=True, private_comment="noisy"))
    moderating.set_up(tx, "gone.example", Wish(severity=Severity.SUSPEND))
    moderating.allow(tx, "kept.example")
    legislating.make(tx, Family.KEYWORD, "coins", Action.HOLD)


def state(tx: Tx) -> Any:
    (report,) = reports.newest(tx, Page(limit=2), Choice())
    bob = accounts.find_handle(tx, "bob", "far.example")
    assert bob is not None
    return report.deeds, follows.has(tx, bob.id, houses.owner_id(tx))


async def test_all_of_it_is_there(place: Place) -> None:
    owner = await place.owner()
    empty = await owner.get("/moderation")
    await place.parts.db.write(furnish)

    page = await owner.get("/moderation")

    for words in ("Nobody.", "None is open.", "Nothing waits for your look.", "You keep none away."):
        assert words in empty.text
    for words in (
        "@bob@far.example",
        "You decide about everybody yourself.",
        "bad.example about you",
        "&lt;b&gt;rude&lt;/b&gt;",
        "my &lt;words&gt;",
        "limited, muted",
        "noisy",
        "blocked, follows frozen",
        "kept.example",
    ):
        assert words in page.text, words
    assert "users/eve" not in page.text


async def test_what_has_no_spaces_is_cut_where_it_is_too_long(place: Place) -> None:
    """Not at the last space before that, which may be after the first word."""
    owner, words = await place.owner(), "spam: " + "広告" * 300
    await place.parts.db.write(furnish)
    (report,) = await place.do(reports.newest, Page(limit=2), Choice())
    await place.do(reports.change, report.id, comment=words)

    page = await owner.get("/moderation")

    assert words[:490] in page.text
    assert words not in page.text


async def test_decided_there(place: Place) -> None:
    owner, stranger = await place.owner(), place.browser()
    await place.parts.db.write(furnish)
    forms = {form.action.rpartition("/")[2]: form for form in (await owner.get("/moderation")).forms if form.action}
    seal = (await stranger.get("/login")).form.fields["seal"]

    refused = [await stranger.get("/moderation"), await stranger.post(forms["accept"].action, {"seal": seal})]
    untouched = await place.parts.db.read(state)
    done = [await owner.submit(forms[name]) for name in ("accept", "dismiss")]
    late = await owner.submit(forms["reject"])
    odd = await owner.post(forms["accept"].action.replace("accept", "love"), forms["accept"].fields)

    assert [each.headers["location"] for each in refused] == ["/login?next=/moderation"] * 2
    assert untouched == ((), False)
    assert [each.headers["location"] for each in (*done, late, odd)] == ["/moderation"] * 4
    assert await place.parts.db.read(state) == ((Deed.DISMISSED,), True)


def hold(tx: Tx) -> None:
    """Let a rule hold what somebody says."""
    author = acquaint(tx, "s8@old8.example")
    raw = b'{"content": "<p>coins for <b>you</b></p>"}'
    came = Came(path=Path.POST, actor=author.uri, host=author.host, type="Note", object=f"{author.uri}/1", raw=raw)
    refusals.put(tx, came, Verdict(Action.HOLD, "It says 'coins'.", "rule 1: keyword coins"))


async def test_what_is_held_is_let_in(place: Place) -> None:
    owner, stranger = await place.owner(), place.browser()
    await place.parts.db.write(furnish)
    await place.parts.db.write(hold)
    page = await owner.get("/moderation")
    (form,) = [form for form in page.forms if form.action.startswith("/moderation/held/")]
    seal = (await stranger.get("/login")).form.fields["seal"]

    refused = await stranger.post(form.action, {"seal": seal})
    done = [await owner.submit(form), await owner.submit(form)]
    afterwards = await owner.get("/moderation")

    assert "@s8@old8.example" in page.text
    assert "coins for you" in page.text
    assert refused.headers["location"] == "/login?next=/moderation"
    assert [each.headers["location"] for each in done] == ["/moderation"] * 2
    (line,) = await place.parts.db.read(lambda tx: refusals.newest(tx, refusals.Which(), limit=9))
    assert line.released_at is not None
    assert "/moderation/held/" not in afterwards.text


async def test_what_is_kept_away_twice_does_not_come_back_by_one_lifting(place: Place) -> None:
    owner = await place.owner()
    await place.parts.db.write(furnish)
    alone = await place.parts.db.write(domain_blocks.of, "gone.example")
    assert alone is not None
    before = await owner.get(f"/blocks/{alone.id}")

    await place.parts.db.write(moderating.close, closed=True)
    page, all_of_it = await owner.get(f"/blocks/{alone.id}"), await owner.get("/moderation")

    assert "Nothing: nobody of that server is known here." in before.text
    assert "Nothing. Only servers that you allow are let in. To let it in all the same:" in page.text
    assert "nobody of that server" not in page.text
    assert "Only these are let in: kept.example." in all_of_it.text
