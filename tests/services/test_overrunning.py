"""Servers known for little else than waves: what says nothing waits there, what says something does not."""

from datetime import timedelta

from smallfed.domain.account import Account
from smallfed.domain.subscription import From
from smallfed.domain.wave import Kind
from smallfed.services import authorising, liking, pushing, reviewing
from smallfed.store import posts, push_subscriptions, pushes, waves
from smallfed.store.tx import Tx
from tests import world
from tests.apps import Phone
from tests.conftest import Know
from tests.services.conftest import Incoming
from tests.services.test_sifting import LONG, heard, take, wave_of


def likes(tx: Tx, one: Account, post: int) -> None:
    mine = posts.get(tx, post)
    liking.receive_like(tx, one, mine, f"{one.uri}/likes/{post}")


def test_most_of_a_server_are_in_waves(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    """What the third did without a word is taken back, what a fourth does waits; a sentence is told all the same."""
    tx, mine = lively, world.say(lively, owner)
    likes(tx, know("third@loud.example"), mine.id)
    before = heard(tx)
    for number, name in enumerate(("first@loud.example", "second@loud.example", "other@far.example")):
        take(tx, incoming(know(name), named=(owner,), content=f"<p>{LONG} {number * 7919}</p>"))
    likes(tx, know("fourth@loud.example"), mine.id)
    reader = know("reader@loud.example")
    take(tx, incoming(reader, named=(owner,), content="<p>How do you keep the dough from sticking?</p>"))

    assert [type_ for type_, _ in before] == ["favourite"]
    assert heard(tx) == [("mention", reader.id)]
    silent = next(wave for wave in waves.waiting(tx) if wave.kind is Kind.OVERRUN)
    assert (silent.held, silent.accounts, silent.hosts) == (2, 2, 1)
    alike = next(wave for wave in waves.waiting(tx) if wave.kind is Kind.ALIKE)
    reviewing.release(tx, alike.id)
    fifth = know("fifth@loud.example")
    likes(tx, fifth, mine.id)
    assert ("favourite", fifth.id) in heard(tx)


def test_nobody_knew_the_server(lively: Tx, owner: Account, bob: Account, know: Know, incoming: Incoming) -> None:
    """While a wave of many goes on likes of servers wait that nobody had heard of, and told ones are taken back."""
    tx, mine = lively, world.say(lively, owner)
    world.later(tx, days=3)
    early, late, reader = know("early@never.example"), know("late@nowhere.example"), know("reader@nowhere.example")
    likes(tx, early, mine.id)
    wave_of(tx, owner, know, incoming, 7)
    likes(tx, know("few@seven.example"), mine.id)
    of_few = heard(tx)
    wave_of(tx, owner, know, incoming, 1, start=8)
    likes(tx, late, mine.id)
    likes(tx, bob, mine.id)
    take(tx, incoming(reader, named=(owner,), in_reply_to=mine.uri, content="<p>Bravo!</p>"))

    assert len(of_few) == 2
    assert set(heard(tx)) == {("favourite", bob.id), ("mention", reader.id)}
    world.later(tx, days=2)
    afterwards = know("after@nowhere.example")
    likes(tx, afterwards, mine.id)
    assert ("favourite", afterwards.id) in heard(tx)


def test_a_few_words(lively: Tx, owner: Account, bob: Account, know: Know, incoming: Incoming) -> None:
    """Five of such servers with the same few are a wave; who is on a server that was known is heard."""
    tx, mine = lively, world.say(lively, owner)
    world.later(tx, days=3)
    wave_of(tx, owner, know, incoming, 8)
    told = []
    for number in range(6):
        one = know(f"teaser{number}@tease{number}.example")
        words = f"<p>Check my profile {'qwertzuiop'[number:][:5]}</p>"
        take(tx, incoming(one, named=(owner,), in_reply_to=mine.uri, content=words))
        told.append(len(heard(tx)))
    take(tx, incoming(bob, named=(owner,), in_reply_to=mine.uri, content="<p>Check my profile picture!</p>"))

    assert told == [1, 2, 3, 4, 0, 0]
    assert heard(tx) == [("mention", bob.id)]


def due(tx: Tx) -> list[timedelta]:
    return [timedelta(milliseconds=number) for (number,) in tx.all("SELECT due - created_at FROM pushes ORDER BY id")]


def test_phones_hesitate(lively: Tx, owner: Account, know: Know) -> None:
    """With the third thing that strangers do within the hour; not for whom the owner follows."""
    tx, mine = lively, world.say(lively, owner)
    token = authorising.grant_by_hand(tx, app="phone", scopes="push", digest=b"x")
    push_subscriptions.put(tx, token, Phone().address(), ["favourite"], From.ALL, b"sealed")
    friend = know("friend@near.example")
    world.befriend(tx, owner, friend)
    for number in range(4):
        likes(tx, know(f"fan{number}@near{number}.example"), mine.id)
    likes(tx, friend, mine.id)

    none = timedelta(0)
    assert sorted(due(tx)) == [none, none, none, pushing.SUSPENSE, pushing.SUSPENSE]
    assert pushes.next_due(tx, busy=()) == tx.now
