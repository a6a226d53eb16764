"""A disk that is nearly full: uploads are refused in plain words, pictures of others are passed on, text goes on."""

import json

from smallfed.mastodon.failures import Error
from smallfed.policy.rooming import Level
from smallfed.runtime.client import Answer
from smallfed.store import copies
from tests.imaging.samples import drawn, saved
from tests.imaging.test_stripping import picture
from tests.mastodon.api import Api
from tests.mastodon.test_media import file, left_over, put_up
from tests.mastodon.test_remote_media import CAT, shown


async def test_uploads_are_refused_in_plain_words(api: Api) -> None:
    """Nothing of them stays; when there is room again they work."""
    png = saved(drawn(), "PNG")
    api.parts.room.level = Level.SHORT
    refused = await put_up(api, png)
    left = left_over(api)
    avatar = await api.ask("PATCH", "/api/v1/accounts/update_credentials", files={"avatar": file(png)})
    api.parts.room.level = Level.SCARCE
    taken = await put_up(api, png)

    assert refused.status == avatar.status == 503
    assert refused.of(Error).error.startswith("The disk of this server is nearly full, so it takes no files now.")
    assert int(refused.headers["retry-after"]) >= 600
    assert left == []
    assert taken.status == 200


async def test_an_upload_that_does_not_fit_is_refused_before_it_comes(api: Api) -> None:
    """And when one has come, or was given up, it is expected no more."""
    png = saved(drawn(), "PNG")
    room = api.parts.room
    await room.look()
    room.reserve, room.free = 2000, 1000 + len(png)
    refused = await put_up(api, png)
    left = left_over(api)
    room.free = 1 << 30
    taken = await put_up(api, png)
    room.free = 1000
    room.expect(0)

    assert (refused.status, taken.status, left) == (503, 200, [])


async def test_text_goes_on(api: Api) -> None:
    api.parts.room.level = Level.SHORT

    said = await api.ask("POST", "/api/v1/statuses", form={"status": "still here"})

    assert said.status == 200
    assert "still here" in json.loads(said.body)["content"]


async def test_pictures_of_others_are_shown_but_not_kept(api: Api) -> None:
    media = await shown(api)
    api.http.pages[CAT] = Answer(200, CAT, [("content-type", "image/jpeg")], picture("JPEG"))
    api.parts.room.level = Level.SCARCE
    passed_on = await api.fetch(media["url"])
    kept = await api.do(copies.find, CAT)
    api.parts.room.level = Level.AMPLE
    later = await api.fetch(media["url"])

    assert (passed_on.status, later.status) == (200, 200)
    assert passed_on.body == later.body
    assert kept is None or kept.file is None
    found = await api.do(copies.find, CAT)
    assert found is not None
    assert found.file is not None
