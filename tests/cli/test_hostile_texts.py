"""What others have written is only text at the owner's terminal, whichever command shows it, and JSON stays JSON."""

import json
import sqlite3
from contextlib import closing, redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.cli.exits import Exit
from smallfed.cli.tables import lines, print_json, table
from smallfed.domain.blocklist import Blocklist, Entry
from smallfed.domain.domain_block import Severity
from smallfed.domain.incoming import Flag
from smallfed.domain.refusal import Path as Place
from smallfed.domain.relay import Style
from smallfed.domain.rule import Action, Family, Verdict
from smallfed.services import legislating, moderating, reckoning, relaying, reporting, trusting
from smallfed.services.moderating import Wish
from smallfed.store import accounts, blocklists, refusals, relay_days
from smallfed.store.refusals import Came
from smallfed.store.tx import Tx
from tests.cli.conftest import Call
from tests.cli.house import written
from tests.web.test_review import LONG, link, send
from tests.world import acquaint, befriend, say

EVIL = "\x1b]0;x\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\x7f\u200e\u2028\U000e0041"
WRITTEN = (  # columns that have words of others, or of the owner about them
    ("accounts", "name"),
    ("reports", "comment"),
    ("refusals", "actor"),
    ("refusals", "object"),
    ("refusals", "type"),
    ("refusals", "rule"),
    ("refusals", "reason"),
    ("waves", "sample"),
    ("waves", "reason"),
    ("judgements", "reason"),
    ("posts", "content"),
    ("posts", "uri"),
    ("blocklists", "url"),
    ("blocklists", "reason"),
    ("blocklist_entries", "comment"),
    ("blocklist_entries", "note"),
    ("findings", "because"),
    ("findings", "comment"),
    ("domain_blocks", "private_comment"),
    ("domain_blocks", "public_comment"),
    ("relays", "actor"),
    ("relays", "reason"),
    ("relay_refusals", "reason"),
    ("rules", "comment"),
)


@pytest.fixture
def data(data: Path) -> Path:
    """Return the data directory of a house with some of everything, and in all of it what a terminal would obey."""
    with written(data) as tx:
        alice, bob = accounts.owner(tx), acquaint(tx, "bob@friend.example")
        befriend(tx, alice, bob)
        say(tx, accounts.owner(tx), uri="https://home.example/users/alice/statuses/1")
        for number in range(6):
            send(tx, number, f"{LONG} {number}")
        send(tx, 7, link(7))
        legislating.make(tx, Family.KEYWORD, "airdrop", Action.HOLD, comment="why")
        send(tx, 8, "airdrop")
        _moderate(tx)
        for number, (where, column) in enumerate(WRITTEN):
            changed = tx.sql.execute(f"UPDATE {where} SET {column} = {column} || ?", (f"{EVIL}{number}",)).rowcount
            assert changed > 0, f"nothing is in {where}"
    return data


def _moderate(tx: Tx) -> None:
    moderating.set_up(tx, "bad.example", Wish(severity=Severity.SUSPEND, private_comment="x", public_comment="y"))
    eve = "https://worse.example/users/eve"
    assert reporting.receive(tx, Flag(id=f"{eve}#1", actor=eve, objects=(accounts.owner(tx).uri,), comment="z")) is None
    came = Came(path=Place.POST, actor=eve, host="worse.example", type="Note", object=f"{eve}/1", raw=EVIL.encode())
    refusals.put(tx, came, Verdict(Action.HOLD, "It is so.", "rule 7"))
    relay = relaying.add(tx, "https://relay.example/inbox", style=Style.MASTODON)
    relay_days.refuse(tx, relay.id, {"it is so": 3})
    listed = Blocklist(id=5, name="far", url="https://far.example/list", weight=3, created_at=tx.now)
    blocklists.put(tx, listed)
    trusting.take(tx, 5, [Entry(subject="friend.example", comment="c", note="n"), Entry(subject="worst.example")])
    tx.now += timedelta(seconds=1)
    while reckoning.go_on(tx):
        pass


def unprintable(text: str) -> str:
    """Return what of a text is neither printable nor the end of a line."""
    return "".join(letter for letter in text if not letter.isprintable() and letter != "\n")


def test_no_command_lets_others_write_to_the_terminal(call: Call, data: Path) -> None:
    with closing(sqlite3.connect(data / "smallfed.db")) as sql:
        wave, line, report = (
            str(sql.execute(f"SELECT max(id) FROM {name} WHERE {which}").fetchone()[0])
            for name, which in (("waves", "items > 1"), ("refusals", "raw IS NOT NULL"), ("reports", "1"))
        )
    commands = (
        *(("ledger",), ("ledger", "list"), ("ledger", "show", line), ("ledger", "why", "friend.example")),
        *(("ledger", "why", "bad.example"), ("ledger", "list", "--text", "users/eve")),
        *(("reports",), ("reports", "show", report), ("review",), ("review", "show", wave), ("calm",), ("rules",)),
        *(("lists",), ("lists", "show", "far"), ("lists", "show", "friend.example"), ("lists", "preview")),
        *(("block",), ("block", "--preview", "friend.example"), ("unblock", "--preview", "bad.example"), ("allow",)),
        *(("relays",), ("relays", "show", "https://relay.example/inbox"), ("requests",), ("severed",), ("queue",)),
        *(("purge", "list"), ("replay", "list"), ("conversations",), ("alias",), ("boosts",), ("drafts",)),
    )

    said = {command: call(*command) for command in commands}
    as_json = {command: call(*command, "--json") for command in commands}

    for command, (code, out, err) in (said | as_json).items():
        assert (code, unprintable(out + err)) == (Exit.OK, ""), command
    read = json.dumps([json.loads(out) for _, out, _ in as_json.values()], ensure_ascii=False)
    told = [json.dumps(f"{EVIL}{number}", ensure_ascii=False)[1:-1] for number in range(len(WRITTEN))]
    shown = [text for text in told if text in read]
    assert len(shown) > len(WRITTEN) / 2  # so they were there to be shown


def test_an_error_is_text_too(call: Call, data: Path) -> None:
    code, out, err = call("unblock", f"{EVIL}.example")

    assert (code, out) == (Exit.FAILED, "")
    assert err.removesuffix("\n").isprintable()


@given(st.recursive(st.text() | st.integers(), lambda some: st.lists(some, max_size=3)).map(lambda each: [each]))
def test_json_says_what_it_was_given(value: list[object]) -> None:
    with redirect_stdout(StringIO()) as printed:  # capsys is one for all examples
        print_json(value)

    assert unprintable(printed.getvalue()) == ""
    assert json.loads(printed.getvalue()) == json.loads(json.dumps(value), parse_int=_as_told)


def _as_told(digits: str) -> int | str:
    return int(digits) if abs(int(digits)) < 1 << 53 else digits


@given(st.text(), st.text())
def test_lines_and_tables_have_what_can_be_printed(one: str, other: str) -> None:
    printed = lines(f"{one}\n{other}") + table(("A", "B"), [(one, other), (5, None)])

    assert unprintable(printed) == ""
