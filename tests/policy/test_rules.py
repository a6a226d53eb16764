"""Rules: which hold, whom they spare, and that ten thousand cost what one costs."""

from datetime import UTC, datetime, timedelta

import pytest

from smallfed.domain.rule import SILENT, Action, Family, Judgement, Rule, Verdict
from smallfed.policy.rules import EMPTY, Rulebook, compiled, judge
from smallfed.policy.rules.facts import Facts
from smallfed.policy.rules.rates import HOUR, Meter
from smallfed.policy.rules.words import keywords

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def rule(family: Family, match: str, action: Action = Action.DROP, number: int = 1, **fields: datetime) -> Rule:
    return Rule(id=number, family=family, match=match, action=action, created_at=NOW, **fields)


def facts(**fields: object) -> Facts:
    known: dict[str, object] = {
        "actor": "https://sub.far.example/users/bob",
        "handle": "@bob@far.example",
        "hosts": ("far.example", "sub.far.example"),
        "known_for": timedelta(hours=3),
        "mentions": 4,
        "links": 1,
        "media": 2,
        "rate": 61,
        "relay": "relay.example",
        "lists": frozenset({"spam"}),
        "kinds": frozenset({"service", "bot"}),
        "profile": lambda: "Sponsored: https://shop.example/now",
        "text": lambda: "Buy cheap Coins, and #airdrop now",
    }
    return Facts(**{**known, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("family", "match", "holds"),
    [
        (Family.DOMAIN, "far.example", True),
        (Family.DOMAIN, "*.far.example", True),
        (Family.DOMAIN, "*.sub.far.example", False),
        (Family.DOMAIN, "ar.example", False),
        (Family.ACTOR, "@Bob@far.example", True),
        (Family.ACTOR, "https://sub.far.example/users/bob", True),
        (Family.ACTOR, "@bob@sub.far.example", False),
        (Family.LIST, "spam", True),
        (Family.LIST, "ham", False),
        (Family.KEYWORD, "cheap coins", True),
        (Family.KEYWORD, "coin", False),
        (Family.KEYWORD, "coin*", True),
        (Family.KEYWORD, "*irdro*", True),
        (Family.KEYWORD, "#airdrop", True),
        (Family.KEYWORD, "buy coins", False),
        (Family.AGE, "24h", True),
        (Family.AGE, "2h", False),
        (Family.MENTIONS, "4", True),
        (Family.MENTIONS, "5", False),
        (Family.LINKS, "1", True),
        (Family.LINKS, "2", False),
        (Family.MEDIA, "2", True),
        (Family.MEDIA, "3", False),
        (Family.RELAY, "relay.example", True),
        (Family.RELAY, "other.example", False),
        (Family.RATE, "60/h", True),
        (Family.RATE, "61/h", False),
        (Family.PROFILE, "sponsored", True),
        (Family.PROFILE, "*shop.example*", True),
        (Family.PROFILE, "airdrop", False),
        (Family.KIND, "bot", True),
        (Family.KIND, "group", False),
    ],
)
def test_each_family(family: Family, match: str, holds: bool) -> None:
    """What holds is said with its reason; whom the owner follows only the first three judge."""
    book = compiled([rule(family, match)])

    found = judge(book, facts(), NOW)
    followed = judge(book, facts(followed=True), NOW)

    assert [(one.action, one.rule) for one in found.verdicts] == [(Action.DROP, f"rule 1: {family} {match}")] * holds
    spared = family not in (Family.DOMAIN, Family.ACTOR, Family.LIST)
    assert followed == (SILENT if spared else found)


@pytest.mark.parametrize(
    ("match", "text", "written"),
    [
        ("cheap coins", "𝖈𝖍𝖊𝖆𝖕 co\u200bins", "𝖈𝖍𝖊𝖆𝖕 co\u200bins"),
        ("coins", "coins② for you", "coins"),
        ("x²y", "x²y", "x²y"),
        ("ｃoins", "coins", "coins"),
        ("coin*", "co\u00adinbase", "co\u00adin"),
        ("\u200b", "no such thing", None),
    ],
)
def test_nobody_hides_a_word_from_a_rule(match: str, text: str, written: str | None) -> None:
    """By what is not seen, by letters that look like others, by signs that stand behind it."""
    book = compiled([rule(Family.KEYWORD, match)])

    found = judge(book, facts(text=lambda: text), NOW)

    assert [one.reason for one in found.verdicts] == ([] if written is None else [f"It says {written!r}."])


def test_what_is_not_known_is_no_reason() -> None:
    book = compiled([rule(family, "1") for family in (Family.MENTIONS, Family.LINKS, Family.MEDIA)])
    book_of_age = compiled([rule(Family.AGE, "24h"), rule(Family.RATE, "1/h"), rule(Family.RELAY, "x.example")])

    assert judge(book, Facts(), NOW) == SILENT
    assert judge(book_of_age, Facts(), NOW) == SILENT
    assert judge(EMPTY, facts(), NOW) == SILENT


def test_the_strictest_decides_and_all_are_kept() -> None:
    book = compiled(
        [
            rule(Family.MEDIA, "1", Action.SENSITIVE, 1),
            rule(Family.LINKS, "1", Action.HOLD, 2),
            rule(Family.KEYWORD, "coins", Action.HIDE, 3),
            rule(Family.DOMAIN, "far.example", Action.ACCEPT, 4),
        ]
    )

    found = judge(book, facts(), NOW)

    assert {one.action for one in found.verdicts} == {Action.SENSITIVE, Action.HOLD, Action.HIDE, Action.ACCEPT}
    assert found.refusal == Verdict(Action.HOLD, "It has 1 links.", "rule 2: links 1")
    assert Judgement(tuple(one for one in found.verdicts if one.action is not Action.HOLD)).refusal is None


@pytest.mark.parametrize("one", Action)
@pytest.mark.parametrize("other", Action)
@pytest.mark.parametrize("family", Family)
def test_of_any_two_the_stricter_decides(one: Action, other: Action, family: Family) -> None:
    """Whatever family says it and whichever is asked first; both stand with their reasons."""
    match = {
        Family.AGE: "24h",
        Family.RATE: "60/h",
        **dict.fromkeys((Family.MENTIONS, Family.LINKS, Family.MEDIA), "1"),
        Family.AGE: "24h",
        Family.RATE: "60/h",
        Family.DOMAIN: "far.example",
        Family.ACTOR: "@bob@far.example",
        Family.LIST: "spam",
        Family.KEYWORD: "coins",
        Family.RELAY: "relay.example",
        Family.PROFILE: "sponsored",
        Family.KIND: "bot",
    }
    book = compiled([rule(family, match[family], one, 1), rule(Family.MEDIA, "2", other, 2)])

    found = judge(book, facts(), NOW)

    assert {verdict.action for verdict in found.verdicts} == {one, other}
    assert all(verdict.reason.endswith(".") and verdict.rule.startswith("rule ") for verdict in found.verdicts)
    assert found.strictest is not None
    assert found.strictest.action is min(one, other, key=list(Action).index)
    assert (found.refusal is not None) is (one.refuses or other.refuses)
    assert all(found.says(action) is (action in (one, other)) for action in Action)


def test_a_rule_holds_until_it_expires() -> None:
    book = compiled([rule(Family.LINKS, "1", expires_at=NOW + timedelta(hours=1))])

    assert judge(book, facts(), NOW).verdicts
    assert judge(book, facts(), NOW + timedelta(hours=1)) == SILENT


def test_ten_thousand_rules_are_not_walked_through() -> None:
    """Domains and actors are looked up by name; keywords only where their first word stands in the text."""
    many = [rule(Family.DOMAIN, f"d{n}.example", number=n) for n in range(10_000)]
    many += [rule(Family.KEYWORD, f"word{n} and more", number=n) for n in range(10_000)]
    book = compiled(many)
    looked: list[str] = []

    class Noting(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
            looked.append(key)
            return super().get(key, default)

    words = keywords([one for one in many if one.family is Family.KEYWORD])
    watched = Rulebook(
        names={Family.DOMAIN: Noting(book.names[Family.DOMAIN])},  # type: ignore[dict-item]
        words=type(words)(by_word=Noting(words.by_word), anywhere=words.anywhere),  # type: ignore[arg-type]
        size=book.size,
    )
    said = facts(hosts=("a.d77.example",), text=lambda: "word5 and more, word6")
    found = judge(watched, said, NOW)

    assert [one.rule for one in found.verdicts] == ["rule 77: domain d77.example", "rule 5: keyword word5 and more"]
    assert len(looked) < 20


def test_the_rate_of_a_host() -> None:
    """Of the hour before counts what is still within sixty minutes, nearly."""
    meter = Meter()

    assert [meter.count("a.example", 10.0) for _ in range(4)] == [1, 2, 3, 4]
    assert meter.count("b.example", 20.0) == 1
    assert meter.count("a.example", HOUR + HOUR / 2) == 1 + 2
    assert meter.count("a.example", 4 * HOUR) == 1
