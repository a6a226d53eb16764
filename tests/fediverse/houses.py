"""Whole houses in one process, days in milliseconds: each story sets some up and lets them live with each other.

trio's ``MockClock`` jumps whenever everybody waits, and the houses' wall clocks move with it; nothing runs in threads.
"""

import json
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import trio

from smallfed.app import DATABASE, App
from smallfed.config import Config
from smallfed.control import calls, errands
from smallfed.domain.copy import Subject
from smallfed.runtime.client import Answer
from smallfed.runtime.clock import VirtualClock, seeded
from smallfed.services import settling
from smallfed.services.settling import Beginning
from smallfed.store import opening
from smallfed.workers.keymaking import fresh_keys
from tests.fediverse.wire import Line, Wire, call
from tests.prepared import prepared

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SCOPES = "read write follow push"
JSON = dict[str, Any]


@cache
def keys_of(name: str) -> dict[str, tuple[str, str, str]]:
    """Return the keys of the house of this name; made once for all stories, because that is slow."""
    return fresh_keys()


class House:
    """One server and its owner with a client app. ``app`` is None while it does not run."""

    def __init__(self, handle: str, folder: Path, wire: Wire, nursery: trio.Nursery) -> None:
        self.handle = handle
        self.username, _, self.name = handle.partition("@")
        self.app: App | None = None
        self.config = Config(data=folder)
        self._wire, self._nursery = wire, nursery
        self._token = f"token of {handle}"
        self._lives = 0
        self._scope, self._told, self._over = trio.CancelScope(), trio.Event(), trio.Event()

    @property
    def actor(self) -> str:
        """The owner's id."""
        return f"https://{self.name}/users/{self.username}"

    def emoji(self, url: str) -> tuple[str, str]:
        """Return where its apps find the emoji of somebody else, and one that does not move."""
        assert self.app is not None
        here = self.app.parts.identity.here
        moving, still = (here.proxied(Subject.EMOJI, 0, url, small=small) for small in (False, True))
        return moving, still

    async def look(self, url: str) -> Answer:
        """Load a picture, film or sound as an app does."""
        path = url.removeprefix(f"https://{self.name}")
        assert path != url, "apps load everything from their own server"
        return await self.visit(path)

    async def visit(self, path: str, accept: str | None = None) -> Answer:
        """Ask for something as a stranger does, who signs nothing."""
        assert self.app is not None
        wanted = [] if accept is None else [(b"accept", accept.encode())]
        return await call(self.app.front, "GET", path, [(b"host", self.name.encode()), *wanted], b"")

    # Its life --------------------------------------------------------------------------------------------------
    async def begin(self) -> None:
        """Start it, as ``smallfed run`` would."""
        assert self.app is None, f"{self.name} runs already"
        await self._nursery.start(self._live)

    async def end(self) -> None:
        """Stop it as SIGTERM would, and wait until it is over."""
        self._told.set()
        await self._over.wait()

    async def kill(self) -> None:
        """Stop everything in it at once; nothing is put down in order."""
        self._scope.cancel()
        await self._over.wait()

    async def _live(self, *, task_status: trio.TaskStatus[None]) -> None:
        self._lives += 1
        self._scope, self._told, self._over = trio.CancelScope(), trio.Event(), trio.Event()
        clock = VirtualClock(START)
        path = self.config.data / DATABASE
        if not path.exists():
            prepared(path)
        opening.prepare(path, now=clock.now())
        dice = seeded(sum(f"{self.name} {self._lives}".encode()))
        app = App(self.config, clock=clock, dice=dice, http=Line(self._wire, self.name), threaded=False)
        try:
            with self._scope:
                async with app.living():
                    self.app, self._wire.doors[self.name] = app, app.front
                    task_status.started()
                    await self._told.wait()
        finally:
            self.app = None
            self._wire.doors.pop(self.name, None)
            self._over.set()

    async def settle(self) -> None:
        """Set it up and give its owner's app a token."""
        assert self.app is not None
        db, identity = self.app.parts.db, self.app.parts.identity
        beginning = Beginning(
            username=self.username,
            name=self.username.title(),
            password="nobody logs in with it",
            domain=self.name,
            account_domain=self.name,
            trial=False,
            keys=keys_of(self.name),
        )
        await db.write(settling.set_up, beginning)
        digest = sha256(self._token.encode()).hexdigest()
        await db.write(calls.token, app="story", scopes=SCOPES, digest=digest)
        await trio.sleep(1)  # its loops hear of it
        assert identity.house is not None

    # What its owner does ---------------------------------------------------------------------------------------
    async def ask(self, method: str, path: str, /, **parameters: object) -> tuple[int, Any]:
        """Call the client API as the owner's app; return status and JSON."""
        assert self.app is not None, f"{self.name} does not run"
        reading = method == "GET"
        body = b"" if reading else json.dumps(parameters).encode()
        if reading and parameters:
            path += "?" + urlencode(parameters, doseq=True)
        headers = [
            (b"host", self.name.encode()),
            (b"authorization", f"Bearer {self._token}".encode()),
            *(() if reading else ((b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)))),
        ]
        answer = await call(self.app.front, method, path, headers, body)
        return answer.status, json.loads(answer.body or b"null")

    async def _call(self, method: str, path: str, /, **parameters: object) -> Any:
        status, answer = await self.ask(method, path, **parameters)
        assert status < 300, f"{self.name}: {method} {path} was answered {status} {answer}"
        return answer

    async def get(self, path: str, /, **parameters: object) -> Any:
        """Read from the client API; an error fails the story."""
        return await self._call("GET", path, **parameters)

    async def post(self, path: str, /, **parameters: object) -> Any:
        """Change something through the client API; an error fails the story."""
        return await self._call("POST", path, **parameters)

    async def look_up(self, handle: str) -> JSON:
        """Return the account of a handle, met for the first time or not."""
        found = await self.get("/api/v2/search", q=handle, type="accounts", resolve="true")
        (account,) = found["accounts"]
        return dict(account)

    async def follow(self, other: "House") -> JSON:
        """Follow the owner of another house; return the relationship as it stands at once."""
        account = await self.look_up(other.handle)
        return dict(await self.post(f"/api/v1/accounts/{account['id']}/follow"))

    async def unfollow(self, other: "House") -> None:
        """Follow no more."""
        await self.post(f"/api/v1/accounts/{(await self.look_up(other.handle))['id']}/unfollow")

    async def relation(self, other: "House") -> JSON:
        """Return the relationship with the owner of another house."""
        account = await self.look_up(other.handle)
        (relation,) = await self.get("/api/v1/accounts/relationships", **{"id[]": account["id"]})
        return dict(relation)

    async def command(self, name: str, /, **args: object) -> Any:
        """Do what the owner's terminal asks of the running server."""
        assert self.app is not None, f"{self.name} does not run"
        parts = self.app.parts
        if name in errands.ERRANDS:
            return await errands.run(parts, name, args)
        return await parts.db.write(calls.CALLS[name], **args)

    async def say(self, text: str, **parameters: object) -> JSON:
        """Publish a post."""
        return dict(await self.post("/api/v1/statuses", status=text, **parameters))

    async def edit(self, post: JSON, text: str) -> JSON:
        """Replace the text of a post."""
        return dict(await self._call("PUT", f"/api/v1/statuses/{post['id']}", status=text))

    async def delete(self, post: JSON) -> None:
        """Delete a post."""
        await self._call("DELETE", f"/api/v1/statuses/{post['id']}")

    async def rename(self, name: str) -> None:
        """Change the owner's display name."""
        await self._call("PATCH", "/api/v1/accounts/update_credentials", display_name=name)

    async def home(self) -> list[JSON]:
        """Return the newest posts of the home timeline, newest first."""
        return list(await self.get("/api/v1/timelines/home", limit=40))

    async def read(self) -> list[str]:
        """Return the texts in the home timeline, eldest first."""
        return [plain(post) for post in reversed(await self.home())]

    async def here(self, post: JSON) -> JSON:
        """Return another house's post as it is known here; it is in the home timeline."""
        return next(each for each in await self.home() if each["uri"] == post["uri"])

    async def notified(self, kind: str | None = None) -> list[tuple[str, str]]:
        """Return notifications, eldest first: (type, whose), or those of one type as (text of the post, whose)."""
        came = reversed(await self.get("/api/v1/notifications", limit=40))
        if kind is None:
            return [(each["type"], each["account"]["acct"]) for each in came]
        return [(plain(each["status"]), each["account"]["acct"]) for each in came if each["type"] == kind]


class Fediverse:
    """All houses of a story, and the time they share."""

    def __init__(self, folder: Path, nursery: trio.Nursery) -> None:
        self.wire = Wire(VirtualClock(START))
        self._folder, self._nursery = folder, nursery

    async def house(self, handle: str) -> House:
        """Return a new house that runs, whose owner has this handle."""
        house = House(handle, self._folder / handle.partition("@")[2], self.wire, self._nursery)
        await house.begin()
        await house.settle()
        return house

    async def houses(self, *handles: str) -> list[House]:
        """Return several new houses."""
        return [await self.house(handle) for handle in handles]

    async def wait(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass for everybody."""
        await trio.sleep(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


def plain(post: JSON) -> str:
    """Return the text of a post of one paragraph."""
    return str(post["content"]).removeprefix("<p>").removesuffix("</p>")
