"""Rules where they act: at each path, with a line in the ledger for whatever is not let in."""

import msgspec
import pytest
from msgspec import structs

from smallfed.domain.account import Account, Kind
from smallfed.domain.blocklist import Entry
from smallfed.domain.incoming import Announce, Arrival, Create, Follow, Like
from smallfed.domain.notification import Handling
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.domain.refusal import Path
from smallfed.domain.refused import Refused
from smallfed.domain.rule import Action, Family, Verdict
from smallfed.errors import Conflict, Invalid, NotFound
from smallfed.inbox import registry
from smallfed.inbox.outcome import Done, Ignored
from smallfed.services import (
    blocking,
    judging,
    legislating,
    receiving,
    reckoning,
    releasing,
    revising,
    screening,
    trusting,
)
from smallfed.services.receiving import FETCHED, SENT
from smallfed.services.trusting import Trust
from smallfed.store import follows, inbound, judgements, notification_requests, posts, refusals, rules, timelines
from smallfed.store.inbound import Arriving
from smallfed.store.paging import Page
from smallfed.store.refusals import Came, Which
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import Incoming, told

PICTURE = Attachment(id=0, kind="image", url="https://far.example/1.png", media_type="image/png")


def law(tx: Tx, family: Family, match: str, action: Action) -> str:
    made = legislating.make(tx, family, match, action)
    return f"rule {made.id}: {family} {made.match}"


def ledger(tx: Tx) -> list[tuple[str, str, str, str]]:
    lines = refusals.newest(tx, Which(), limit=50)
    return [(one.path.value, one.type, one.object or one.activity, one.rule) for one in lines]


def arrival(who: Account) -> Arrival:
    return Arrival(actor=who.uri, personal=False, received_at=world.NOW)


# Posts ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("action", [Action.REJECT, Action.DROP, Action.HOLD])
def test_a_post_that_is_not_let_in(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming, action: Action
) -> None:
    """However it comes; its line has what came, and the owner may let it in."""
    tx = lively
    label = law(tx, Family.KEYWORD, "airdrop", action)
    post = incoming(bob, named=(owner,), content="<p>Airdrop!</p>", raw=b'{"type":"Note"}')

    sent, fetched = receiving.receive(tx, post, SENT), receiving.receive(tx, post, FETCHED)

    assert isinstance(sent, Refused)
    assert isinstance(fetched, Refused)
    assert ("It waits in the ledger" in sent.reason) is (action is Action.HOLD)
    assert (posts.find_uri(tx, post.uri), told(tx)) == (None, [])
    assert ledger(tx) == [("post", "Note", post.uri, label)]
    (line,) = refusals.newest(tx, Which(held=action is Action.HOLD), limit=9)
    assert (line.times, line.action, refusals.raw(tx, line.id)) == (2, action, b'{"type":"Note"}')
    releasing.release(tx, line.id)
    assert tx.all("SELECT actor, type, order_key FROM inbound") == [(bob.uri, "Create", post.uri)]
    assert isinstance(receiving.receive(tx, post, SENT), Post)
    assert told(tx) == [("mention", bob.id, posts.get(tx, posts.find_uri(tx, post.uri).id).id)]  # type: ignore[union-attr]
    assert refusals.newest(tx, Which(held=True), limit=9) == []


def test_a_post_that_is_let_in_otherwise(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """All that rules say is done, kept with the post, and done again to what it becomes."""
    tx = lively
    notification_requests.permit(tx, bob.id)
    law(tx, Family.MEDIA, "1", Action.STRIP)
    law(tx, Family.MENTIONS, "1", Action.SENSITIVE)
    law(tx, Family.AGE, "7d", Action.HUSH)
    law(tx, Family.LINKS, "1", Action.HIDE)
    text = '<p>Look <a href="https://shop.example/">here</a></p>'
    post = incoming(bob, named=(owner,), content=text, attachments=(PICTURE,))

    stored = receiving.receive(tx, post, SENT)

    assert isinstance(stored, Post)
    assert (stored.sensitive, stored.visibility) == (True, Visibility.PUBLIC)
    assert tx.one("SELECT count(*) FROM attachments")[0] == 0
    assert {one.action for one in judgements.of(tx, stored.id)} == {
        Action.STRIP,
        Action.SENSITIVE,
        Action.HUSH,
        Action.HIDE,
    }
    assert tx.all("SELECT type, filtered FROM notifications") == [("mention", 1)]
    assert timelines.public(tx, owner.id, Page()) == []
    edited = structs.replace(post, content="<p>Nothing</p>", updated_at=world.later(tx, hours=1).now)
    assert isinstance(revising.revise(tx, edited), Post)
    assert Action.HIDE not in {one.action for one in judgements.of(tx, stored.id)}
    assert [one.id for one in timelines.public(tx, owner.id, Page())] == [stored.id]


@pytest.mark.parametrize(
    ("family", "match"),
    [
        (Family.PROFILE, "*shop.example*"),
        (Family.PROFILE, "sponsored"),
        (Family.PROFILE, "best offers"),
        (Family.KIND, "Service"),
        (Family.KIND, "bot"),
    ],
)
def test_advertising_is_cut_from_public_views(
    lively: Tx, owner: Account, know: Know, incoming: Incoming, family: Family, match: str
) -> None:
    """By what an account says of itself, in name, bio, fields or links; not of whom the owner follows."""
    said = {
        "name": "Best offers",
        "note": '<p>Sponsored. <a href="https://www.shop.example/now">Buy</a></p>',
        "kind": Kind.SERVICE,
    }
    seller, friend, other = (
        know("seller@far.example", **said),
        know("friend@far.example", **said),
        know("o@far.example"),
    )
    world.befriend(lively, owner, friend)
    law(lively, family, match, Action.HIDE)
    for person in (seller, friend, other):
        assert isinstance(receiving.receive(lively, incoming(person), FETCHED), Post)

    shown = {post.account_id for post in timelines.public(lively, owner.id, Page())}

    assert shown == {friend.id, other.id}


def test_a_post_for_followers_only(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """Whoever names the owner still does; a stranger who does not has nothing to say."""
    law(lively, Family.DOMAIN, "far.example", Action.PRIVATE)

    named = receiving.receive(lively, incoming(bob, 1, named=(owner,)), SENT)
    other = receiving.receive(lively, incoming(bob, 2), FETCHED)

    assert isinstance(named, Post)
    assert named.visibility is Visibility.PRIVATE
    assert isinstance(other, Refused)


def test_whom_the_owner_follows_is_not_judged_by_words(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    world.befriend(lively, owner, bob)
    law(lively, Family.KEYWORD, "airdrop", Action.REJECT)
    law(lively, Family.AGE, "7d", Action.REJECT)

    assert isinstance(receiving.receive(lively, incoming(bob, content="airdrop"), SENT), Post)
    law(lively, Family.ACTOR, f"@{bob.handle}", Action.REJECT)
    assert isinstance(receiving.receive(lively, incoming(bob, 2), SENT), Refused)


# Activities -----------------------------------------------------------------------------------------------------------
def test_activities_are_judged_by_who_sends_them(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """But not what takes something away."""
    tx = lively
    mine = world.say(tx, owner)
    label = law(tx, Family.DOMAIN, "*.example", Action.DROP)
    like = Like(id="https://far.example/likes/1", actor=bob.uri, object=mine.uri)

    outcome = registry.handle(tx, like, arrival(bob))

    assert isinstance(outcome, Ignored)
    assert ledger(tx) == [("inbox", "Like", mine.uri, label)]
    assert told(tx) == []
    with pytest.raises(Conflict, match="not kept any more"):
        releasing.release(tx, refusals.newest(tx, Which(), limit=1)[0].id)
    rules.drop(tx, rules.every(tx)[0].id)
    assert isinstance(registry.handle(tx, like, arrival(bob)), Done)


def test_who_sends_too_much(lively: Tx, owner: Account, bob: Account) -> None:
    law(lively, Family.RATE, "60/h", Action.DROP)
    mine = world.say(lively, owner)
    like = Like(id=None, actor=bob.uri, object=mine.uri)

    few = registry.handle(lively, like, structs.replace(arrival(bob), rate=60))
    many = registry.handle(
        lively,
        Announce(id=None, actor=bob.uri, object=mine.uri, published_at=None),
        structs.replace(arrival(bob), rate=61),
    )

    assert isinstance(few, Done)
    assert isinstance(many, Ignored)


def test_a_follow_that_is_held_waits_for_the_owner(lively: Tx, owner: Account, bob: Account) -> None:
    law(lively, Family.AGE, "24h", Action.HOLD)
    asked = Follow(id="https://far.example/follows/1", actor=bob.uri, object=owner.uri)

    outcome = registry.handle(lively, asked, arrival(bob))

    assert isinstance(outcome, Done)
    assert not follows.has(lively, bob.id, owner.id)
    assert follows.count(lively, owner.id, followers=True, accepted=False) == 1
    assert told(lively) == [("follow_request", bob.id, None)]


def test_what_somebody_does_may_not_notify(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    mine = world.say(lively, owner)
    law(lively, Family.DOMAIN, "far.example", Action.HUSH)
    world.befriend(lively, owner, carol)
    law(lively, Family.DOMAIN, "other.example", Action.HUSH)

    kinds = [screening.handling(lively, "favourite", who.id, mine.id) for who in (bob, carol)]

    assert kinds == [Handling.FILTER, Handling.ACCEPT]
    law(lively, Family.DOMAIN, "far.example", Action.DROP)
    assert screening.handling(lively, "favourite", bob.id, mine.id) is Handling.DROP


# Rules ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("family", "match"),
    [
        (Family.DOMAIN, "no domain"),
        (Family.ACTOR, "bob"),
        (Family.KEYWORD, " ** "),
        (Family.AGE, "soon"),
        (Family.RATE, "60"),
        (Family.MENTIONS, "0"),
        (Family.LINKS, "many"),
        (Family.LIST, " "),
        (Family.KEYWORD, "x" * 501),
        (Family.KIND, "robot"),
        (Family.PROFILE, "**"),
        (Family.KEYWORD, ""),
        (Family.KEYWORD, "*e*"),
        (Family.KEYWORD, "e*"),
        (Family.KEYWORD, "."),
        (Family.PROFILE, "*1*"),
        (Family.KEYWORD, "x" * 1_000_000),
        (Family.ACTOR, "@" + "x" * 1_000_000 + "@far.example"),
        (Family.ACTOR, "https://"),
        (Family.ACTOR, "@bob@far example"),
        (Family.DOMAIN, "*"),
        (Family.DOMAIN, "192.0.2.0/24"),
        (Family.LINKS, "9" * 5000),
        (Family.AGE, "9" * 5000 + "d"),
        (Family.RATE, "0/h"),
    ],
)
def test_what_is_no_rule(tx: Tx, owner: Account, family: Family, match: str) -> None:
    """It is said in a sentence, not in a megabyte."""
    with pytest.raises(Invalid) as error:
        legislating.make(tx, family, match, Action.DROP)
    assert len(error.value.message) < 400


def test_a_rule_about_a_list_that_there_is_not(tx: Tx, owner: Account) -> None:
    with pytest.raises(NotFound, match="no list 'spammers'"):
        legislating.make(tx, Family.LIST, "spammers", Action.DROP)


@pytest.mark.parametrize(
    ("family", "match", "stored"),
    [
        (Family.ACTOR, "@Bob@BÜCHER.example", "@bob@xn--bcher-kva.example"),
        (Family.DOMAIN, "*.Bücher.example", "*.xn--bcher-kva.example"),
        (Family.DOMAIN, "2001:DB8::1", "[2001:db8::1]"),
        (Family.KEYWORD, "e", "e"),  # the word
        (Family.KEYWORD, "*猫*", "*猫*"),
        (Family.KEYWORD, "(a+)+$", "(a+)+$"),  # no pattern
    ],
)
def test_rules_are_stored_as_they_are_compared(tx: Tx, owner: Account, family: Family, match: str, stored: str) -> None:
    assert legislating.make(tx, family, match, Action.DROP).match == stored


def test_there_is_an_end_to_rules(tx: Tx, owner: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legislating, "MOST_INSIDE", 2)
    monkeypatch.setattr(legislating, "MOST", 4)
    for word in ("*one*", "*two", "three"):
        legislating.make(tx, Family.KEYWORD, word, Action.DROP)

    with pytest.raises(Invalid, match="look inside words"):
        legislating.make(tx, Family.PROFILE, "*four*", Action.DROP)
    legislating.make(tx, Family.PROFILE, "four*", Action.DROP)
    with pytest.raises(Invalid, match="4 rules already"):
        legislating.make(tx, Family.KEYWORD, "five", Action.DROP)


def test_rules_come_and_go(tx: Tx, owner: Account) -> None:
    made = legislating.make(tx, Family.ACTOR, "Bob@Far.example", Action.DROP, comment="loud")
    again = legislating.make(
        tx, Family.ACTOR, "@bob@far.example", Action.DROP, expires_at=legislating.lasting(tx, "7d")
    )

    assert (again.id, again.comment, again.expires_at) == (made.id, "loud", legislating.lasting(tx, "7d"))
    assert rules.book(tx) is rules.book(tx)
    legislating.repeal(tx, made.id)
    assert (rules.every(tx), bool(rules.book(tx))) == ([], False)
    with pytest.raises(NotFound):
        legislating.repeal(tx, made.id)


# The ledger -----------------------------------------------------------------------------------------------------------
def test_a_line_becomes_a_rule(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    label = law(lively, Family.KEYWORD, "airdrop", Action.DROP)
    receiving.receive(lively, incoming(bob, content="airdrop", named=(owner,)), SENT)
    (line,) = refusals.newest(lively, Which(), limit=9)

    by_actor = releasing.make_rule(lively, line.id, Family.ACTOR, Action.REJECT)
    by_domain = releasing.make_rule(lively, line.id, Family.DOMAIN, Action.HIDE)

    assert (by_actor.match, by_actor.comment) == ("@bob@far.example", f"from the ledger: {label}")
    assert by_domain.match == "far.example"
    with pytest.raises(Invalid):
        releasing.make_rule(lively, line.id, Family.KEYWORD, Action.REJECT)


def test_a_flood_does_not_push_out_the_rest(tx: Tx, owner: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each host the newest lines stay; all together stay small, and what came goes before who sent it."""
    verdict = judging.Verdict(Action.DROP, "Because.", "rule 1: keyword x")

    def put(host: str, number: int, raw: bytes | None = None) -> None:
        came = Came(
            path=Path.POST,
            actor=f"https://{host}/u",
            host=host,
            type="Note",
            object=f"https://{host}/{number}",
            raw=raw,
        )
        refusals.put(tx, came, verdict)

    put("quiet.example", 0)
    for number in range(refusals.PER_SITE + 20):
        put(f"x{number}.wide.example", number)
    assert tx.one("SELECT count(*), sum(host LIKE '%wide%') FROM refusals") == (
        refusals.PER_SITE + 1,
        refusals.PER_SITE,
    )
    tx.run("DELETE FROM refusals WHERE site = 'wide.example'")
    for number in range(refusals.PER_HOST + 20):
        put("flood.example", number)

    assert tx.all("SELECT host, count(*) FROM refusals GROUP BY host ORDER BY host") == [
        ("flood.example", refusals.PER_HOST),
        ("quiet.example", 1),
    ]
    refusals.put(tx, Came(path=Path.DOOR, actor="x", host="flood.example", type="Create", missed=True), verdict)
    for number in range(refusals.PER_HOST + 20):
        put("flood.example", number)
    assert tx.one("SELECT count(*), sum(missed) FROM refusals WHERE host = 'flood.example'") == (
        refusals.PER_HOST + 1,
        1,  # what may be missed goes only for more of its kind
    )
    assert refusals.size(tx) == tx.one("SELECT sum(size) FROM refusals")[0]
    monkeypatch.setattr(refusals, "LARGEST", refusals.size(tx) + 100)
    put("third.example", 0, raw=bytes(range(256)) * 4)
    assert refusals.size(tx) <= refusals.LARGEST
    assert refusals.raw(tx, refusals.newest(tx, Which(), limit=1)[0].id) is None
    assert refusals.size(tx) == tx.one("SELECT sum(size) FROM refusals")[0]
    assert refusals.expire(world.later(tx, days=15), world.timedelta(days=14)) > 0
    assert refusals.size(tx) == 0


def test_the_ledger_is_measured_in_bytes(tx: Tx, owner: Account) -> None:
    """Whoever writes in signs that take four bytes makes it no larger than it may be."""
    sizes = []
    for sign in ("a", "\U0001f4a9"):
        came = Came(path=Path.POST, actor="https://x.example/u", host="x.example", type="Note", object=sign * 1000)
        refusals.put(tx, came, Verdict(Action.DROP, "It is so.", "rule 1"))
        sizes.append(refusals.size(tx) - sum(sizes))

    assert sizes[1] - sizes[0] == 3000


@pytest.mark.parametrize(
    ("actor", "type_", "releases", "makes"),
    [
        ("https://bad.example/u", "Create", True, True),
        ("https://far.example/users/bob", "Create", True, False),
        ("https://far.example/users/bob", "Like", False, False),
        ("https://bad.example/u", "Like", False, True),
        ("https://bad.example/", "(more)", False, False),
    ],
)
def test_what_was_turned_away_at_the_door_proves_nothing(
    lively: Tx, owner: Account, bob: Account, actor: str, type_: str, releases: bool, makes: bool
) -> None:
    """Anybody can say that bob sent it: what bob truly sent is left alone, and only the origin of a post is asked."""
    tx, like = lively, f"{actor}#1"
    sent = {"actor": actor, "activity": like, "type": "Like", "host": "far.example", "order_key": "x"}
    inbound.put(tx, Arriving(**sent, personal=False, body=b"{}"))  # type: ignore[arg-type]
    tx.run("UPDATE inbound SET state = 'ignored', settled_at = 0")
    thing = "" if type_ == "(more)" else f"{actor}/notes/1"
    came = Came(path=Path.DOOR, actor=actor, host="bad.example", type=type_, activity=like, object=thing)
    refusals.put(tx, came, judging.blocked("bad.example"))
    (line,) = refusals.newest(tx, Which(), limit=9)

    if makes:
        assert releasing.make_rule(tx, line.id, Family.ACTOR, Action.DROP).match == actor
    else:
        with pytest.raises(Conflict, match="verified"):
            releasing.make_rule(tx, line.id, Family.ACTOR, Action.DROP)
    assert releasing.make_rule(tx, line.id, Family.DOMAIN, Action.DROP).match == "bad.example"
    if releases:
        releasing.release(tx, line.id)
        waiting = tx.all("SELECT l.body FROM inbound i JOIN letters l ON l.inbound_id = i.id WHERE i.state = 'waiting'")
        assert [bytes(body) for (body,) in waiting] == [
            msgspec.json.encode({"type": "Create", "actor": actor, "object": thing})
        ]
    else:
        with pytest.raises(Conflict, match="verified at the door"):
            releasing.release(tx, line.id)
        assert tx.one("SELECT state FROM inbound") == ("ignored",)


def test_a_line_of_a_blocked_server_waits_for_the_block(lively: Tx, owner: Account) -> None:
    blocking.block_domain(lively, "bad.example")
    came = Came(
        path=Path.DOOR, actor="https://bad.example/u", host="bad.example", type="Create", object="https://bad.example/1"
    )
    refusals.put(lively, came, judging.Verdict(Action.REJECT, "Its server is blocked.", "domain bad.example"))
    (line,) = refusals.newest(lively, Which(), limit=9)

    with pytest.raises(Conflict, match="unblock bad"):
        releasing.release(lively, line.id)
    blocking.unblock_domain(lively, "bad.example")
    assert releasing.release(lively, line.id).released_at is not None


def test_a_create_is_judged_once(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    label = law(lively, Family.ACTOR, f"@{bob.handle}", Action.DROP)
    post = incoming(bob, named=(owner,))

    outcome = registry.handle(lively, Create(id=f"{post.uri}/activity", actor=bob.uri, post=post), arrival(bob))

    assert isinstance(outcome, Ignored)
    assert ledger(lively) == [("inbox", "Create", post.uri, label)]


# Lists ----------------------------------------------------------------------------------------------------------------
def test_a_rule_may_be_about_whom_a_list_names(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """By handle or id; of others nothing is said."""
    known = trusting.subscribe(lively, "https://lists.example/people.csv", Trust(name="Loud people"))
    trusting.take(lively, known.id, [Entry(subject=f"@{bob.handle}"), Entry(subject=f"{bob.uri}/not")])
    law(lively, Family.LIST, "loud people", Action.HIDE)

    assert judging.person(lively, bob.id).says(Action.HIDE)
    assert not judging.person(lively, carol.id).verdicts


def test_whom_lists_shun_gets_no_further_than_the_ledger(
    lively: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    """At the inbox and as an author, with who says so; others are heard."""
    known = trusting.subscribe(lively, "https://lists.example/p.csv", Trust(name="A", weight=2, automatic=True))
    trusting.take(lively, known.id, [Entry(subject=bob.uri)])
    while reckoning.go_on(lively):
        pass

    like = Like(id="https://far.example/likes/1", actor=bob.uri, object="https://home.example/x")
    at_inbox = judging.activity(lively, like, arrival(bob))
    author = judging.post(lively, incoming(bob), bob)

    assert isinstance(at_inbox, Refused)
    assert at_inbox.reason == f"Because of A since {lively.now:%Y-%m-%d}. (lists)"
    assert isinstance(author, Refused)
    assert [rule for *_, rule in ledger(lively)] == ["lists", "lists"]
    assert judging.post(lively, incoming(carol), carol) == (incoming(carol), judging.SILENT)
