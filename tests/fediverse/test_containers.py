"""A conversation that its owner keeps in a container, as Hubzilla and streams do (FEP-171b)."""

from trio.testing import MockClock

from tests.fediverse.houses import JSON, Fediverse, plain
from tests.fediverse.test_groups import PUBLIC, Lemmy


async def test_what_is_added_to_a_conversation_completes_the_thread(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """By its origin's word: strangers who answer strangers, in the thread of somebody followed, nowhere else."""
    hub, far = Lemmy(fediverse, "hub.example", "none"), Lemmy(fediverse, "far.example", "none")
    vera, eve, uma, xan = hub.user("vera"), far.user("eve"), far.user("uma"), far.user("xan")
    context = f"{hub.base}/conversations/1"

    def comment(author: str, parent: str, text: str) -> JSON:
        document = far.comment(author, parent, text)
        document.update({"context": context, "cc": [], "audience": None})
        return document

    def added(actor: str, thing: JSON | str, target: str = context) -> JSON:
        container = {"id": target, "type": "Collection", "attributedTo": actor}
        more = {"actor": actor, "object": thing, "target": container, "to": [PUBLIC]}
        return {"id": f"{target}#{next(hub.numbers)}", "type": "Add", **more}

    alice = await fediverse.house("alice@a.example")
    account = await alice.look_up("vera@hub.example")
    await alice.post(f"/api/v1/accounts/{account['id']}/follow")
    await fediverse.wait(minutes=1)
    (follow,) = [each for each in hub.received if each["type"] == "Follow"]
    await hub.send(alice, hub.does("Accept", vera, follow))
    await fediverse.wait(minutes=1)
    post = hub.comment(vera, "", "Tea?")
    del post["inReplyTo"]
    post.update({"context": context, "cc": [f"{vera}/followers"], "audience": None})
    await hub.send(alice, hub.does("Create", vera, post))
    await fediverse.wait(minutes=1)

    first = comment(uma, post["id"], "Yes")
    second = comment(xan, first["id"], "No")
    third = comment(uma, second["id"], "Why not?")
    fourth = comment(xan, third["id"], "Coffee")
    stray = comment(xan, f"{far.base}/comment/absent", "Of another thread")
    forged = second | {"content": "<p>What xan never said</p>"}
    for activity in (
        added(vera, far.does("Create", uma, first)),
        added(vera, far.does("Create", xan, forged)),
        added(vera, third),
        added(vera, stray),
    ):
        assert await hub.send(alice, activity) == 202
        await fediverse.wait(minutes=1)
    await far.send(alice, added(eve, far.does("Create", xan, fourth), f"{far.base}/conversations/1"))
    await fediverse.wait(minutes=1)
    before = await alice.get("/api/v2/search", q=fourth["id"], type="statuses")
    await hub.send(alice, added(vera, fourth["id"]))
    await fediverse.wait(minutes=1)

    (status,) = (await alice.get("/api/v2/search", q=post["id"], type="statuses"))["statuses"]
    hub.wire.trouble["far.example"] = "refused"  # nothing is fetched when the thread is opened
    thread = await alice.get(f"/api/v1/statuses/{status['id']}/context")
    assert [plain(each) for each in thread["descendants"]] == ["Yes", "No", "Why not?", "Coffee"]
    assert before["statuses"] == []
    assert await alice.notified() == []
    assert (await alice.read()) == ["Tea?"]
