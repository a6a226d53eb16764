"""Searching, exploring and what the server says about itself, by Mastodon.py against real servers."""

import pytest
from mastodon.errors import MastodonNotFoundError

from tests.clients.people import Person


def test_searching(alice: Person) -> None:
    client = alice.python
    said = client.status_post("Zebras graze, 東京 too #StripedHorses", language="en")
    other = client.status_post("Zebras sleep", spoiler_text="boo")

    def found(q: str, **more: object) -> list[str]:
        return [
            status["id"] for status in client.search_v2(q, resolve=False, result_type="statuses", **more)["statuses"]
        ]

    assert found("zebras") == [other["id"], said["id"]]
    assert found("zebr from:me -sleep") == found("東京") == found("striped") == [said["id"]]
    assert found("zebras is:sensitive") == found("boo") == [other["id"]]
    assert found("zebras", limit=1) == [other["id"]]
    assert found("zebras", max_id=other["id"]) == [said["id"]]
    assert [tag["name"] for tag in client.search_v2("#striped", resolve=False)["hashtags"]] == ["stripedhorses"]
    client.status_delete(other)
    client.status_update(said, "Lions")
    assert (found("zebras"), found("lions")) == ([], [said["id"]])


def test_exploring(alice: Person) -> None:
    client = alice.python

    assert (client.trending_tags(), client.trending_statuses(), client.trending_links()) == ([], [], [])
    assert client.suggestions() == client.suggestions_v1() == []
    client.account_update_credentials(discoverable=True)
    assert [account["acct"] for account in client.directory(local=True)] == ["alice"]
    assert client.directory(order="new") == []
    (day, *_) = client.tag("zebras")["history"]
    assert int(day["uses"]) == 0


def test_announcements(alice: Person) -> None:
    client = alice.python
    alice.server.command("announce", "**Tea** at five #tea")

    (one,) = client.announcements()
    client.announcement_reaction_create(one, "🎉")

    assert one["content"].startswith("<p><strong>Tea</strong> at five")
    assert [tag["name"] for tag in one["tags"]] == ["tea"]
    assert [reaction["name"] for reaction in client.announcements()[0]["reactions"]] == ["🎉"]
    client.announcement_reaction_delete(one, "🎉")
    client.announcement_dismiss(one)
    assert client.announcements() == []


def test_the_server_about_itself(alice: Person) -> None:
    client = alice.python

    assert client.instance_rules() == []
    assert client.instance_extended_description()["content"] == ""
    assert len(client.instance_activity()) == 12
    assert client.instance_domain_blocks() == []
    assert client.instance_translation_languages() == {}
    assert "English" in [language["name"] for language in client.instance_languages()]
    with pytest.raises(MastodonNotFoundError):
        client.instance_terms_of_service()
