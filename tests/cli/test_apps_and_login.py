"""smallfed apps, login, compatibility: who may act for the owner, the way back in, and what apps missed."""

import json
from pathlib import Path
from typing import TypeVar

import pyotp

from smallfed.cli.exits import Exit
from smallfed.domain.shortfall import Noted, Shortfall, What
from smallfed.services import authorising, guarding
from smallfed.store import shortfalls
from smallfed.store.tx import Tx
from tests.cli.conftest import Call
from tests.cli.house import written

T = TypeVar("T")


def grant(data: Path, app: str, digest: bytes) -> int:
    with written(data) as tx:
        return authorising.grant_by_hand(tx, app=app, scopes="read push", digest=digest)


def test_apps_are_listed_and_shown_out_by_name(call: Call, data: Path) -> None:
    nobody = call("apps")
    first, second, bot = (
        grant(data, app, app.encode() + digest) for app, digest in [("Tusky", b"1"), ("Tusky", b"2"), ("bot", b"3")]
    )

    listed, told = call("apps")[1], json.loads(call("apps", "list", "--json")[1])
    done = call("apps", "revoke", "tusky")

    assert nobody == (Exit.OK, "No app has been let in yet.\n", "")
    assert [line.split()[:2] for line in listed.splitlines()] == [
        ["LOGIN", "APP"],
        *[[str(each), name] for each, name in [(bot, "bot"), (second, "Tusky"), (first, "Tusky")]],
    ]
    assert {each["name"]: each["logins"][0]["scopes"] for each in told} == {
        "Tusky": ["push", "read"],
        "bot": ["push", "read"],
    }
    assert done == (Exit.OK, "2 logins ended.\n", "")
    assert [line.split()[1] for line in call("apps")[1].splitlines()[1:]] == ["bot"]


def test_one_login_is_ended_by_its_number(call: Call, data: Path) -> None:
    token = grant(data, "bot", b"1")

    done, again = call("apps", "revoke", str(token)), call("apps", "revoke", str(token))

    assert done == (Exit.OK, "1 login ended.\n", "")
    assert again[0] == Exit.FAILED
    assert "no app and no login is called" in again[2]


def test_the_password_is_enough_again(call: Call, data: Path) -> None:
    def guard_it(tx: Tx) -> None:
        guarding.add_passkey(tx, name="phone", id_=b"1", public_key=b"k", counter=0, transports=())
        guarding.confirm_codes(tx, pyotp.TOTP(guarding.begin_codes(tx)).at(tx.now))

    before = call("login")[1]
    with written(data) as tx:
        guard_it(tx)
    guarded = call("login")[1].splitlines()
    reset, kept = call("login", "reset")[1], call("login")[1].splitlines()
    forgotten = call("login", "reset", "--passkeys")[1]

    assert before == "After the password: nothing more.\n"
    assert guarded[:2] == ["After the password: a code from your app.", "10 recovery codes left."]
    assert guarded[2].startswith("Passkey: phone (since ")
    assert (reset, kept[0], len(kept)) == ("The password is enough now.\n", "After the password: nothing more.", 2)
    assert forgotten == "The password is enough now; 1 passkey forgotten.\n"


def test_what_apps_missed(call: Call, data: Path) -> None:
    def note(tx: Tx) -> None:
        for app, known, what, name in [("Tusky", True, What.STUB, ""), ("bot\x1b", False, What.PARAMETER, "colour")]:
            shortfall = Shortfall(app=app, known=known, method="GET", route="/api/v1/x", what=what, name=name)
            shortfalls.put(tx, [Noted(shortfall=shortfall, count=3, first_at=tx.now, last_at=tx.now)])

    nothing = call("compatibility")
    with written(data) as tx:
        note(tx)
    listed = call("compatibility")[1].splitlines()
    (tusky,) = json.loads(call("compatibility", "--json", "--app", "tusky")[1])
    forgotten = call("compatibility", "--forget")

    assert nothing == (Exit.OK, "Nothing was missed.\n", "")
    assert [line.split()[:4] for line in listed[1:]] == [
        ["Tusky", "GET", "/api/v1/x", "nothing"],
        ["(bot?)", "GET", "/api/v1/x", "ignored:"],
    ]
    assert (tusky["what"], tusky["count"], tusky["logged_in"]) == ("stub", 3, True)
    assert forgotten == (Exit.OK, "2 lines forgotten.\n", "")
    assert call("compatibility")[1] == "Nothing was missed.\n"
