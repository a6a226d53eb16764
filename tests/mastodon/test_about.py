"""What the server says about itself at length, and its posts in other pages."""

import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import pytest

from smallfed.config.showing import Instance
from smallfed.domain.domain_block import Severity
from smallfed.domain.post import Visibility
from smallfed.mastodon.entities import about, servers
from smallfed.mastodon.entities.configuration import Urls
from smallfed.mastodon.entities.oembed import OEmbed
from smallfed.services import blocking, moderating
from smallfed.services.moderating import Wish
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, say

BASE = "/api/v1/instance"
NEVER = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def said(api: Api, tmp_path: Path) -> Api:
    """Return the API of a server that says much about itself, in a file of yesterday."""
    file = tmp_path / "smallfed.toml"
    file.touch()
    os.utime(file, (NEVER.timestamp() - 86_400,) * 2)
    instance = Instance(
        email="alice@home.example",
        description="A server for **one** <script>",
        rules=("Be kind", "No advertising"),
        privacy_policy="Nothing is kept.",
        terms="Nobody else.",
        domain_blocks="everybody",
    )
    api.configure(instance=instance, file=file)
    return api


async def test_texts(said: Api) -> None:
    yesterday = "2026-02-28T12:00:00.000Z"

    assert await said.get(f"{BASE}/rules", list[about.Rule]) == [
        about.Rule(id="1", text="Be kind"),
        about.Rule(id="2", text="No advertising"),
    ]
    assert await said.get(f"{BASE}/extended_description", about.Text) == about.Text(
        updated_at=yesterday, content="<p>A server for <strong>one</strong> &lt;script&gt;</p>"
    )
    assert (await said.get(f"{BASE}/privacy_policy", about.Text)).content == "<p>Nothing is kept.</p>"
    assert await said.get(f"{BASE}/terms_of_service", about.Terms) == about.Terms(
        effective_date="2026-02-28", content="<p>Nobody else.</p>"
    )
    assert (await said.ask("GET", f"{BASE}/terms_of_service/2026-02-28")).status == 200
    assert (await said.ask("GET", f"{BASE}/terms_of_service/2026-02-27")).status == 404
    first = await said.get("/api/v1/instance", servers.InstanceV1)
    second = await said.get("/api/v2/instance", servers.InstanceV2)
    urls = second.configuration.urls
    assert isinstance(urls, Urls)
    assert urls.privacy_policy == urls.terms_of_service == urls.about == "https://home.example/about"
    assert first.email == second.contact.email == "alice@home.example"
    assert [rule.text for rule in first.rules] == [rule.text for rule in second.rules] == ["Be kind", "No advertising"]
    assert second.thumbnail.versions == {"@1x": second.thumbnail.url, "@2x": second.thumbnail.url}


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("rules", 200, []),
        ("extended_description", 200, {"updated_at": "2026-03-01T12:00:00.000Z", "content": ""}),
        ("privacy_policy", 404, {"error": "Record not found"}),
        ("terms_of_service", 404, {"error": "Record not found"}),
        ("translation_languages", 200, {}),
        ("domain_blocks", 404, {"error": "Record not found"}),
    ],
)
async def test_what_is_not_written(api: Api, path: str, status: int, body: Any) -> None:
    answer = await api.ask("GET", f"{BASE}/{path}", token="")

    assert (answer.status, answer.json()) == (status, body)


async def test_blocked_domains_are_shown_to_whom_the_owner_lets(said: Api) -> None:
    """Each with how far it is kept away and why, as far as that is for the public; noted ones are none."""
    await said.do(blocking.block_domain, "b.example")
    for name, wish in {
        "a.example": Wish(severity=Severity.SUSPEND, public_comment="Spam", private_comment="of my uncle"),
        "mean.words.example": Wish(severity=Severity.SILENCE, public_comment="Loud", obfuscate=True),
        "noted.example": Wish(severity=Severity.NOOP, public_comment="Hm"),
    }.items():
        await said.do(moderating.block, name, wish)
    expected = [
        _blocked("mean.words.example", "silence", "Loud", shown="mean.*****.***mple"),
        _blocked("a.example", "suspend", "Spam"),
        _blocked("b.example", "suspend", ""),
    ]

    assert (await said.ask("GET", f"{BASE}/domain_blocks", token="")).of(list[about.BlockedDomain]) == expected
    said.configure(instance=Instance(domain_blocks="owner"))
    assert await said.get(f"{BASE}/domain_blocks", list[about.BlockedDomain]) == expected
    assert (await said.ask("GET", f"{BASE}/domain_blocks", token="")).status == 404


def _blocked(
    name: str, severity: Literal["silence", "suspend"], comment: str, *, shown: str | None = None
) -> about.BlockedDomain:
    digest = sha256(name.encode()).hexdigest()
    return about.BlockedDomain(domain=shown or name, digest=digest, severity=severity, comment=comment)


async def test_weeks(api: Api) -> None:
    await say(api, "Hello")
    await say(api, "Secret", visibility="direct")

    weeks = await api.get(f"{BASE}/activity", list[about.Week])

    monday = int(datetime(2026, 2, 23, tzinfo=UTC).timestamp())
    assert [int(week.week) for week in weeks] == [monday - 7 * 86_400 * back for back in range(12)]
    assert weeks[0] == about.Week(week=str(monday), statuses="1", logins="1", registrations="1")
    assert {(week.statuses, week.logins, week.registrations) for week in weeks[1:]} == {("0", "0", "0")}


async def test_languages(api: Api) -> None:
    found = await api.get(f"{BASE}/languages", list[about.Language])

    assert len(found) == 183
    assert about.Language(code="gd", name="Scottish Gaelic") in found


async def test_a_post_in_another_page(api: Api) -> None:
    said = await say(api, "Hello <b> & all")

    found = (await api.ask("GET", "/api/oembed", query={"url": said.url, "maxwidth": 300}, token="")).of(OEmbed)

    assert (found.title, found.author_name, found.author_url) == (
        "New post by Alice",
        "Alice",
        "https://home.example/@alice",
    )
    assert (found.provider_name, found.provider_url) == ("home.example", "https://home.example/")
    assert (found.width, found.height) == (300, None)
    assert "<p>Hello &lt;b&gt; &amp; all</p>" in found.html
    assert f'href="{said.url}"' in found.html
    assert "<script" not in found.html


@pytest.mark.parametrize(("asked", "width"), [({}, 400), ({"maxwidth": 1}, 220), ({"maxwidth": 9999}, 1200)])
async def test_it_has_a_width(api: Api, asked: dict[str, int], width: int) -> None:
    said = await say(api, "Hello", spoiler_text="boo")

    found = await api.get("/api/oembed", OEmbed, url=said.uri, maxheight=100, **asked)

    assert (found.width, found.height) == (width, 100)
    assert "boo" in found.html
    assert "Hello" not in found.html


async def test_what_is_not_shown_is_named(api: Api) -> None:
    said = await say(api, "Which?", **{"poll[options][]": ["a", "b"], "poll[expires_in]": 300})

    found = await api.get("/api/oembed", OEmbed, url=said.url)

    assert "<p>Which?</p><p>With a poll.</p>" in found.html


async def test_what_cannot_be_embedded(api: Api) -> None:
    secret = await say(api, "Secret", visibility="private")
    bob = await hear(api, await api.know("bob@peer.example"), visibility=Visibility.PUBLIC)

    for url in (secret.url, bob.uri, "https://home.example/@alice", "https://x.example/1", "nonsense", ""):
        answer = await api.ask("GET", "/api/oembed", query={"url": url})
        assert (answer.status, answer.json()) == (404, {"error": "Record not found"})


@pytest.mark.parametrize("path", ["/api/v1/peers/search", "/api/proofs", "/api/v1/instance/nothing"])
async def test_what_there_is_not(api: Api, path: str) -> None:
    assert (await api.ask("GET", path)).status == 404
