"""Neighbours: everything that passes between the owner and a server, and every place where something of it is met.

Alice may keep b.example away: bob, whom she follows and who follows her, and eve below it, a stranger. Carol lives
elsewhere and follows all three, a relay brings what is public. Everything of bob's and eve's says "zebra".
"""

import json
from typing import Any

from msgspec import Struct

from tests.apps import Phone
from tests.fediverse import places
from tests.fediverse.houses import JSON, Fediverse
from tests.fediverse.relays import ScriptedRelay
from tests.fediverse.test_pictures import upload
from tests.fediverse.test_pushes import PushService
from tests.fediverse.voices import say_as_others_do
from tests.fediverse.wire import Asked
from tests.imaging.samples import drawn, saved
from tests.listening import listening

BOB, EVE, THEIRS = "bob@b.example", "eve@deep.b.example", ("b.example", "deep.b.example")
EARLY, MEANWHILE, LATER = WHEN = ("early", "meanwhile", "later")
MARKS = ("zebra", BOB, EVE, "b.example/users/")


def shows(found: object, *marks: str) -> bool:
    """Whether something of theirs is in what was found, or what says one of ``marks``."""
    text = json.dumps(found).lower()
    return any(mark in text for mark in marks or MARKS)


def seen(found: Any) -> Any:
    """Return what an app shows of what it was answered: no quotes that are folded away; complaints stay."""
    if isinstance(found, list):
        return [seen(one) for one in found if not (isinstance(one, dict) and one.get("type") == "admin.report")]
    if not isinstance(found, dict):
        return found
    folded = found.get("state") in ("muted_account", "blocked_account")
    return {name: None if folded and name == "quoted_status" else seen(value) for name, value in found.items()}


class Neighbours:
    """Four houses, a relay and a phone. What one does in three times (``WHEN``) is prepared in the first."""

    def __init__(self, fediverse: Fediverse) -> None:
        self.fediverse, self.wire = fediverse, fediverse.wire
        self.relay = ScriptedRelay(fediverse, "relay.example", "litepub")
        phone = Phone("https://push.example/alice")
        self.asks, self.pushes = phone.asks("mention", "favourite", "reblog"), PushService(phone)
        self.wire.doors["push.example"] = self.pushes
        self.questions: dict[str, JSON] = {}
        self.seen: dict[str, JSON] = {}
        self.drafts: dict[str, JSON] = {}
        self.said: dict[str, dict[str, JSON]] = {when: {} for when in WHEN}
        self.heard: dict[str, list[Any]] = {}
        self.pushed: dict[str, list[Any]] = {}
        self.asked: dict[str, list[Asked]] = {}
        self.ids: dict[str, str] = {}
        self.rules: list[int] = []

    async def settle(self) -> "Neighbours":
        """Let them move in, follow each other and say what is talked about later."""
        self.alice, self.bob, self.eve, self.carol = await self.fediverse.houses(
            "alice@a.example", BOB, EVE, "carol@c.example"
        )
        alice, bob, eve, carol = self.alice, self.bob, self.eve, self.carol
        for one, other in ((alice, bob), (bob, alice), (carol, bob), (carol, eve), (alice, carol), (carol, alice)):
            await one.follow(other)
        await alice.post("/api/v1/push/subscription", **self.asks)
        await alice.post("/api/v1/tags/wildlife/follow")
        await alice.command("relays.add", address=self.relay.address)
        await self.wait(1)
        await self.relay.work()
        made = await alice.post("/api/v1/lists", title="Friends")
        person = (await alice.look_up(BOB))["id"]
        await alice.post(f"/api/v1/lists/{made['id']}/accounts", account_ids=[person])
        self.ids = {"list": made["id"], "bob": person, "eve": (await alice.look_up(EVE))["id"]}
        self.ids["me"] = (await alice.get("/api/v1/accounts/verify_credentials"))["id"]
        for when in WHEN:
            poll = {"options": ["Okapi", "Tapir"], "expires_in": 7 * 86400}
            self.questions[when] = await alice.say(f"Which animal, {when}?", poll=poll)
            self.drafts[when] = await bob.say(f"a zebra drawn {when}")
            self.said[when]["deleted"] = await bob.say(f"a zebra that goes {when}")
        await carol.command("alias.add", named=BOB)
        await self.wait(2)
        self.seen = {when: await bob.here(question) for when, question in self.questions.items()}
        return self

    async def wait(self, minutes: float) -> None:
        await self.fediverse.wait(minutes=minutes)

    # What they do -----------------------------------------------------------------------------------------------
    async def live(self, when: str) -> None:
        """Let everything happen that can."""
        assert self.alice.app is not None
        before = len(self.wire.asked)
        self.pushes.told.clear()
        async with listening(self.alice.app.front, token=self.alice._token, stream="user") as ear:
            await self._speak(when)
            await self._talk_to_alice(when)
            await self.wait(2)
            await self._pass_on(when)
            await self._change(when)
            await self._are_told(when)
            await self.wait(6)
            self.heard[when] = await ear.heard()
        self.asked[when] = self.wire.asked[before:]
        self.pushed[when] = [*self.pushes.told]

    async def _speak(self, when: str) -> None:
        bob, eve, said = self.bob, self.eve, self.said[when]
        picture = await upload(bob, saved(drawn(), "PNG"), description="A zebra")
        said["post"] = await bob.say(f"zebra {when} #wildlife", media_ids=[picture["id"]])
        said["direct"] = await bob.say(f"@alice@a.example zebra direct {when}", visibility="direct")
        said["named"] = await eve.say(f"@alice@a.example zebra named {when} #wildlife")
        for name in ("boosted", "quoted", "answered", "relayed", "searched"):
            said[name] = await eve.say(f"zebra {name} {when}")

    async def _talk_to_alice(self, when: str) -> None:
        bob, eve = self.bob, self.eve
        seen = self.seen[when]
        await bob.post(f"/api/v1/statuses/{seen['id']}/favourite")
        await bob.post(f"/api/v1/statuses/{seen['id']}/reblog")
        await bob.post(f"/api/v1/polls/{seen['poll']['id']}/votes", choices=[0])
        await bob.say(f"@alice@a.example zebra answer {when}", in_reply_to_id=seen["id"])
        self.said[when]["quoting"] = await bob.say(f"zebra quoting {when}", quoted_status_id=seen["id"])
        her = (await bob.look_up("alice@a.example"))["id"]
        await bob.post("/api/v1/reports", account_id=her, comment=f"zebra report {when}", forward=True)
        await eve.follow(self.alice)

    async def _pass_on(self, when: str) -> None:
        carol, said = self.carol, self.said[when]
        await carol.post(f"/api/v1/statuses/{(await carol.here(said['boosted']))['id']}/reblog")
        quoted, answered = [(await carol.here(said[name]))["id"] for name in ("quoted", "answered")]
        said["quote"] = await carol.say(f"Look at this {when}", quoted_status_id=quoted)
        said["answer"] = await carol.say(f"@alice@a.example do you see {when}?", in_reply_to_id=answered)
        await self.relay.bring(self.alice, said["relayed"]["uri"])

    async def _change(self, when: str) -> None:
        bob = self.bob
        await bob.edit(self.drafts[when], f"a zebra redrawn {when}")
        await bob.delete(self.said[when]["deleted"])
        await bob.post(f"/api/v1/statuses/{self.said[when]['post']['id']}/pin")
        await bob.rename(f"Bob Zebra {when}")

    async def _are_told(self, when: str) -> None:
        self.said[when]["own"] = await self.alice.say(f"To followers {when}", visibility="private")
        self.said[when]["open"] = await self.alice.say(f"To all {when}", visibility="unlisted")

    async def keep(self) -> None:
        """Let alice do all she can with a post of bob's."""
        (post,) = [one for one in await self.alice.home() if one["uri"] == self.said[EARLY]["post"]["uri"]]
        for deed in ("favourite", "bookmark", "reblog"):
            await self.alice.post(f"/api/v1/statuses/{post['id']}/{deed}")
        await self.wait(2)

    async def move(self) -> bool:
        """Let bob say that he is carol now; return whether alice takes note of it."""
        uri = f"{self.bob.actor}#moves"
        said = {"id": uri, "type": "Move", "object": self.bob.actor, "target": self.carol.actor}
        await say_as_others_do(self.bob, self.alice, **said)
        await self.wait(2)
        return "moved" in (await self.alice.get(f"/api/v1/accounts/{self.ids['bob']}"))

    async def part(self) -> None:
        """Let eve go, so that she can ask again."""
        her = (await self.eve.look_up(self.alice.handle))["id"]
        await self.eve.post(f"/api/v1/accounts/{her}/unfollow")
        await self.wait(2)

    # Where it is met --------------------------------------------------------------------------------------------
    async def view(self, when: str) -> "View":
        """Return how alice's apps and the other servers find what was done at a time."""
        ids, said, alice = self.ids, self.said[when], self.alice
        question = await alice.get(f"/api/v1/statuses/{self.questions[when]['id']}")
        thread = await alice.get(f"/api/v1/statuses/{question['id']}/context")
        account = await alice.get(f"/api/v1/accounts/{ids['bob']}")
        found = await alice.get("/api/v2/search", q=said["searched"]["uri"], resolve="true")
        read = await self.eve.get("/api/v2/search", q=said["open"]["uri"], resolve="true")
        view = View(
            when=when,
            said={name: post["uri"] for name, post in said.items()},
            old=self.drafts[when]["uri"],
            home=_by_uri(await alice.get("/api/v1/timelines/home", limit=40)),
            public=_by_uri(await alice.get("/api/v1/timelines/public", limit=40)),
            tagged=_by_uri(await alice.get("/api/v1/timelines/tag/wildlife", limit=40)),
            told=await alice.get("/api/v1/notifications", limit=80),
            grouped=await alice.get("/api/v2/notifications", limit=80),
            kept_back=[one["account"]["acct"] for one in await alice.get("/api/v1/notifications/requests")],
            talks=[one["last_status"]["uri"] for one in await alice.get("/api/v1/conversations")],
            question=question,
            me=await alice.get("/api/v1/accounts/verify_credentials"),
            collection=json.loads(await places.shown(alice, "/users/alice/followers")),
            thread=_by_uri(thread["descendants"]),
            quotes=_by_uri(await alice.get(f"/api/v1/statuses/{question['id']}/quotes")),
            followers=[one["acct"] for one in await alice.get(f"/api/v1/accounts/{ids['me']}/followers")],
            asking=[one["acct"] for one in await alice.get("/api/v1/follow_requests")],
            name=account["display_name"],
            pins=_by_uri(await alice.get(f"/api/v1/accounts/{ids['bob']}/statuses", pinned="true")),
            found=_by_uri(found["statuses"]),
            streamed=self.heard[when],
            pushed=self.pushed[when],
            asked=self.asked[when],
            they_read=_by_uri(await self.bob.home()),
            they_find=_by_uri(read["statuses"]),
        )
        view.above, view.picture = _by_uri(await self._above(view)), await self._loads(view)
        return view

    async def _above(self, view: "View") -> list[JSON]:
        (answer,) = [one["status"] for one in view.told if one.get("status", {}).get("uri") == view.said["answer"]]
        return list((await self.alice.get(f"/api/v1/statuses/{answer['id']}/context"))["ancestors"])

    async def _loads(self, view: "View") -> bool:
        shown = view.home.get(view.said["post"], {}).get("media_attachments", [])
        return bool(shown) and (await self.alice.look(shown[0]["url"])).status == 200

    async def places(self) -> dict[str, Any]:
        """Return all that alice's app and strangers are shown in which they may be met, by what it is called."""
        me, question = self.ids["me"], self.questions[EARLY]["id"]
        paths = places.in_apps(me=me, post=question, a_list=self.ids["list"], word="zebra")
        paths["post"] = (f"/api/v1/statuses/{question}", {})
        paths["profile"] = ("/api/v1/accounts/verify_credentials", {})
        found = {name: seen(await self.alice.get(path, **asked)) for name, (path, asked) in paths.items()}
        return found | {name: await places.shown(self.alice, path) for name, path in places.PAGES.items()}


class View(Struct, kw_only=True):
    """How what was done at a time is found; posts are by their URI."""

    when: str
    said: dict[str, str]
    old: str
    home: dict[str, JSON]
    public: dict[str, JSON]
    tagged: dict[str, JSON]
    told: list[JSON]
    grouped: list[JSON]
    kept_back: list[str]
    talks: list[str]
    question: JSON
    me: JSON
    collection: JSON
    thread: dict[str, JSON]
    quotes: dict[str, JSON]
    followers: list[str]
    asking: list[str]
    name: str
    pins: dict[str, JSON]
    found: dict[str, JSON]
    streamed: list[Any]
    pushed: list[Any]
    asked: list[Asked]
    they_read: dict[str, JSON]
    they_find: dict[str, JSON]
    above: dict[str, JSON] = {}
    picture: bool = False

    def tells(self, type_: str, about: str, whose: str = BOB) -> bool:
        """Whether a notification of this type by somebody, which says ``about``, is there."""
        found = [one for one in self.told if (one["type"], one["account"]["acct"]) == (type_, whose)]
        return shows(found, about)

    @property
    def is_streamed(self) -> bool:
        """Whether apps that listen are told of something that is theirs."""
        events = [one for one in self.streamed if one["event"] in ("update", "status.update", "notification")]
        things = [json.loads(one["payload"]) for one in events]
        return any(one["account"]["acct"] in (BOB, EVE) for one in things)

    def is_asked(self, method: str) -> bool:
        """Whether alice's server asked theirs for anything, or sent it something."""
        return any((one.asker, one.method) == ("a.example", method) and one.host in THEIRS for one in self.asked)


def _by_uri(posts: list[JSON]) -> dict[str, JSON]:
    return {post["uri"]: post for post in posts}
