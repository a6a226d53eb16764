"""All routes, asked without a token, with a bad one, with too little, by an app for itself, and well.

What each does has tests of its own. Here: who is let in, that failures are told in the one form there is, and that
nothing that may be asked is a bug.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from smallfed.mastodon.access import Access, Wants
from smallfed.mastodon.failures import Error
from smallfed.policy import scopes
from tests.mastodon.api import Answered, Api, living, routes_taken

POOR = ("push", "write:reports", "read:search")
"""Scopes of which each route lacks at least one."""
CLOSED = {("POST", "/api/v1/accounts")}
"""What nobody may do, with whatever token or none."""

Statuses = Mapping[str, int]


def fine(answer: Answered) -> bool:
    """Whether an answer is good, or a failure told as all are, readable by any web page."""
    if answer.headers["access-control-allow-origin"] != "*" or not answer.headers["x-request-id"]:
        return False
    if answer.status < 400:
        return True
    said = answer.of(Error).error
    return answer.headers["content-type"] == "application/json; charset=utf-8" and bool(said) and "\n" not in said


async def asked(api: Api, token: str | None, access: Access, method: str, path: str) -> Answered:
    if token == "poor":
        poor = next(scope for scope in POOR if not any(scopes.covers([scope], each) for each in access.scopes))
        token = f"token for {poor} True"
    return await api.ask(method, re.sub(r"<[^>]+>", "1", path), token=token)


def expected(who: str, access: Access, method: str, path: str) -> tuple[int, ...] | None:
    """Return which statuses may come; None: any but those of somebody who may not."""
    if access.wants is Wants.NOTHING:
        return None
    if who == "bad":
        return (401,)
    if who == "poor":
        return (403,)
    if access.wants is Wants.OWNER:
        return {"nobody": (401,), "app": (422,)}.get(who)
    if (method, path) in CLOSED:
        return (403,)
    return None


@pytest.mark.parametrize("who", ["nobody", "bad", "poor", "app", "owner"])
async def test_who_is_let_in(tmp_path: Path, who: str) -> None:
    async with living(tmp_path, rate=False) as api:
        everything = " ".join(scopes.ALL)
        tokens = {"nobody": "", "bad": "never was one", "poor": "poor"}
        tokens["app"] = await api.grant(everything, owner=False)
        tokens["owner"] = await api.grant(everything)
        for scope in POOR:
            await api.grant(scope)
        wrong = []
        for (method, path), access in sorted(routes_taken().items()):
            answer = await asked(api, tokens[who], access, method, path)
            wanted = expected(who, access, method, path)
            right = answer.status not in (401, 405, 500) if wanted is None else answer.status in wanted
            if not right or not fine(answer):
                wrong.append(f"{method} {path}: {answer.status} {answer.body[:200]!r}")

    assert wrong == []


async def test_every_path_may_be_asked_with_a_slash_at_its_end_and_by_pages(api: Api) -> None:
    """A path answers with and without the slash alike; and browsers are told so before they ask."""
    wrong = []
    for path in sorted({path for _, path in routes_taken()}):
        named = re.sub(r"<[^>]+>", "1", path)
        first, second = await api.ask("OPTIONS", named, token=""), await api.ask("OPTIONS", f"{named}/", token="")
        plain, slashed = [await api.ask("GET", each, token="wrong") for each in (named, f"{named}/")]
        if (first.status, second.status) != (204, 204) or (plain.status, plain.body) != (slashed.status, slashed.body):
            wrong.append(path)

    assert wrong == []


async def test_every_method_is_taken_or_refused(api: Api) -> None:
    """405 says which methods there are. A stub is there for GET only, and otherwise absent."""
    wrong = []
    for path in sorted({path for _, path in routes_taken()}):
        taken = {method for method, each in routes_taken() if each == path}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - taken:
            answer = await api.ask(method, re.sub(r"<[^>]+>", "1", path), token="")
            allowed = set(answer.headers.get("allow", "").split(", "))
            if not fine(answer) or (answer.status, allowed) not in [(405, taken), (404, {""})]:
                wrong.append(f"{method} {path}: {answer.status} {allowed}")

    assert wrong == []
