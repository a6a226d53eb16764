"""The owner brings a file of follows from another server: politely, durably, with a reason for what did not work."""

from itertools import pairwise

from msgspec import to_builtins
from trio.testing import MockClock

from smallfed.domain.bulk import Kind, Line
from smallfed.store import exports, imports
from smallfed.store.imports import Progress
from smallfed.translate import tables
from tests.fediverse.houses import Fediverse, House, plain


async def bring(house: House, kind: Kind, text: str, *, overwrite: bool = False) -> None:
    """Import a file as the command does."""
    lines = [to_builtins(line) for line in tables.read(text.encode(), kind) if isinstance(line, Line)]
    number = (await house.command("import.begin", kind=kind, overwrite=overwrite))["import"]
    await house.command("import.add", number=number, lines=lines)
    await house.command("import.start", number=number)


async def progress(house: House) -> Progress:
    assert house.app is not None
    return (await house.app.parts.db.read(imports.progress))[0]


async def followed(house: House) -> set[str]:
    assert house.app is not None
    return {line.address for line in await house.app.parts.db.read(exports.lines, "follows")}


async def test_follows_are_brought_along(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Who can be found is asked; who cannot is listed; what a server that is down has, comes when it is back."""
    alice, bob, carol, late = await fediverse.houses(
        "alice@a.example", "bob@b.example", "carol@c.example", "eve@e.example"
    )
    fediverse.wire.trouble["e.example"] = "refused"
    rows = ["@bob@b.example,false", "carol@c.example,true", "nobody@b.example,true", "eve@e.example,"]

    await bring(alice, "follows", "\n".join(["Account address,Show boosts", *rows]))
    await fediverse.wait(minutes=5)
    at_first = await progress(alice)
    assert alice.app is not None
    troubles = {each.address: each.state for each in await alice.app.parts.db.read(imports.failures)}
    await alice.kill()
    await alice.begin()
    fediverse.wire.trouble = {}
    await fediverse.wait(hours=10)

    assert (at_first.done, at_first.failed, at_first.waiting) == (2, 1, 1)
    assert troubles == {"nobody@b.example": "failed", "eve@e.example": "waiting"}
    assert await followed(alice) == {bob.handle, carol.handle, late.handle}
    assert (await alice.relation(bob))["showing_reblogs"] is False
    after = await progress(alice)
    assert (after.done, after.failed, after.waiting) == (3, 1, 0)


async def test_servers_are_asked_a_second_apart(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Sixty accounts of one server take a minute, and hold up nobody else."""
    alice, _, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    names = "".join(f"user{number}@b.example\n" for number in range(60))

    await bring(alice, "follows", names + "carol@c.example\n")
    await fediverse.wait(seconds=20)
    meanwhile = await progress(alice)
    soon = await followed(alice)
    await fediverse.wait(minutes=5)

    assert soon == {carol.handle}
    assert 15 <= meanwhile.done + meanwhile.failed <= 25
    asked = {each.at for each in fediverse.wire.asked if each.host == "b.example" and "webfinger" in each.path}
    assert len(asked) == 60
    assert min((later - sooner).total_seconds() for sooner, later in pairwise(sorted(asked))) >= 1
    assert (await progress(alice)).failed == 60


async def test_everything_else(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Blocks, mutes, domains and bookmarks; overwriting ends what is not in the file."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    post = await bob.say("worth keeping")
    await bring(alice, "bookmarks", post["uri"])
    await bring(alice, "blocks", "carol@c.example")
    await bring(alice, "mutes", "bob@b.example,false")
    await bring(alice, "domain-blocks", "evil.example\nworse.example")
    await fediverse.wait(minutes=2)
    (kept,) = await alice.get("/api/v1/bookmarks")
    before = await alice.relation(carol), await alice.relation(bob)

    await bring(alice, "blocks", "bob@b.example", overwrite=True)
    await bring(alice, "domain-blocks", "evil.example", overwrite=True)
    await fediverse.wait(minutes=2)

    assert kept["uri"] == post["uri"]
    assert (before[0]["blocking"], before[1]["muting"]) == (True, True)
    assert (await alice.relation(carol))["blocking"] is False
    assert (await alice.relation(bob))["blocking"] is True
    assert await alice.get("/api/v1/domain_blocks") == ["evil.example"]


async def test_lists(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Out of one house and into another: its owner follows whom they name, and reads them by list."""
    alice, bob, carol, new = await fediverse.houses(
        "alice@a.example", "bob@b.example", "carol@c.example", "alice@new.example"
    )
    made = await alice.post("/api/v1/lists", title='Cats, "birds"')
    for house in (bob, carol):
        await alice.follow(house)
        account = await alice.look_up(house.handle)
        await alice.post(f"/api/v1/lists/{made['id']}/accounts", account_ids=[account["id"]])
    assert alice.app is not None
    file = tables.write("lists", await alice.app.parts.db.read(exports.lines, "lists"))
    await carol.ask("PATCH", "/api/v1/accounts/update_credentials", locked=True)
    await new.follow(bob)
    await fediverse.wait(minutes=1)

    await bring(new, "lists", file)
    await fediverse.wait(minutes=5)
    await bob.say("A bird")
    await fediverse.wait(minutes=1)

    (brought,) = await new.get("/api/v1/lists")
    members = await new.get(f"/api/v1/lists/{brought['id']}/accounts", limit=0)
    assert brought["title"] == made["title"]
    assert {member["acct"] for member in members} == {bob.handle, carol.handle}
    assert (await new.relation(carol))["requested"] is True
    assert [plain(post) for post in await new.get(f"/api/v1/timelines/list/{brought['id']}")] == ["A bird"]
    assert (await progress(new)).done == 2
