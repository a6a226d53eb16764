"""Severities: how each is put and lifted, and what it does to whatever comes from a server, row by row."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from smallfed.domain.domain_block import Severity
from smallfed.services import moderating, queueing
from smallfed.services.moderating import Wish
from tests.fediverse.neighbours import BOB, EVE, THEIRS, Neighbours, View, shows

TABLE = """\
| | suspend | lifted | silence | no pictures | no reports | no relay | mute | block | rule |
|---|---|---|---|---|---|---|---|---|---|
| at home, in lists | no | yes | yes | yes | yes | yes | no | no | yes |
| in public timelines, hashtags, search for posts, the directory | no | yes | yes | yes | yes | yes | no | no | yes |
| in search for people | no | yes | yes | yes | yes | yes | yes | no | yes |
| in threads, among quotes | no | yes | yes | yes | yes | yes | no | no | yes |
| among who liked or boosted a post | no | yes | yes | yes | yes | yes | yes | no | yes |
| among conversations | no | yes | yes | yes | yes | yes | yes | no | yes |
| among notifications | no | yes | yes | yes | yes | yes | yes | no | yes |
| among your favourites and bookmarks | no | yes | yes | yes | yes | yes | yes | no | yes |
| among your boosts | no | yes | yes | yes | yes | yes | no | no | yes |
| among followers, followed, members of lists | no | yes | yes | yes | yes | yes | yes | no | yes |
| on your pages, in your outbox | no | yes | yes | yes | yes | yes | yes | no | yes |
| posts of whom you follow | no | yes | yes | yes | yes | yes | no | no | no |
| their pictures | no | yes | yes | no | yes | yes | no | no | no |
| edits | no | yes | yes | yes | yes | yes | no | no | no |
| deletions | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| new names, what is pinned | no | yes | yes | yes | yes | yes | yes | partly | no |
| mentions by whom you follow | no | yes | yes | yes | yes | yes | no | no | no |
| mentions by strangers | no | yes | held | yes | yes | yes | no | no | no |
| direct messages | no | yes | yes | yes | yes | yes | no | no | no |
| answers in your threads | no | yes | yes | yes | yes | yes | no | no | no |
| quotes of your posts | no | no | yes | yes | yes | yes | no | no | no |
| likes, boosts: you are told | no | partly | yes | yes | yes | yes | no | no | no |
| likes, votes: they count | no | no | yes | yes | yes | yes | yes | no | no |
| whoever wants to follow you | no | no | asks | yes | yes | yes | yes | no | no |
| your followers there: they count | no | yes | yes | yes | yes | yes | yes | no | yes |
| reports | no | no | yes | yes | no | yes | yes | yes | yes |
| strangers in public, under hashtags, at home for these | no | yes | no | yes | yes | yes | no | no | no |
| streams of apps | no | no | yes | yes | yes | yes | no | no | no |
| pushes | no | no | yes | yes | yes | yes | no | no | no |
| boosted by others | no | yes | yes | yes | yes | yes | no | no | no |
| quoted by others | no | yes | yes | yes | yes | yes | folded | no | no |
| answered by others | no | yes | yes | yes | yes | yes | no | no | no |
| brought by a relay | no | no | no | yes | yes | no | no | no | no |
| looked up by you | no | yes | yes | yes | yes | yes | yes | no | no |
| what your server asks theirs | no | no | yes | yes | yes | yes | yes | yes | yes |
| what your server sends theirs | no | no | yes | yes | yes | yes | yes | refusals | yes |
| what they look up here | no | yes | yes | yes | yes | yes | yes | yes | yes |
| moves | no | no | yes | yes | yes | yes | yes | yes | no |
"""
"""The same stands in FEDERATION.md. ``lifted``: what of all that is here when a suspend has been lifted again."""

NOISE = ("streams of apps", "pushes")
Deed = Callable[[Neighbours], Awaitable[Any]]
Answer = bool | str
DOMAIN = "b.example"


# What was here before -------------------------------------------------------------------------------------------------
PLACES: Mapping[str, tuple[str, ...]] = {
    "at home, in lists": ("home", "list"),
    "in public timelines, hashtags, search for posts, the directory": (
        "public",
        "hashtag",
        "search for posts",
        "directory",
    ),
    "in search for people": ("search for people",),
    "in threads, among quotes": ("thread", "quotes"),
    "among who liked or boosted a post": ("likers", "boosters"),
    "among conversations": ("conversations",),
    "among notifications": ("notifications",),
    "among your favourites and bookmarks": ("favourites", "bookmarks"),
    "among your boosts": ("own boosts",),
    "among followers, followed, members of lists": ("followers", "following", "members"),
    "on your pages, in your outbox": ("page", "outbox"),
}
"""Where they are met, by row of the table; what each place is, say ``Neighbours.places``."""


def met(places: Mapping[str, Any], row: str) -> Answer:
    """Whether they are met in the places of a row."""
    return _all(*(shows(places[name]) for name in PLACES[row]))


def _all(*answers: bool) -> Answer:
    return answers[0] if len(set(answers)) == 1 else "partly"


# What comes meanwhile -------------------------------------------------------------------------------------------------
def _told_of(view: View, *types: str) -> Answer:
    return _all(*(view.tells(type_, view.question["id"]) for type_ in types))


def _stranger(view: View) -> Answer:
    return view.tells("mention", f"zebra named {view.when}", EVE) or (EVE in view.kept_back and "held")


def _pinned(view: View) -> Answer:
    return _all(view.said["post"] in view.pins, view.name == f"Bob Zebra {view.when}")


def _counted(view: View) -> Answer:
    return _all(view.question["favourites_count"] == 1, view.question["poll"]["votes_count"] == 1)


def _reported(view: View) -> bool:
    return shows([one for one in view.told if one["type"] == "admin.report"], f"zebra report {view.when}")


def _boosted(view: View) -> bool:
    return view.said["boosted"] in [one["reblog"]["uri"] for one in view.home.values() if one["reblog"]]


def _quoted(view: View) -> Answer:
    state = view.home[view.said["quote"]]["quote"]["state"]
    return "folded" if state in ("muted_account", "blocked_account") else bool(state == "accepted")


def _followed(view: View) -> Answer:
    return _all(view.me["followers_count"] >= 2, view.collection["totalItems"] >= 2)


def _sent(view: View) -> Answer:
    return view.said["own"] in view.they_read or (view.is_asked("POST") and "refusals")


WAYS: Mapping[str, Callable[[View], Answer]] = {
    "posts of whom you follow": lambda view: view.said["post"] in view.home,
    "their pictures": lambda view: view.picture,
    "edits": lambda view: "redrawn" in view.home.get(view.old, {}).get("content", ""),
    "deletions": lambda view: view.said["deleted"] not in view.home,
    "new names, what is pinned": _pinned,
    "mentions by whom you follow": lambda view: view.tells("mention", f"zebra answer {view.when}"),
    "mentions by strangers": _stranger,
    "direct messages": lambda view: view.said["direct"] in view.talks,
    "answers in your threads": lambda view: shows(list(view.thread.values()), "zebra answer"),
    "quotes of your posts": lambda view: view.said["quoting"] in view.quotes,
    "likes, boosts: you are told": lambda view: _told_of(view, "favourite", "reblog"),
    "likes, votes: they count": _counted,
    "whoever wants to follow you": lambda view: "asks" if EVE in view.asking else EVE in view.followers,
    "your followers there: they count": _followed,
    "reports": _reported,
    "strangers in public, under hashtags, at home for these": lambda view: _all(
        *(view.said["named"] in place for place in (view.public, view.tagged, view.home))
    ),
    "streams of apps": lambda view: view.is_streamed,
    "pushes": lambda view: shows([one["title"] for one in view.pushed], "bob", "eve"),
    "boosted by others": _boosted,
    "quoted by others": _quoted,
    "answered by others": lambda view: view.said["answered"] in view.above,
    "brought by a relay": lambda view: view.said["relayed"] in view.public,
    "looked up by you": lambda view: view.said["searched"] in view.found,
    "what your server asks theirs": lambda view: view.is_asked("GET"),
    "what your server sends theirs": _sent,
    "what they look up here": lambda view: view.said["open"] in view.they_find,
}
"""Every way in which something comes, or goes there, to what has come of it: yes, no, or another word."""


DONE = ("whoever wants to follow you",)
"""Of these the stories see no more afterwards."""

MISSED: Mapping[str, tuple[str, ...]] = {
    "": (),
    "silence": ("mentions by strangers",),
    "no pictures": (),
    "no reports": ("reports",),
    "no relay": ("brought by a relay",),
    "rule": tuple(row for row in WAYS if row not in ("answered by others", "looked up by you")),
    "mute": (
        "mentions by whom you follow",
        "mentions by strangers",
        "direct messages",
        "likes, boosts: you are told",
        *NOISE,
    ),
}
"""What is as it was when something does not hold any more: nobody is told of what is past."""


def said(answer: Answer) -> str:
    """Return a cell of the table."""
    return answer if isinstance(answer, str) else "yes" if answer else "no"


# How it is put and lifted ---------------------------------------------------------------------------------------------
class Way(Struct, frozen=True, kw_only=True):
    """How something comes to hold for b.example and what is below it. ``column`` is what it does."""

    column: str
    put: Deed
    lift: Deed

    @property
    def ends_follows(self) -> bool:
        """Whether lifting it alone does not restore everything: nothing does that but to follow again."""
        return self.column == "block"

    def says(self, row: str) -> str:
        """Return what the table says of a row while it holds."""
        return CELLS[row].get(self.column, "yes")

    def leaves(self, row: str) -> str:
        """Return what the table says of what came meanwhile, when it holds no more."""
        if self.column == "suspend":
            return CELLS[row]["lifted"]
        return self.says(row) if row in MISSED[self.column] else "yes"


def _wish(**said: object) -> tuple[Deed, Deed]:
    async def put(the: Neighbours) -> None:
        await the.alice.command("domain.set", domain=DOMAIN, wish={"severity": "noop", **said})

    async def lift(the: Neighbours) -> None:
        await the.alice.command("domain.lift", domain=DOMAIN)

    return put, lift


def _write(f: Callable[..., Any], *args: object, **named: object) -> Deed:
    async def deed(the: Neighbours) -> None:
        assert the.alice.app is not None
        await the.alice.app.parts.db.write(f, *args, **named)

    return deed


async def _block_in_app(the: Neighbours) -> None:
    await the.alice.post("/api/v1/domain_blocks", domain=DOMAIN)


async def _unblock_in_app(the: Neighbours) -> None:
    await the.alice.ask("DELETE", "/api/v1/domain_blocks", domain=DOMAIN)


async def _close(the: Neighbours) -> None:
    for name in ("c.example", "relay.example"):
        await the.alice.command("domain.allow", domain=name)
    await _write(moderating.close, closed=True)(the)


_list_it = _write(moderating.by_lists, {DOMAIN: Wish(severity=Severity.SUSPEND)})
_unlist_it = _write(moderating.by_lists, {DOMAIN: None})


async def _allow_and_list(the: Neighbours) -> None:
    await the.alice.command("domain.allow", domain=DOMAIN)
    await _list_it(the)


async def _unlist_and_disallow(the: Neighbours) -> None:
    await _unlist_it(the)
    await the.alice.command("domain.disallow", domain=DOMAIN)


async def _block_people(the: Neighbours) -> None:
    """Block them, and let them not hear of it: a server that does is polite, and shows nothing of ours."""
    the.wire.trouble |= dict.fromkeys(THEIRS, "refused")
    for one in ("bob", "eve"):
        await the.alice.post(f"/api/v1/accounts/{the.ids[one]}/block")
    await the.wait(1)
    for name in THEIRS:
        await _write(queueing.drop, host=name)(the)
        del the.wire.trouble[name]


async def _unblock_people(the: Neighbours) -> None:
    """Unblock them, and begin anew: a block of one person ends follows."""
    for one in ("bob", "eve"):
        await the.alice.post(f"/api/v1/accounts/{the.ids[one]}/unblock")
    await the.alice.follow(the.bob)
    await the.bob.unfollow(the.alice)
    await the.bob.follow(the.alice)


async def _rule_out(the: Neighbours) -> None:
    made = [
        await the.alice.command("rules.add", family="actor", match=f"@{handle}", action="reject")
        for handle in (BOB, EVE)
    ]
    the.rules = [rule["id"] for rule in made]


async def _rule_in(the: Neighbours) -> None:
    for number in the.rules:
        await the.alice.command("rules.remove", number=number)


def _way(column: str, put: Deed, lift: Deed) -> Way:
    return Way(column=column, put=put, lift=lift)


SEVERITIES: Mapping[str, Way] = {
    "an app blocks the server": _way("suspend", _block_in_app, _unblock_in_app),
    "only who is allowed is let in": _way("suspend", _close, _write(moderating.close, closed=False)),
    "lists block the server": _way("suspend", _list_it, _unlist_it),
    "lists block the server, and it is allowed": _way("", _allow_and_list, _unlist_and_disallow),
    "silence": _way("silence", *_wish(severity="silence")),
    "no pictures": _way("no pictures", *_wish(reject_media=True)),
    "no reports": _way("no reports", *_wish(reject_reports=True)),
    "no relay": _way("no relay", *_wish(no_relay=True)),
    "mute": _way("mute", *_wish(mute=True)),
    "the owner blocks the people": _way("block", _block_people, _unblock_people),
    "a rule rejects the people": _way("rule", _rule_out, _rule_in),
}
"""All that can hold for a server or for people, by how it comes about. Without a ``column`` nothing holds."""


def _cells() -> dict[str, dict[str, str]]:
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines()]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


CELLS = _cells()
