"""smallfed requests: who waits, why, and what becomes of them."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.runtime.clock import Clock, chance
from smallfed.services import admitting, consequences
from smallfed.store.opening import open_writer
from smallfed.store.tx import Tx
from tests.prepared import prepared
from tests.world import acquaint


def test_listed_and_decided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepared(tmp_path / "smallfed.db")
    with closing(open_writer(tmp_path / "smallfed.db")) as sql:
        for moment, name in enumerate(("alice@home.example", "bob@far.example", "carol@far.example")):
            tx = Tx(sql, now=Clock().now() + timedelta(seconds=moment), dice=chance, then=consequences.follow)
            account = acquaint(tx, name, local=not moment, locked=not moment)
            if moment:
                admitting.receive_follow(tx, account, f"https://far.example/follows/{moment}")

    def say(*arguments: str) -> str:
        assert run(frame(), ["requests", "--data", str(tmp_path), *arguments]) == Exit.OK
        return capsys.readouterr().out

    listed, words = json.loads(say("--json")), say()
    done = [say("accept", "@bob@far.example"), json.loads(say("reject", "carol@far.example", "--json"))]

    assert [(one["handle"], one["why"]) for one in listed] == [
        (f"{name}@far.example", ["You decide about everybody yourself."]) for name in ("bob", "carol")
    ]
    assert "You decide about everybody yourself." in words
    assert done == ["@bob@far.example follows you.\n", {"handle": "carol@far.example"}]
    assert say() == "Nobody asks to follow you.\n"
    assert json.loads(say("review", "--json")) == {"accepted": []}
    assert run(frame(), ["requests", "--data", str(tmp_path), "accept", "@bob@far.example"]) == Exit.FAILED
    assert "@bob@far.example does not ask to follow you" in capsys.readouterr().err
