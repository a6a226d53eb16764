"""A community on a Lemmy-like server: what it shows, what its moderators decide, what is posted into it.

The server is scripted: it speaks FEP-1b12 and signs with keys of its own. Bob's house is a server like ours.
"""

import json
from typing import Any

from trio.testing import MockClock

from smallfed.pages.asgi import Receive, Scope, Send
from smallfed.protocol.signatures.keys import PrivateKey
from smallfed.protocol.signatures.signing import sign
from tests.fediverse.houses import JSON, Fediverse, House, keys_of, plain
from tests.fediverse.wire import Line

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
AS2 = "https://www.w3.org/ns/activitystreams"


class Lemmy:
    """A server with a community, scripted: it serves documents, and sends what it is told to."""

    def __init__(self, fediverse: Fediverse, name: str = "lemmy.example", community: str = "birds") -> None:
        self.wire, self.name, self.base = fediverse.wire, name, f"https://{name}"
        self.group = f"{self.base}/c/{community}"
        self.key = PrivateKey.from_pem(keys_of(name)["owner-rsa"][1])
        self.served: dict[str, JSON] = {}
        self.received: list[JSON] = []
        self.asked: list[str] = []
        self.inboxes = 202
        self.numbers = iter(range(1, 10_000))
        collections = {"featured": f"{self.group}/featured", "outbox": f"{self.group}/outbox"}
        self.actor(self.group, "Group", attributedTo=f"{self.group}/moderators", **collections)
        self.fills_outbox()
        self.serve(f"{self.group}/moderators", type="OrderedCollection", orderedItems=[self.user("mod")])
        self.wire.doors[name] = self.answer

    def serve(self, uri: str, **document: Any) -> JSON:
        """Let something stand at ``uri``, and return it."""
        self.served[uri] = {"@context": AS2, "id": uri, **document}
        return self.served[uri]

    def actor(self, uri: str, kind: str, **more: Any) -> str:
        name = uri.rpartition("/")[2]
        keys = {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": self.key.public.pem()}
        inboxes = {"inbox": f"{uri}/inbox", "endpoints": {"sharedInbox": f"{self.base}/inbox"}}
        self.serve(uri, type=kind, preferredUsername=name, publicKey=keys, **inboxes, **more)
        link = {"rel": "self", "type": "application/activity+json", "href": uri}
        self.served[f"acct:{name}@{self.name}"] = {"subject": f"acct:{name}@{self.name}", "links": [link]}
        return uri

    def user(self, name: str) -> str:
        return self.actor(f"{self.base}/u/{name}", "Person")

    def page(self, author: str, title: str, **more: Any) -> JSON:
        """Return a post in the community, which stands at its id."""
        return self.serve(
            f"{self.base}/post/{next(self.numbers)}",
            **{
                "type": "Page",
                "attributedTo": author,
                "to": [self.group, PUBLIC],
                "audience": self.group,
                "name": title,
                "content": f"<p>About {title}</p>",
                "published": self.wire.clock.now().isoformat(),
                **more,
            },
        )

    def wrapped(self, inner: JSON | str) -> JSON:
        """Return what the community announces, without sending it."""
        uri = f"{self.base}/activities/announce/{next(self.numbers)}"
        return {"@context": AS2, "id": uri, "type": "Announce", "actor": self.group, "object": inner, "to": [PUBLIC]}

    def fills_outbox(self, *items: JSON) -> None:
        """Let these stand in the outbox of the community."""
        self.serve(f"{self.group}/outbox", type="OrderedCollection", totalItems=len(items), orderedItems=list(items))

    def comment(self, author: str, parent: str, text: str) -> JSON:
        return self.serve(
            f"{self.base}/comment/{next(self.numbers)}",
            type="Note",
            attributedTo=author,
            inReplyTo=parent,
            to=[PUBLIC],
            cc=[self.group],
            audience=self.group,
            content=f"<p>{text}</p>",
            published=self.wire.clock.now().isoformat(),
        )

    def does(self, kind: str, actor: str, object_: Any, **more: Any) -> JSON:
        """Return an activity of somebody, as it would be wrapped."""
        host = actor.split("/")[2]
        uri = f"https://{host}/activities/{kind.lower()}/{next(self.numbers)}"
        addressed = {"to": [PUBLIC], "cc": [self.group], "audience": self.group}
        return {"id": uri, "type": kind, "actor": actor, "object": object_, **addressed, **more}

    async def announce(self, house: House, inner: JSON | str) -> int:
        """Let the community announce something to the followers in ``house``."""
        return await self.send(house, self.wrapped(inner))

    async def send(self, house: House, activity: JSON) -> int:
        """Send an activity, signed by its actor; return the status."""
        key_id = f"{activity['actor']}#main-key"

        def signed(method: str, url: str, body: bytes | None) -> list[tuple[str, str]]:
            now = self.wire.clock.now()
            return sign(method, url, body, key_id=key_id, key=self.key, now=now, scheme="cavage")

        line, body = Line(self.wire, self.name), json.dumps(activity).encode()
        return (await line.request("POST", f"https://{house.name}/inbox", body=body, sign=signed)).status

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve documents, take in activities, accept whoever wants to follow."""
        path, query = scope["path"], scope["query_string"].decode()
        if scope["method"] == "POST":
            self.received.append(json.loads((await receive())["body"]))
            await respond(send, self.inboxes, {}, "application/json")
            return
        self.asked.append(path)
        if path == "/.well-known/webfinger":
            resource = query.partition("resource=")[2].replace("%3A", ":").replace("%40", "@")
            found = self.served.get(resource)
            kind = "application/jrd+json"
        else:
            found, kind = self.served.get(f"{self.base}{path}"), "application/activity+json"
        status = 404 if found is None else 410 if found.get("type") == "Tombstone" else 200
        await respond(send, status, found or {}, kind)

    async def accepts(self, house: House) -> None:
        """Accept the Follow that came from ``house``."""
        (follow,) = [each for each in self.received if each["type"] == "Follow"]
        uri = f"{self.base}/activities/accept/{next(self.numbers)}"
        accept = {"@context": AS2, "id": uri, "type": "Accept", "actor": self.group, "to": [follow["actor"]]}
        assert await self.send(house, accept | {"object": follow}) == 202


async def respond(send: Send, status: int, document: JSON, kind: str) -> None:
    headers = [(b"content-type", kind.encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(document).encode()})


async def joined(fediverse: Fediverse, lemmy: Lemmy) -> House:
    """Return alice's house, which follows the community."""
    alice = await fediverse.house("alice@a.example")
    group = await alice.look_up("birds@lemmy.example")
    assert group["group"] is True
    await alice.post(f"/api/v1/accounts/{group['id']}/follow")
    await fediverse.wait(minutes=1)
    await lemmy.accepts(alice)
    await fediverse.wait(minutes=1)
    return alice


async def shown(house: House) -> list[tuple[str, str]]:
    """Return who shows what in home, eldest first: (account, title or text of the post)."""
    return [(each["account"]["acct"], plain(each["reblog"] or each)) for each in reversed(await house.home())]


async def found(house: House, uri: str) -> JSON:
    (status,) = (await house.get("/api/v2/search", q=uri, type="statuses"))["statuses"]
    return dict(status)


def asked_by(house: House, fediverse: Fediverse) -> list[str]:
    return [each.path for each in fediverse.wire.asked if each.asker == house.name]


async def test_posts_come_once_as_boosts_by_the_group_and_comments_only_in_threads(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Lemmy announces a post twice, as an activity and by its id; the second adds nothing, in whatever order."""
    lemmy = Lemmy(fediverse)
    alice = await joined(fediverse, lemmy)
    hal = lemmy.user("hal")
    page, other = lemmy.page(hal, "Herons"), lemmy.page(hal, "Owls")

    await lemmy.announce(alice, lemmy.does("Create", hal, page))
    await lemmy.announce(alice, page["id"])
    await fediverse.wait(minutes=1)
    await lemmy.announce(alice, other["id"])
    await lemmy.announce(alice, lemmy.does("Create", hal, other))
    comment = lemmy.comment(hal, page["id"], "I saw three")
    await lemmy.announce(alice, lemmy.does("Create", hal, comment))
    stray = lemmy.comment(hal, f"{lemmy.base}/post/999", "Of a thread that nobody has here")
    await lemmy.announce(alice, lemmy.does("Create", hal, stray))
    await lemmy.announce(alice, comment["id"])
    await fediverse.wait(minutes=5)

    status = await found(alice, page["id"])
    thread = await alice.get(f"/api/v1/statuses/{status['id']}/context")
    assert [name for name, _ in await shown(alice)] == ["birds@lemmy.example"] * 2
    assert [text.partition("</h2>")[0] for _, text in await shown(alice)] == ["<h2>Herons", "<h2>Owls"]
    assert status["account"]["acct"] == "hal@lemmy.example"
    assert [plain(each) for each in thread["descendants"]] == ["I saw three"]
    assert (await alice.get("/api/v2/search", q=stray["id"], type="statuses"))["statuses"] == []
    assert await alice.notified() == []


async def test_posts_of_other_servers_are_read_there(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """The group's word is not the author's: what it embeds in another's name is not what is stored."""
    lemmy, far = Lemmy(fediverse), Lemmy(fediverse, "far.example", "none")
    alice = await joined(fediverse, lemmy)
    kim = far.user("kim")
    page = far.page(kim, "Gulls", to=[lemmy.group, PUBLIC], audience=lemmy.group)
    forged = page | {"content": "<p>What kim never said</p>"}
    invented = far.page(kim, "Nothing") | {"id": f"{far.base}/post/404"}

    await lemmy.announce(alice, lemmy.does("Create", kim, forged))
    await lemmy.announce(alice, lemmy.does("Create", kim, invented))
    await lemmy.announce(alice, lemmy.does("Update", kim, forged | {"updated": "2027-01-01T00:00:00Z"}))
    await fediverse.wait(minutes=5)

    status = await found(alice, page["id"])
    assert "About Gulls" in status["content"]
    assert len(await shown(alice)) == 1
    assert (await alice.get("/api/v2/search", q=invented["id"], type="statuses"))["statuses"] == []


async def test_votes_cost_nothing_and_are_only_claimed(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    lemmy = Lemmy(fediverse)
    alice = await joined(fediverse, lemmy)
    hal = lemmy.user("hal")
    page = lemmy.page(hal, "Herons")
    await lemmy.announce(alice, lemmy.does("Create", hal, page))
    await fediverse.wait(minutes=1)
    before = len(asked_by(alice, fediverse))

    votes = [lemmy.does("Like", f"https://far{number}.example/u/kim", page["id"]) for number in range(40)]
    for vote in votes:
        await lemmy.announce(alice, vote)
    for vote in votes[:5]:
        await lemmy.announce(alice, lemmy.does("Undo", vote["actor"], vote))
    await lemmy.announce(alice, lemmy.does("Dislike", "https://far50.example/u/kim", page["id"]))
    await fediverse.wait(minutes=5)

    status = await found(alice, page["id"])
    assert len(asked_by(alice, fediverse)) == before
    assert (status["favourites_count"], status["verified"]["favourites"]) == (35, 0)


async def test_moderators_remove_and_restore(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Only those of the very group, and only what was made in it; it is hidden, not deleted."""
    lemmy, other, far = Lemmy(fediverse), Lemmy(fediverse, "other.example", "rocks"), Lemmy(fediverse, "far.example")
    alice = await joined(fediverse, lemmy)
    hal, mod, eve = lemmy.user("hal"), lemmy.user("mod"), far.user("eve")
    page = lemmy.page(hal, "Herons")
    await lemmy.announce(alice, lemmy.does("Create", hal, page))
    await fediverse.wait(minutes=1)
    status = await found(alice, page["id"])
    path = f"/api/v1/statuses/{status['id']}"

    await lemmy.announce(alice, lemmy.does("Delete", eve, page["id"]))  # who moderates nothing
    await alice.look_up("rocks@other.example")
    await other.announce(alice, other.does("Delete", other.user("mod"), page["id"]))  # another group's
    await fediverse.wait(minutes=5)
    still = (await alice.ask("GET", path))[0]
    removal = lemmy.does("Delete", mod, page["id"], summary="off topic")
    await lemmy.announce(alice, removal)
    await fediverse.wait(minutes=5)
    removed, home = (await alice.ask("GET", path))[0], await shown(alice)
    await lemmy.announce(alice, page["id"])  # it does not come back by being shown again
    await fediverse.wait(minutes=5)
    again = await shown(alice)
    await lemmy.announce(alice, lemmy.does("Undo", mod, removal))
    await fediverse.wait(minutes=5)

    assert (still, removed, home, again) == (200, 404, [], [])
    assert (await alice.ask("GET", path))[0] == 200


async def test_an_author_deletes_in_a_group(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """The origin says whether it is gone."""
    lemmy = Lemmy(fediverse)
    alice = await joined(fediverse, lemmy)
    hal = lemmy.user("hal")
    page, other = lemmy.page(hal, "Herons"), lemmy.page(hal, "Owls")
    for each in (page, other):
        await lemmy.announce(alice, lemmy.does("Create", hal, each))
    await fediverse.wait(minutes=1)

    lemmy.serve(page["id"], type="Tombstone")
    await lemmy.announce(alice, lemmy.does("Delete", hal, page["id"]))
    await lemmy.announce(alice, lemmy.does("Delete", hal, other["id"]))  # which is still there
    await fediverse.wait(minutes=5)

    assert [text.partition("</h2>")[0] for _, text in await shown(alice)] == ["<h2>Owls"]


async def test_bans_sweep_and_moderators_change(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """A moderator on another server counts from the day the group appoints them."""
    lemmy, far = Lemmy(fediverse), Lemmy(fediverse, "far.example", "none")
    alice = await joined(fediverse, lemmy)
    spam, hal, kim = lemmy.user("spam"), lemmy.user("hal"), far.user("kim")
    for author, title in ((spam, "Buy"), (spam, "Buy more"), (hal, "Herons")):
        await lemmy.announce(alice, lemmy.does("Create", author, lemmy.page(author, title)))
        await fediverse.wait(minutes=1)
    ban = lemmy.does("Block", kim, spam, target=lemmy.group, removeData=True)

    await lemmy.announce(alice, ban)
    await fediverse.wait(minutes=1)
    before = len(await shown(alice))
    appointment = lemmy.does("Add", lemmy.user("mod"), kim, target=f"{lemmy.group}/moderators")
    await lemmy.announce(alice, appointment)
    await fediverse.wait(minutes=1)
    await lemmy.announce(alice, ban | {"id": f"{far.base}/activities/block/2"})
    await fediverse.wait(minutes=1)

    assert before == 3
    assert [text.partition("</h2>")[0] for _, text in await shown(alice)] == ["<h2>Herons"]


async def test_what_a_community_showed_while_we_were_away(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """It comes home when we are back, once, also where the group sends it late after all."""
    lemmy = Lemmy(fediverse)
    alice = await joined(fediverse, lemmy)
    hal = lemmy.user("hal")

    await alice.end()
    await fediverse.wait(hours=1)
    page = lemmy.page(hal, "Herons")
    lemmy.fills_outbox(lemmy.wrapped(lemmy.does("Create", hal, page)))
    await fediverse.wait(days=1)
    await alice.begin()
    await fediverse.wait(minutes=30)
    home = await shown(alice)
    await lemmy.announce(alice, lemmy.does("Create", hal, page))
    await lemmy.announce(alice, page["id"])
    await fediverse.wait(minutes=5)

    assert [text.partition("</h2>")[0] for _, text in home] == ["<h2>Herons"]
    assert await shown(alice) == home


async def test_a_moderator_whom_we_do_not_know_yet(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Their appointment got lost: the group is asked, and what they did counts."""
    lemmy, far = Lemmy(fediverse), Lemmy(fediverse, "far.example", "none")
    alice = await joined(fediverse, lemmy)
    spam, kim = lemmy.user("spam"), far.user("kim")
    page = lemmy.page(spam, "Buy")
    await lemmy.announce(alice, lemmy.does("Create", spam, page))
    await fediverse.wait(minutes=1)
    lemmy.serve(f"{lemmy.group}/moderators", type="OrderedCollection", orderedItems=[lemmy.user("mod"), kim])

    ban = lemmy.does("Block", kim, spam, target=lemmy.group, removeData=True)
    await lemmy.announce(alice, ban)
    await fediverse.wait(minutes=1)
    banned = await shown(alice)
    await lemmy.announce(alice, lemmy.does("Undo", kim, ban, restoreData=True))
    await fediverse.wait(minutes=1)

    assert banned == []
    assert [text.partition("</h2>")[0] for _, text in await shown(alice)] == ["<h2>Buy"]
    assert asked_by(alice, fediverse).count("/c/birds/moderators") == 2


async def test_what_a_community_shows_first(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Before it is followed by its collection, afterwards as its moderators say; posts by others, from anywhere."""
    lemmy, far = Lemmy(fediverse), Lemmy(fediverse, "far.example", "none")
    hal, kim, mod = lemmy.user("hal"), far.user("kim"), lemmy.user("mod")
    rules = lemmy.page(hal, "Rules")
    gulls = far.page(kim, "Gulls", to=[lemmy.group, PUBLIC], audience=lemmy.group)
    forged = gulls | {"name": "Forged", "content": "<p>What kim never said</p>"}
    lemmy.serve(f"{lemmy.group}/featured", type="OrderedCollection", orderedItems=[rules, forged])

    alice = await joined(fediverse, lemmy)
    group = await alice.look_up("birds@lemmy.example")

    async def first() -> list[str]:
        page = await alice.get(f"/api/v1/accounts/{group['id']}/statuses", pinned=True)
        return sorted(plain(each["reblog"]).partition("</h2>")[0].removeprefix("<h2>") for each in page)

    featured = await first()
    target = {"target": f"{lemmy.group}/featured"}
    await lemmy.announce(alice, lemmy.does("Remove", mod, rules["id"], **target))
    await fediverse.wait(minutes=1)
    removed = await first()
    owls = lemmy.page(hal, "Owls")
    lemmy.serve(f"{lemmy.group}/featured", type="OrderedCollection", orderedItems=[owls, gulls["id"]])
    await lemmy.announce(alice, lemmy.does("Add", mod, owls["id"], **target))
    await fediverse.wait(minutes=1)

    assert featured == ["Gulls", "Rules"]
    assert removed == ["Gulls"]
    assert await first() == ["Gulls", "Owls"]
    assert "<h2>Owls" not in [text.partition("</h2>")[0] for _, text in await shown(alice)]


async def test_a_closed_thread_takes_no_answers(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    lemmy = Lemmy(fediverse)
    alice = await joined(fediverse, lemmy)
    hal, mod = lemmy.user("hal"), lemmy.user("mod")
    page = lemmy.page(hal, "Herons")
    await lemmy.announce(alice, lemmy.does("Create", hal, page))
    lock = lemmy.does("Lock", mod, page["id"])
    await lemmy.announce(alice, lock)
    await fediverse.wait(minutes=1)
    status = await found(alice, page["id"])

    closed, answer = await alice.ask("POST", "/api/v1/statuses", status="But", in_reply_to_id=status["id"])
    await lemmy.announce(alice, lemmy.does("Undo", mod, lock))
    await fediverse.wait(minutes=1)
    opened, _ = await alice.ask("POST", "/api/v1/statuses", status="But", in_reply_to_id=status["id"])

    assert (closed, opened) == (422, 200)
    assert "closed this thread" in answer["error"]


async def test_posting_answering_liking_and_deleting_reach_the_group(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """And what comes back of it from the group is nothing new."""
    lemmy = Lemmy(fediverse)
    alice = await joined(fediverse, lemmy)
    hal = lemmy.user("hal")
    page = lemmy.page(hal, "Herons")
    await lemmy.announce(alice, lemmy.does("Create", hal, page))
    await fediverse.wait(minutes=1)
    theirs = await found(alice, page["id"])
    lemmy.received.clear()

    mine = await alice.say("A swift! @birds@lemmy.example")
    answer = await alice.say("Where?", in_reply_to_id=theirs["id"])
    await alice.post(f"/api/v1/statuses/{theirs['id']}/favourite")
    await fediverse.wait(minutes=1)
    create, reply = (each for each in lemmy.received if each["type"] == "Create")
    likes = [each for each in lemmy.received if each["type"] == "Like"]
    await lemmy.announce(alice, create)
    await lemmy.announce(alice, mine["uri"])
    await lemmy.announce(alice, reply)
    await fediverse.wait(minutes=5)
    home, notified = await shown(alice), await alice.notified()
    await alice.delete(answer)
    await fediverse.wait(minutes=1)

    note = create["object"]
    assert (note["type"], note["to"], note["audience"]) == ("Note", [PUBLIC, lemmy.group], lemmy.group)
    assert (create["to"], create["audience"]) == ([PUBLIC, lemmy.group], lemmy.group)
    assert {"type": "Mention", "href": lemmy.group, "name": "@birds@lemmy.example"} in note["tag"]
    assert (reply["object"]["inReplyTo"], reply["object"]["audience"]) == (page["id"], lemmy.group)
    assert lemmy.group in reply["object"]["to"]
    assert {(each["object"], tuple(each["to"]), each["audience"]) for each in likes} == {
        (page["id"], (hal, lemmy.group), lemmy.group)
    }
    assert len([text for _, text in home if "swift" in text]) == 1
    assert notified == []
    deleted = [each["object"]["id"] for each in lemmy.received if each["type"] == "Delete"]
    assert deleted == [answer["uri"]]


async def test_who_is_mentioned_in_a_group_is_told(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    lemmy = Lemmy(fediverse)
    alice = await joined(fediverse, lemmy)
    hal = lemmy.user("hal")
    mine = await alice.say("A swift! @birds@lemmy.example")
    await fediverse.wait(minutes=1)
    comment = lemmy.comment(hal, mine["uri"], "Lovely")
    comment["tag"] = [{"type": "Mention", "href": alice.actor, "name": "@alice@a.example"}]
    comment["cc"].append(alice.actor)

    await lemmy.announce(alice, lemmy.does("Create", hal, comment))
    await fediverse.wait(minutes=5)

    assert await alice.notified("mention") == [("Lovely", "hal@lemmy.example")]


async def titles(house: House, account: str) -> list[tuple[str, str]]:
    """Return what stands on somebody's profile: (author, title), newest first."""
    page = await house.get(f"/api/v1/accounts/{account}/statuses")
    posts = [each["reblog"] or each for each in page]
    return [(each["account"]["acct"], plain(each).partition("</h2>")[0].removeprefix("<h2>")) for each in posts]


async def test_a_community_can_be_looked_at_before_it_is_followed(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Its own server's word is enough for who lives there; what is from elsewhere is read there, forgeries are not."""
    lemmy, far = Lemmy(fediverse), Lemmy(fediverse, "far.example", "none")
    hal, kim = lemmy.user("hal"), far.user("kim")
    moments = [f"2026-11-2{day}T08:00:00Z" for day in range(5)]
    herons = lemmy.page(hal, "Herons", published=moments[0])
    owls = lemmy.page(hal, "Owls", published=moments[1])
    del owls["audience"]  # as old versions send it
    gulls = far.page(kim, "Gulls", to=[lemmy.group, PUBLIC], audience=lemmy.group, published=moments[2])
    forged = gulls | {"name": "Forged", "content": "<p>What kim never said</p>"}
    invented = far.page(kim, "Nothing") | {"id": f"{far.base}/post/404"}
    robins = lemmy.page(hal, "Robins", published=moments[3])
    answer = lemmy.comment(hal, herons["id"], "An answer")
    vote = lemmy.does("Like", hal, herons["id"])
    lemmy.fills_outbox(
        *[lemmy.wrapped(inner) for inner in (vote, lemmy.does("Create", hal, answer), robins["id"])],
        lemmy.does("Create", kim, forged),  # not wrapped
        *[lemmy.wrapped(lemmy.does("Create", *each)) for each in ((kim, invented), (hal, owls), (hal, herons))],
    )
    alice = await fediverse.house("alice@a.example")

    group = await alice.look_up("birds@lemmy.example")
    await fediverse.wait(minutes=2)
    seen = await titles(alice, group["id"])
    asked = [each.path for each in fediverse.wire.asked if each.host == lemmy.name and each.path.startswith("/post/")]

    expected = [("hal@lemmy.example", "Robins"), ("kim@far.example", "Gulls")]
    expected += [("hal@lemmy.example", "Owls"), ("hal@lemmy.example", "Herons")]
    assert seen == expected
    assert asked == [robins["id"].removeprefix(lemmy.base)]
    assert await alice.home() == []
    assert await alice.notified() == []
    assert await titles(alice, group["id"]) == expected


async def test_what_a_community_showed_before_it_was_followed_comes_home_and_can_be_moderated(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    lemmy = Lemmy(fediverse)
    hal, mod = lemmy.user("hal"), lemmy.user("mod")
    pages = [lemmy.page(hal, title, published="2026-11-20T08:00:00Z") for title in ("Herons", "Owls")]
    for page in pages:
        del page["audience"]
    lemmy.fills_outbox(*[lemmy.wrapped(lemmy.does("Create", hal, page)) for page in pages])

    alice = await joined(fediverse, lemmy)
    before = await shown(alice)
    await lemmy.announce(alice, lemmy.does("Delete", mod, pages[0]["id"]))
    await fediverse.wait(minutes=1)

    assert sorted(text.partition("</h2>")[0] for _, text in before) == ["<h2>Herons", "<h2>Owls"]
    assert [text.partition("</h2>")[0] for _, text in await shown(alice)] == ["<h2>Owls"]
