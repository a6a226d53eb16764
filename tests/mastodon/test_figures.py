"""Figures: who gets them, what is in them, and that nobody else learns that there are any."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from smallfed.errors import Misconfigured, NotFound
from smallfed.federation.exchange import Request
from smallfed.federation.metrics import Metrics, secret
from smallfed.observe.counting import COUNTERS, SPREADS
from smallfed.store.tx import Tx
from smallfed.workers.figures import Figures
from tests.fediverse.wire import call
from tests.mastodon.api import Api

SECRET = "a-secret-of-some-length"


def yesterday(tx: Tx) -> None:
    day = int(tx.now.timestamp()) // 86400 - 1
    tx.run("INSERT INTO growth VALUES (?, 'boost', 'far.example', 3, 3000, 2, 2200)", day)


async def test_everything_is_told_in_the_form_of_prometheus(api: Api) -> None:
    """Every line is a comment or a sample; what has labels is under words of ours only."""
    await api.do(yesterday)
    for counter in COUNTERS:
        counter.add(*("word" for _ in counter.labels))
    SPREADS[0].add("apps", seconds=0.003)

    text = (await Figures(api.parts, lambda: 7).text()).decode()

    lines = [line for line in text.splitlines() if not line.startswith("#")]
    sample = re.compile(r'smallfed_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [-+.0-9e]+')
    assert [line for line in lines if not sample.fullmatch(line)] == []
    told = {line.partition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}
    assert told["smallfed_streams"] == 7
    assert told["smallfed_inbox_waiting"] == 0
    assert told["smallfed_database_writable"] == 1
    assert told["smallfed_database_bytes"] > 100_000
    assert told['smallfed_growth_bytes{cause="boost",kind="files"}'] == 2200
    assert told["smallfed_growth_noisiest_share"] == 1
    assert told['smallfed_fetches_total{answer="word"}'] >= 1
    assert told['smallfed_request_seconds_bucket{door="apps",le="0.005"}'] >= 1
    requests = told['smallfed_request_seconds_count{door="apps"}']
    assert told['smallfed_request_seconds_bucket{door="apps",le="+Inf"}'] == requests
    assert "smallfed_disk_full_days" not in told  # nobody knows yet


def request(*headers: tuple[str, str]) -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    return Request(
        method="GET", path="/metrics", target="/metrics", query="", headers=headers, caller="192.0.2.1", receive=receive
    )


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("authorization", f"Basic {SECRET}"),),
        (("authorization", f"Bearer {SECRET}x"),),
        (("authorization", "Bearer"),),
        (("authorization", "Bearer ÿ"),),
    ],
)
async def test_strangers_see_nothing(api: Api, headers: tuple[tuple[str, str], ...]) -> None:
    metrics = Metrics(Figures(api.parts, lambda: 0), SECRET)

    with pytest.raises(NotFound, match="not found"):
        await metrics.guarded(request(*headers))


async def test_who_brings_the_secret_is_told(api: Api) -> None:
    reply = await Metrics(Figures(api.parts, lambda: 0), SECRET).guarded(request(("authorization", f"bearer {SECRET}")))

    assert reply.status == 200
    assert reply.content_type.startswith("text/plain; version=0.0.4")
    assert ("cache-control", "no-store") in reply.headers
    assert isinstance(reply.body, bytes)
    assert b"smallfed_info{version=" in reply.body


async def test_without_a_secret_nothing_is_there(api: Api) -> None:
    """As everywhere else where nothing is."""
    absent = await call(api.front, "GET", "/nothing-at-all", (), b"")
    metrics = await call(api.front, "GET", "/metrics", (), b"")

    assert metrics.status == absent.status == 404


async def test_at_its_own_address_it_needs_none(api: Api) -> None:
    metrics = Metrics(Figures(api.parts, lambda: 0), None)

    shown = await call(metrics.open, "GET", "/metrics", (), b"")
    other = await call(metrics.open, "GET", "/", (), b"")
    posted = await call(metrics.open, "POST", "/metrics", (), b"x")

    assert (shown.status, other.status, posted.status) == (200, 404, 404)
    assert not metrics.is_shown


@pytest.mark.parametrize("text", ["", "short", "with spaces in the middle", "ümlaute sind hier verboten"])
def test_a_secret_that_could_be_guessed_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "metrics-token"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(Misconfigured, match="one secret of 16 characters"):
        secret(file)


def test_a_secret_is_read_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "metrics-token"
    file.write_text(f"{SECRET}\n")

    found: Callable[[Path | None], str | None] = secret
    assert (found(file), found(None)) == (SECRET, None)


async def test_the_dashboard_asks_for_what_there_is(api: Api) -> None:
    """Every figure in examples/grafana-dashboard.json has the name of one that is told."""
    board = (Path(__file__).parents[2] / "examples" / "grafana-dashboard.json").read_text()
    for counter in COUNTERS:
        counter.add(*("word" for _ in counter.labels))
    SPREADS[0].add("apps", seconds=0.003)

    text = (await Figures(api.parts, lambda: 0).text()).decode()

    told = set(re.findall(r"^(?:# TYPE )?(smallfed_[a-z_]+)", text, re.MULTILINE))
    asked = set(re.findall(r"smallfed_[a-z_]+", board))
    assert asked - told == set()
    assert len(asked) > 12
