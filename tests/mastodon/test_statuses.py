"""Posts through the client API: saying, reading, changing, taking back."""

import pytest

from smallfed.mastodon.entities import Context, Status, StatusEdit, StatusSource
from tests.mastodon.api import Api


async def test_a_post_is_answered_whole(api: Api) -> None:
    said = await api.say("Hello @nobody #World", spoiler_text="A greeting", language="pt_br", visibility="unlisted")

    shown = await api.get(f"/api/v1/statuses/{said.id}", Status)

    assert shown == said
