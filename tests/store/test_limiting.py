"""Whom the owner comes across: the condition in SQL and the rule in words agree, in whatever world."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smallfed.domain.domain_block import DomainBlock, Severity
from smallfed.policy.limiting import Person, is_limited, is_met
from smallfed.services import muting
from smallfed.store import cut_offs, domain_blocks, ids, standings, visibility
from tests import world

PEOPLE = (
    "bob@far.example",
    "carol@sub.far.example",
    "dave@other.example:8443",
    "erin@example",
    "fred@[2001:db8::1]:8443",
    "gina@192.0.2.7:8443",
    "hugo@[::ffff:192.0.2.7]",
)
DOMAINS = (
    "far.example",
    "sub.far.example",
    "*.far.example",
    "other.example",
    "r.example",
    "example",
    "[2001:db8::1]",
    "192.0.2.7",
    "[::ffff:192.0.2.7]",
)
one = st.sets(st.integers(0, len(PEOPLE) - 1))


@settings(max_examples=80, deadline=None)
@given(
    noted=st.dictionaries(st.sampled_from(DOMAINS), st.tuples(st.sampled_from(Severity), st.booleans())),
    followed=one,
    asked=one,
    muted=one,
)
def test_sql_and_rule_agree(
    noted: dict[str, tuple[Severity, bool]], followed: set[int], asked: set[int], muted: set[int]
) -> None:
    tx = world.empty_tx()
    owner = world.acquaint(tx, "alice@home.example", local=True)
    people = [world.acquaint(tx, handle) for handle in PEOPLE]
    for domain, (severity, bare) in noted.items():
        number = ids.fresh(tx, "domain_blocks")
        block = DomainBlock(id=number, domain=domain, severity=severity, reject_media=bare, created_at=tx.now)
        domain_blocks.note(tx, block)
        cut_offs.settle(tx, domain)
    for index in followed | asked:
        world.befriend(tx, owner, people[index], accepted=index in followed)
    for index in muted:
        muting.mute(tx, people[index])

    silenced, cut, barred = (
        {domain for domain, wish in noted.items() if holds(*wish)}
        for holds in (
            lambda severity, _: severity is Severity.SILENCE,
            lambda severity, _: severity is Severity.SUSPEND,
            lambda _, bare: bare,
        )
    )
    held = standings.of(tx, [person.id for person in people])
    for index, person in enumerate(people):
        hosts = (person.host, person.uri.split("/")[2])
        unwanted = index in muted or is_limited(Person(hosts=hosts), cut)
        known = Person(hosts=hosts, followed=index in followed, unwanted=unwanted)
        condition = f"SELECT {visibility.met(':account')}"
        met = tx.sql.execute(condition, {**visibility.values(tx, None), "account": person.id}).fetchone()[0]
        assert bool(met) is is_met(known, silenced)
        stands = held.get(person.id, standings.FREE)
        assert stands.limited is is_limited(known, silenced) is standings.limits(tx, person.id)
        assert stands.without_pictures is is_limited(known, barred)
