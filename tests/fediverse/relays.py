"""Relays of both kinds, scripted: they accept who follows them, pass on what they are sent, bring what they like."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from smallfed.pages.asgi import Receive, Scope, Send
from smallfed.protocol.signatures.keys import PrivateKey
from smallfed.protocol.signatures.signing import sign
from smallfed.services import billing
from tests.fediverse.houses import JSON, Fediverse, House, keys_of, plain
from tests.fediverse.wire import Line

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
AS2 = "https://www.w3.org/ns/activitystreams"
ACTIVITY = "application/activity+json"


class ScriptedRelay:
    """A relay with an actor and an inbox. ``answers``: how it answers a Follow, if at all.

    Of the Mastodon kind it posts what it is sent as it came; of the LitePub kind it announces it, and follows back.
    """

    def __init__(
        self,
        fediverse: Fediverse,
        name: str,
        kind: Literal["mastodon", "litepub"],
        *,
        answers: Literal["Accept", "Reject"] | None = "Accept",
    ) -> None:
        self.wire, self.name, self.kind, self.answers = fediverse.wire, name, kind, answers
        self.actor, self.inbox = f"https://{name}/actor", f"https://{name}/inbox"
        self.key = PrivateKey.from_pem(keys_of(name)["owner-rsa"][1])
        self.received: list[JSON] = []
        self.members: dict[str, str] = {}  # actor → inbox
        self._numbers = iter(range(1, 1_000_000))
        self.wire.doors[name] = self._answer

    @property
    def address(self) -> str:
        """What an owner is told to add."""
        return self.inbox if self.kind == "mastodon" else self.actor

    def types(self) -> list[str]:
        """Return the types of what it was sent."""
        return [each["type"] for each in self.received]

    def document(self) -> JSON:
        """Return its actor."""
        return {
            "@context": AS2,
            "id": self.actor,
            "type": "Application",
            "preferredUsername": "relay",
            "inbox": self.inbox,
            "followers": f"https://{self.name}/followers",
            "publicKey": {"id": f"{self.actor}#main-key", "owner": self.actor, "publicKeyPem": self.key.public.pem()},
        }

    def says(self, kind: str, object_: Any, to: Sequence[str] = ()) -> JSON:
        """Return an activity of its own."""
        uri = f"https://{self.name}/activities/{next(self._numbers)}"
        return {"@context": AS2, "id": uri, "type": kind, "actor": self.actor, "object": object_, "to": list(to)}

    async def post(self, inbox: str, activity: JSON) -> int:
        """Send something, signed by itself; return the status."""

        def signed(method: str, url: str, body: bytes | None) -> list[tuple[str, str]]:
            now = self.wire.clock.now()
            return sign(method, url, body, key_id=f"{self.actor}#main-key", key=self.key, now=now, scheme="cavage")

        line = Line(self.wire, self.name)
        return (await line.request("POST", inbox, body=json.dumps(activity).encode(), sign=signed)).status

    async def bring(self, house: House, activity: JSON | str) -> int:
        """Bring a house what somebody else did, or announce the post of this id; return the status."""
        inbox = f"https://{house.name}/inbox"
        if isinstance(activity, str):
            activity = self.says("Announce", activity, [f"https://{self.name}/followers"])
        return await self.post(inbox, activity)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = 404, b"{}"
        if scope["method"] == "POST":
            activity = json.loads((await receive())["body"])
            self.received.append(activity)
            status = 202
        elif f"https://{self.name}{scope['path']}" == self.actor:
            status, body = 200, json.dumps(self.document()).encode()
        headers = [(b"content-type", ACTIVITY.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def work(self) -> None:
        """Do what is to be done about what came since: answer, pass on."""
        done, self.received = self.received, []
        for activity in done:
            match activity["type"]:
                case "Follow":
                    await self._follow(activity)
                case "Undo":
                    self.members.pop(activity["actor"], None)
                case "Create" | "Update" | "Delete" | "Announce":
                    await self._pass_on(activity)
        self.received = done + self.received

    async def _follow(self, follow: JSON) -> None:
        if self.answers is None:
            return
        inbox = f"{follow['actor']}/inbox"
        await self.post(inbox, self.says(self.answers, follow, [follow["actor"]]))
        if self.answers == "Accept":
            self.members[follow["actor"]] = inbox
            if self.kind == "litepub":
                await self.post(inbox, self.says("Follow", follow["actor"], [follow["actor"]]))

    async def _pass_on(self, activity: JSON) -> None:
        origin = activity["actor"].split("/")[2]
        for actor, inbox in self.members.items():
            if actor.split("/")[2] != origin:
                thing = activity["object"] if isinstance(activity["object"], str) else activity["object"]["id"]
                passed = activity if self.kind == "mastodon" else self.says("Announce", thing)
                await self.post(inbox, passed)


async def joined(fediverse: Fediverse, house: House, relay: ScriptedRelay) -> None:
    """Let a house subscribe to a relay, until it is accepted."""
    await house.command("relays.add", address=relay.address)
    await fediverse.wait(seconds=20)
    await relay.work()
    await fediverse.wait(seconds=20)


async def listed(house: House) -> list[JSON]:
    assert house.app is not None
    return [each.as_json() for each in await house.app.parts.db.read(billing.bills)]


async def federated(house: House) -> list[str]:
    return [plain(post) for post in await house.get("/api/v1/timelines/public", remote="true", limit=40)]


async def today(house: House, relay: ScriptedRelay) -> JSON:
    (bill,) = [each for each in await listed(house) if each["address"] == relay.address]
    return dict(bill["total"])
