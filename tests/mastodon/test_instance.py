"""The server as clients see it, and what it does not have."""

import pytest

from smallfed import __version__
from smallfed.mastodon.entities import servers
from smallfed.mastodon.entities.configuration import Urls
from smallfed.mastodon.routes.stubs import STUBS
from smallfed.pages import assets
from smallfed.services import pinning, tagging
from tests.mastodon.api import Api


async def test_version_2(api: Api) -> None:
    answer = await api.ask("GET", "/api/v2/instance", token="")

    found = answer.of(servers.InstanceV2)
    assert (found.domain, found.account_domain, found.title) == ("home.example", "home.example", "Alice")
    assert found.version == f"4.5.0 (compatible; smallfed {__version__})"
    assert found.contact.email == ""
    assert found.contact.account is not None
    assert found.contact.account.acct == "alice"
    assert found.registrations == servers.Registrations(enabled=False, approval_required=False, message=None, url=None)
    assert found.configuration.statuses.max_characters == 5000
    assert found.configuration.urls == Urls(
        streaming="wss://home.example",
        about="https://home.example/about",
        privacy_policy=None,
        terms_of_service=None,
    )
    assert found.configuration.accounts.max_pinned_statuses == pinning.MOST
    assert found.configuration.accounts.max_featured_tags == tagging.MOST
    assert found.api_versions == servers.ApiVersions(mastodon=7)
    assert found.icon == [servers.Icon(src=f"https://home.example{assets.url('icon.svg')}", size="512x512")]
    assert answer.json()["configuration"]["timelines_access"] == {
        feeds: {"local": "public", "remote": "authenticated"}
        for feeds in ("live_feeds", "hashtag_feeds", "trending_link_feeds")
    }


async def test_version_1(api: Api) -> None:
    await api.know("bob@far.example")

    found = await api.get("/api/v1/instance", servers.InstanceV1)

    assert (found.uri, found.title, found.email) == ("home.example", "Alice", "")
    assert found.urls == servers.UrlsV1(streaming_api="wss://home.example")
    assert found.stats == servers.Stats(user_count=1, status_count=0, domain_count=0)
    assert found.max_toot_chars == 5000


async def test_peers_are_the_owners_business(api: Api) -> None:
    await api.do(lambda tx: tx.run("INSERT INTO hosts (host) VALUES ('far.example')"))

    mine = await api.get("/api/v1/instance/peers", list[str])
    strangers = await api.ask("GET", "/api/v1/instance/peers", token="")

    assert (mine, strangers.json()) == (["far.example"], [])


@pytest.mark.parametrize("path", STUBS)
async def test_what_there_is_not(api: Api, path: str) -> None:
    answer = await api.ask("GET", path.replace("<account>", str(api.owner.id)))

    assert answer.status == 200
    assert answer.body == bytes(STUBS[path][1])
