"""Which apps are told, and what the answers of push services mean: the tables."""

from datetime import timedelta

import pytest

from smallfed.domain.subscription import ALERTS, From
from smallfed.policy.pushing import LIFE, WAITS, Decision, Forget, Shorten, judge, wants
from smallfed.policy.retrying import Fault, GiveUp, Reply, Retry, Sent, Silence


@pytest.mark.parametrize(
    ("policy", "followed", "follower", "wanted"),
    [
        (From.ALL, False, False, True),
        (From.FOLLOWED, False, True, False),
        (From.FOLLOWED, True, False, True),
        (From.FOLLOWER, True, False, False),
        (From.FOLLOWER, False, True, True),
        (From.NONE, True, True, False),
    ],
)
def test_whom_an_app_wants_to_hear_of(policy: From, followed: bool, follower: bool, wanted: bool) -> None:
    assert wants(ALERTS, policy, "mention", followed=followed, follower=follower) is wanted
    assert not wants(("follow",), policy, "mention", followed=followed, follower=follower)


@pytest.mark.parametrize(
    ("answer", "attempt", "decision"),
    [
        (Reply(201), 1, Sent("HTTP 201")),
        (Reply(200), 1, Sent("HTTP 200")),
        (Reply(404), 1, Forget("HTTP 404")),
        (Reply(410), 1, Forget("HTTP 410")),
        (Reply(413), 1, Shorten()),
        (Reply(401), 1, Retry(30, "HTTP 401")),
        (Reply(403), 2, Retry(120, "HTTP 403")),
        (Reply(400), 3, GiveUp("HTTP 400")),
        (Reply(429, retry_after=600.0), 1, Retry(600, "HTTP 429", 600)),
        (Reply(429), 1, Retry(30, "HTTP 429")),
        (Reply(503, retry_after=1e9), 1, Retry(6 * 3600, "HTTP 503", 6 * 3600)),
        (Reply(500), 4, Retry(1800, "HTTP 500")),
        (Reply(507), 99, Retry(WAITS[-1], "HTTP 507")),
        (Reply(501), 1, GiveUp("HTTP 501")),
        (Reply(302), 1, GiveUp("HTTP 302")),
        (Reply(405), 1, GiveUp("HTTP 405")),
        (Silence("no"), 1, Retry(30, "no", 30)),
        (Fault("bug"), 2, Retry(120, "bug")),
        (Fault("http", final=True), 1, GiveUp("http")),
    ],
)
def test_what_an_answer_means(answer: Reply | Silence | Fault, attempt: int, decision: Decision) -> None:
    assert judge(answer, attempt=attempt, age=timedelta(0), dice=0.0, short=False) == decision


def test_what_is_too_large_even_when_it_is_short() -> None:
    assert judge(Reply(413), attempt=1, age=timedelta(0), dice=0.0, short=True) == GiveUp("HTTP 413")


def test_what_is_no_news_any_more() -> None:
    late = judge(Silence("no answer"), attempt=1, age=LIFE, dice=0.0, short=False)

    assert late == GiveUp("no answer; after two days it is no news any more")
