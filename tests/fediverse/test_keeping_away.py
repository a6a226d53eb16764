"""A server that is suspended, limited, muted or not let in: in every path, and back as it was when that is lifted.

In these stories everything of bob's says "zebra": bob lives on b.example, alice keeps that away, carol does not.
"""

import json
from typing import Any

import pytest
from trio.testing import MockClock

from smallfed.store import refusals
from smallfed.store.refusals import Which
from tests.fediverse import places
from tests.fediverse.houses import Fediverse, House
from tests.listening import listening

PERSON, WORD = "bob@b.example", "zebra"
BLOCK = "/api/v1/domain_blocks"
PAGES = places.PAGES | {
    "followers collection": "/users/alice/followers",
    "following collection": "/users/alice/following",
}


class Village:
    """Alice and bob follow each other, carol follows both and is followed by alice."""

    def __init__(self, fediverse: Fediverse, alice: House, bob: House, carol: House) -> None:
        self.fediverse, self.alice, self.bob, self.carol = fediverse, alice, bob, carol
        self.ids: dict[str, str] = {}

    async def wait(self, minutes: float = 2) -> None:
        await self.fediverse.wait(minutes=minutes)

    async def speak(self) -> None:
        """Let bob reach alice in every way there is."""
        alice, bob, carol = self.alice, self.bob, self.carol
        await alice.post("/api/v1/tags/wildlife/follow")
        question = await alice.say("Which animal?", poll={"options": ["Cat", "Dog"], "expires_in": 86400})
        await self.wait()
        first = await bob.say("A zebra, plainly #wildlife")
        await bob.say("@alice@a.example zebra says hello")
        await bob.say("@alice@a.example a secret zebra", visibility="direct")
        await bob.say("zebra, for followers", visibility="private")
        seen = await bob.here(question)
        await bob.say("@alice@a.example the zebra", in_reply_to_id=seen["id"])
        await bob.post(f"/api/v1/statuses/{seen['id']}/favourite")
        await bob.post(f"/api/v1/statuses/{seen['id']}/reblog")
        await bob.ask("PUT", f"/api/v1/pleroma/statuses/{seen['id']}/reactions/🎉")
        await bob.post(f"/api/v1/polls/{seen['poll']['id']}/votes", choices=[1])
        await bob.say("zebra, in other words", quoted_status_id=seen["id"])
        await self.wait()
        await carol.post(f"/api/v1/statuses/{(await carol.here(first))['id']}/reblog")
        await carol.say("Look at this", quoted_status_id=(await carol.here(first))["id"])
        await self.wait()
        here = await alice.here(first)
        for deed in ("favourite", "bookmark", "reblog"):
            await alice.post(f"/api/v1/statuses/{here['id']}/{deed}")
        made = await alice.post("/api/v1/lists", title="Friends")
        person = (await alice.look_up(PERSON))["id"]
        await alice.post(f"/api/v1/lists/{made['id']}/accounts", account_ids=[person])
        await alice.post(f"/api/v1/accounts/{person}/pin")
        me = (await alice.get("/api/v1/accounts/verify_credentials"))["id"]
        self.ids = {"question": question["id"], "first": here["id"], "list": made["id"], "person": person, "me": me}
        self.ids["uri"] = first["uri"]
        await self.wait()

    async def looked(self) -> dict[str, Any]:
        """Return everything in which bob may be seen or counted, by what it is called."""
        ids = self.ids
        me = await self.alice.get("/api/v1/accounts/verify_credentials")
        paths = places.in_apps(me=me["id"], post=ids["question"], a_list=ids["list"], word=WORD) | {
            "grouped notifications": ("/api/v2/notifications", {"limit": 40}),
            "suggestions": ("/api/v2/suggestions", {}),
            "trends": ("/api/v1/trends/statuses", {}),
            "a post of theirs": (f"/api/v1/statuses/{ids['first']}", {}),
            "its thread": (f"/api/v1/statuses/{ids['first']}/context", {}),
            "its source": (f"/api/v1/statuses/{ids['first']}/history", {}),
            "many posts": ("/api/v1/statuses", {"id": [ids["first"], ids["question"]]}),
            "their posts": (f"/api/v1/accounts/{ids['person']}/statuses", {}),
            "their followers": (f"/api/v1/accounts/{ids['person']}/followers", {}),
            "address of a post": ("/api/v2/search", {"q": ids["uri"], "type": "statuses"}),
            "address of a person": ("/api/v2/search", {"q": "@bob@b.example", "type": "accounts", "resolve": "true"}),
            "people": ("/api/v1/accounts/search", {"q": "bob"}),
            "recommended": (f"/api/v1/accounts/{ids['me']}/endorsements", {}),
            "peers": ("/api/v1/instance/peers", {}),
            "reactions": (f"/api/v1/pleroma/statuses/{ids['question']}/reactions", {}),
        }
        found = {name: (await self.alice.ask("GET", path, **asked))[1] for name, (path, asked) in paths.items()}
        found["counts"] = [me["followers_count"], me["following_count"]]
        question = await self.alice.get(f"/api/v1/statuses/{ids['question']}")
        found["counts of a post"] = [
            question[f"{name}_count"] for name in ("favourites", "reblogs", "replies", "quotes")
        ]
        found["counts of a post"] += [question["poll"]["votes_count"], len(question["emoji_reactions"])]
        note = f"/users/alice/notes/{ids['question']}"
        for name in ("likes", "shares", "replies", "context"):
            found[f"{name} collection"] = await places.shown(self.alice, f"{note}/{name}")
        found["counts in collections"] = [
            json.loads(found[f"{name} collection"])["totalItems"] for name in ("likes", "shares", "replies", "context")
        ]
        found["page of a post"] = await places.shown(self.alice, f"/@alice/{ids['question']}")
        return found | {name: await places.shown(self.alice, path) for name, path in PAGES.items()}


def shows(found: object) -> bool:
    """Whether bob, or something of bob's, is in what was found; that somebody else links to it is theirs."""
    text = json.dumps(found).lower()
    return any(mark in text for mark in (WORD, PERSON, "b.example/users/bob"))


@pytest.fixture
async def village(fediverse: Fediverse) -> Village:
    alice, bob, carol = await fediverse.houses("alice@a.example", PERSON, "carol@c.example")
    for follower, followed in ((alice, bob), (bob, alice), (carol, bob), (alice, carol), (carol, alice)):
        await follower.follow(followed)
    made = Village(fediverse, alice, bob, carol)
    await made.wait()
    await made.speak()
    return made


def settled(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out what changes with the hour."""
    text = json.dumps({name: value for name, value in found.items() if name not in ("trends", "page", "feed")})
    return dict(json.loads(text))


async def test_nothing_of_a_suspended_domain_is_anywhere_and_all_of_it_comes_back(
    autojump_clock: MockClock, village: Village
) -> None:
    alice, bob, carol, wire = village.alice, village.bob, village.carol, village.fediverse.wire
    before = await village.looked()
    seen_before = {name for name, found in before.items() if shows(found)}
    relation = await alice.relation(bob)

    await alice.post(BLOCK, domain="b.example")
    await village.wait()
    sent, quiet = len(wire.posts("b.example", asker="a.example")), await village.looked()

    # Nothing of what there was is shown or counted.
    assert sorted(name for name, found in quiet.items() if shows(found)) == []
    assert quiet["notifications"][0]["type"] == "severed_relationships"
    assert (quiet["counts"], before["counts"]) == ([1, 1], [2, 2])
    assert (before["counts of a post"], quiet["counts of a post"]) == ([1, 1, 1, 1, 1, 1], [0] * 6)
    assert (before["counts in collections"], quiet["counts in collections"]) == ([1, 1, 1, 2], [0, 0, 0, 1])
    assert [("b.example" in each["peers"]) for each in (before, quiet)] == [True, False]
    everywhere = "home list members public hashtag conversations thread likers boosters page notifications favourites"
    assert seen_before >= {
        *everywhere.split(),
        "bookmarks",
        "search for posts",
        "search for people",
        "own boosts",
    }
    assert seen_before >= {"outbox", "followers", "following"}

    # Nothing comes in, by whatever way.
    assert alice.app is not None
    async with listening(alice.app.front, token=alice._token, stream="user") as ear:
        fresh = await bob.say("@alice@a.example a new zebra #wildlife")
        await bob.say("@alice@a.example another secret zebra", visibility="direct")
        await village.wait()
        await carol.post(f"/api/v1/statuses/{(await carol.here(fresh))['id']}/reblog")
        await carol.say("@alice@a.example look", in_reply_to_id=(await carol.here(fresh))["id"])
        await carol.say("And this", quoted_status_id=(await carol.here(fresh))["id"])
        await village.wait(5)
        events = await ear.events()
    assert not any(shows(event) for event in events)
    fetched = await alice.get("/api/v2/search", q=fresh["uri"], resolve="true")
    assert fetched["statuses"] == []
    during = await village.looked()
    assert sorted(name for name, found in during.items() if shows(found)) == []
    refused = {each.status for each in wire.posts("a.example", asker="b.example") if b"new zebra" in each.body}
    assert refused == {403}
    assert await alice.app.parts.db.read(lambda tx: [one.type for one in refusals.newest(tx, Which(), limit=50)])

    # Nothing goes out: neither what is said meanwhile, nor that anything is over.
    await alice.say("While you are away")
    await village.wait()
    assert len(wire.posts("b.example", asker="a.example")) == sent
    assert (await bob.relation(alice))["following"] is True
    assert "While you are away" not in await bob.read()
    (hidden,) = await alice.get("/api/v1/accounts/relationships", **{"id[]": village.ids["person"]})
    assert (hidden["following"], hidden["followed_by"], hidden["domain_blocking"]) == (False, False, True)

    # And everything is back, with what was said meanwhile.
    await alice.ask("DELETE", BLOCK, domain="b.example")
    await village.wait(30)
    after = await village.looked()
    assert await alice.relation(bob) == relation
    assert {name for name, found in after.items() if shows(found)} >= seen_before
    for name in ("members", "followers", "following", "favourites", "bookmarks", "likers", "boosters"):
        assert (name, [one["id"] for one in after[name]]) == (name, [one["id"] for one in before[name]])
    for name in ("counts", "counts of a post", "counts in collections", "peers"):
        assert (name, after[name]) == (name, before[name])
    for name in ("home", "list", "public", "hashtag", "conversations", "notifications"):
        missing = {one["id"] for one in before[name]} - {one["id"] for one in after[name]}
        assert (name, missing) == (name, set())
    texts = await alice.read()
    assert "a new zebra" in " ".join(texts)
    await alice.say("Here again")
    await village.wait()
    assert "Here again" in await bob.read()


async def test_a_final_block_ends_what_there_was_and_says_so(autojump_clock: MockClock, village: Village) -> None:
    alice, bob = village.alice, village.bob
    await alice.post(BLOCK, domain="b.example")
    await village.wait()

    done = await alice.command("domain.final", domain="b.example")
    await village.wait()

    told = await bob.relation(alice)
    assert (done["ended"], told["following"], told["followed_by"]) == (2, False, False)
    lifted = await alice.command("domain.lift", domain="b.example", follow_again=True)
    await village.wait()
    assert lifted == {"domain": "b.example", "back": None, "kept_away": "", "followed_again": [PERSON]}
    assert (await alice.relation(bob))["following"] is True


async def test_whoever_let_the_owner_go_meanwhile_is_asked_again(autojump_clock: MockClock, village: Village) -> None:
    alice, bob = village.alice, village.bob
    await alice.post(BLOCK, domain="b.example")
    await village.wait()
    follower = (await bob.look_up(alice.handle))["id"]
    await bob.post(f"/api/v1/accounts/{follower}/remove_from_followers")
    await village.wait()

    await alice.ask("DELETE", BLOCK, domain="b.example")
    await village.wait(10)
    await bob.say("zebra, to all who follow")
    await village.wait()

    assert "zebra, to all who follow" in await alice.read()


async def test_a_limited_domain_is_out_of_sight_but_for_whom_is_followed(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", PERSON, "carol@c.example")
    await alice.follow(carol)
    await fediverse.wait(minutes=1)
    post = await bob.say("@alice@a.example zebra #wildlife")
    await fediverse.wait(minutes=1)
    before = [await alice.get(path) for path in ("/api/v1/timelines/public", "/api/v1/timelines/tag/wildlife")]

    await alice.command("domain.set", domain="b.example", wish={"severity": "silence"})
    await bob.say("@alice@a.example a second zebra")
    await fediverse.wait(minutes=1)
    during = [await alice.get(path) for path in ("/api/v1/timelines/public", "/api/v1/timelines/tag/wildlife")]
    told = await alice.notified("mention")
    kept_back = await alice.get("/api/v1/notifications/requests")
    direct = await alice.get("/api/v2/search", q=post["uri"], resolve="true")
    await alice.command("domain.lift", domain="b.example")
    after = [await alice.get(path) for path in ("/api/v1/timelines/public", "/api/v1/timelines/tag/wildlife")]

    assert [shows(found) for found in before + during] == [True, True, False, False]
    assert [text for text, _ in told if "second" in text] == []
    assert [one["account"]["acct"] for one in kept_back] == [PERSON]
    assert [one["uri"] for one in direct["statuses"]] == [post["uri"]]
    assert [shows(found) for found in after] == [True, True]


async def test_a_muted_domain_is_not_read_and_follows_go_on(autojump_clock: MockClock, village: Village) -> None:
    alice, bob = village.alice, village.bob
    await alice.command("domain.set", domain="b.example", wish={"mute": True, "severity": "noop"})
    await bob.say("@alice@a.example a muted zebra")
    await village.wait()
    home, told = await alice.home(), await alice.notified("mention")
    await alice.say("Do you hear me?")
    await village.wait()

    assert not shows([{**one, "quote": None} for one in home])
    assert {one["quote"]["state"] for one in home if one["quote"]} == {"muted_account"}
    assert not any("muted" in text for text, _ in told)
    assert (await alice.relation(bob))["following"] is True
    assert "Do you hear me?" in await bob.read()
    await alice.command("domain.lift", domain="b.example")
    assert "a muted zebra" in " ".join(await alice.read())


async def test_only_who_is_allowed_is_let_in(autojump_clock: MockClock, village: Village) -> None:
    """The mode of the house freezes everybody else, and an allow lets them back."""
    alice, bob, carol = village.alice, village.bob, village.carol
    assert alice.app is not None

    await alice.command("domain.allow", domain="c.example")
    await alice.app.parts.db.write(close, True)
    await village.wait()
    await bob.say("A zebra behind the door")
    await carol.say("I am let in")
    await village.wait()
    home = await alice.read()
    counts = (await alice.get("/api/v1/accounts/verify_credentials"))["followers_count"]
    await alice.command("domain.allow", domain="b.example")
    await village.wait(30)

    assert ("I am let in" in home, WORD in " ".join(home), counts) == (True, False, 1)
    assert "A zebra behind the door" in await alice.read()
    assert (await alice.relation(bob))["followed_by"] is True


def close(tx: Any, closed: bool) -> bool:
    from smallfed.services import moderating

    return moderating.close(tx, closed=closed)


async def test_what_a_rule_holds_is_let_in_when_the_owner_says_so(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """It is read at its origin again, and is as if it had come now."""
    alice, bob = await fediverse.houses("alice@a.example", PERSON)
    await alice.command("rules.add", family="keyword", match="zebra", action="hold")
    post = await bob.say("@alice@a.example a zebra")
    await fediverse.wait(minutes=1)
    assert alice.app is not None
    (line,) = await alice.app.parts.db.read(refusals.newest, Which(held=True), limit=9)
    nothing = await alice.notified()
    tested = await alice.command("rules.test", about=post["uri"])

    await alice.command("ledger.release", number=line.id)
    await fediverse.wait(minutes=1)

    assert (nothing, line.object, tested["action"]) == ([], post["uri"], "hold")
    assert [whose for _, whose in await alice.notified("mention")] == [PERSON]


@pytest.mark.parametrize(("action", "status"), [("reject", 403), ("drop", 202), ("hold", 202)])
async def test_what_was_let_in_is_read_where_a_rule_lets_nothing_be_asked(
    autojump_clock: MockClock, fediverse: Fediverse, action: str, status: int
) -> None:
    """Of strangers, too, it is known what they sent. The owner's word for one post goes before a rule, for it alone."""
    alice, bob = await fediverse.houses("alice@a.example", PERSON)
    await alice.command("rules.add", family="domain", match="b.example", action=action)
    first, second = [await bob.say(f"@alice@a.example {text}") for text in ("first", "second")]
    await fediverse.wait(minutes=1)
    assert alice.app is not None
    lines = await alice.app.parts.db.read(refusals.newest, Which(), limit=9)
    (line,) = [one for one in lines if one.object == first["uri"]]
    answers = {asked.status for asked in fediverse.wire.posts("a.example")}

    await alice.command("ledger.release", number=line.id)
    await fediverse.wait(minutes=1)
    looked_up = await alice.get("/api/v2/search", q=second["uri"], resolve="true")

    assert answers == {status}
    assert (line.action, line.rule.endswith("domain b.example")) == (action, True)
    assert [whose for _, whose in await alice.notified("mention")] == [PERSON]
    assert looked_up["statuses"] == []


async def test_what_was_turned_away_is_in_the_ledger_after_a_restart(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """What was counted in memory so far is written down in the end."""
    alice, bob = await fediverse.houses("alice@a.example", PERSON)
    await bob.look_up(alice.handle)
    await alice.post(BLOCK, domain="b.example")
    await fediverse.wait(seconds=2)
    post = await bob.say("@alice@a.example do you hear me?")
    await fediverse.wait(seconds=2)

    await alice.end()
    await alice.begin()

    assert alice.app is not None
    (line,) = await alice.app.parts.db.read(refusals.newest, Which(), limit=9)
    assert (line.actor, line.type, line.object, line.rule, line.kept) == (
        bob.actor,
        "Create",
        post["uri"],
        "domain b.example",
        False,
    )
