"""What somebody on a frozen server deletes or takes back meanwhile does not come back when the block is lifted."""

from trio.testing import MockClock

from smallfed.store import accounts, domain_blocks, inbound
from smallfed.store.tx import Tx
from tests.fediverse.houses import Fediverse, House
from tests.fediverse.test_keeping_away import BLOCK

POSTED = ("A zebra that stays", "A zebra that goes", "A zebra for followers that goes")


async def _met(fediverse: Fediverse) -> tuple[House, House]:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await bob.follow(alice)
    await fediverse.wait(minutes=2)
    return alice, bob


async def test_what_ended_meanwhile_is_over(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await _met(fediverse)
    wire, ours = fediverse.wire, await alice.say("Which animal?")
    await fediverse.wait(minutes=2)
    stays, goes, secret = [
        await bob.say(text, visibility=how) for text, how in zip(POSTED, ("public", "public", "private"), strict=True)
    ]
    seen = (await bob.here(ours))["id"]
    for deed in ("favourite", "reblog"):
        await bob.post(f"/api/v1/statuses/{seen}/{deed}")
    await fediverse.wait(minutes=2)
    before = await alice.get(f"/api/v1/statuses/{ours['id']}")
    assert (before["favourites_count"], before["reblogs_count"]) == (1, 1)

    await alice.post(BLOCK, domain="b.example")
    await fediverse.wait(minutes=2)
    quiet = len([one for one in wire.asked if one.asker == "a.example"])
    for post in (goes, secret):
        await bob.ask("DELETE", f"/api/v1/statuses/{post['id']}")
    for deed in ("unfavourite", "unreblog"):
        await bob.post(f"/api/v1/statuses/{seen}/{deed}")
    await bob.say("@alice@a.example a new zebra")
    person = (await bob.look_up("alice@a.example"))["id"]
    await bob.post(f"/api/v1/accounts/{person}/unfollow")
    await fediverse.wait(minutes=5)

    # They are answered as for anything else, and nothing is sent or asked.
    assert {one.status for one in wire.posts("a.example", asker="b.example")[-6:]} == {403}
    assert len([one for one in wire.asked if one.asker == "a.example"]) == quiet

    await alice.ask("DELETE", BLOCK, domain="b.example")
    await fediverse.wait(minutes=30)
    home = " ".join(one["content"] for one in await alice.get("/api/v1/timelines/home", limit=40))
    after = await alice.get(f"/api/v1/statuses/{ours['id']}")
    relation = await alice.relation(bob)
    assert [text in home for text in POSTED] == [True, False, False]
    assert (await alice.here(stays))["uri"] == stays["uri"]
    assert (after["favourites_count"], after["reblogs_count"]) == (0, 0)
    assert (relation["following"], relation["followed_by"]) == (True, False)


async def test_who_blocks_or_is_gone_meanwhile_is_not_there_again(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob = await _met(fediverse)
    await alice.post(BLOCK, domain="b.example")
    await fediverse.wait(minutes=2)
    person = (await bob.look_up("alice@a.example"))["id"]

    await bob.post(f"/api/v1/accounts/{person}/block")
    await fediverse.wait(minutes=2)
    await alice.ask("DELETE", BLOCK, domain="b.example")
    await fediverse.wait(minutes=30)

    relation = await alice.relation(bob)
    assert (relation["following"], relation["followed_by"], relation["blocked_by"]) == (False, False, True)


async def test_without_a_key_that_we_keep_nothing_is_believed_and_nobody_asked(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob = await _met(fediverse)
    post = await bob.say("A zebra")
    await fediverse.wait(minutes=2)
    await alice.post(BLOCK, domain="b.example")
    await fediverse.wait(minutes=2)
    assert alice.app is not None
    await alice.app.parts.db.write(_lose_keys)
    asked = len([one for one in fediverse.wire.asked if one.asker == "a.example"])

    await bob.ask("DELETE", f"/api/v1/statuses/{post['id']}")
    await fediverse.wait(minutes=5)

    assert len([one for one in fediverse.wire.asked if one.asker == "a.example"]) == asked
    await alice.ask("DELETE", BLOCK, domain="b.example")
    await fediverse.wait(minutes=2)
    assert post["uri"] not in [one["uri"] for one in await alice.home()]  # then it is asked for, and is not there


def _lose_keys(tx: Tx) -> None:
    accounts.drop_keys(tx, "https://b.example/users/bob", except_=[])


async def test_who_is_blocked_by_the_name_of_their_accounts_is_shut_out_at_the_door(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Their server has another name than their handles: both count, and nothing of what they send is kept."""
    alice, bob = await _met(fediverse)
    assert alice.app is not None
    await alice.app.parts.db.write(_rename)

    await alice.post(BLOCK, domain="names.example")
    await fediverse.wait(minutes=2)
    await bob.say("@alice@a.example a zebra")
    await fediverse.wait(minutes=2)

    assert fediverse.wire.posts("a.example", asker="b.example")[-1].status == 403
    assert await alice.app.parts.db.read(lambda tx: inbound.waiting(tx)) == 0
    assert await alice.app.parts.db.read(domain_blocks.cutting, "https://b.example/users/bob") == "names.example"


def _rename(tx: Tx) -> None:
    bob = accounts.find_uri(tx, "https://b.example/users/bob")
    assert bob is not None
    accounts.change(tx, bob.id, host="names.example")
