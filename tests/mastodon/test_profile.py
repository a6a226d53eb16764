"""The owner's own account, preferences, markers."""

from io import BytesIO
from typing import Any

import msgspec
import pytest
from PIL import Image
from quart.datastructures import FileStorage

from smallfed.mastodon import entities
from smallfed.mastodon.failures import Error
from tests import world
from tests.mastodon.api import Api

Me = entities.CredentialAccount
UPDATE = "/api/v1/accounts/update_credentials"


async def _me(api: Api) -> Me:
    return await api.get("/api/v1/accounts/verify_credentials", Me)


async def test_the_owner_sees_what_was_typed(api: Api) -> None:
    me = await _me(api)

    assert (me.acct, me.display_name, me.note) == ("alice", "Alice", "")
    assert me.avatar == "https://home.example/media/avatars/default.png"
    assert me.source == entities.Source(
        privacy="public",
        sensitive=False,
        language=None,
        note="",
        fields=[],
        follow_requests_count=0,
        hide_collections=False,
        discoverable=True,
        indexable=False,
        quote_policy="public",
    )
    assert me.role.permissions == "0"


FIELDS = [("Web", "https://home.example/about"), ("Cat", "Tom")]


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"fields_attributes": [{"name": name, "value": value} for name, value in FIELDS]}},
        {"json": {"fields_attributes": {str(n): {"name": f[0], "value": f[1]} for n, f in enumerate(FIELDS)}}},
        {
            "form": {
                f"fields_attributes[{n}][{key}]": value
                for n, f in enumerate(FIELDS)
                for key, value in zip(("name", "value"), f, strict=True)
            }
            | {"fields_attributes[2][name]": "", "fields_attributes[2][value]": ""}
        },
        {
            "query": {
                f"fields_attributes[{n}][{key}]": value
                for n, f in enumerate(FIELDS)
                for key, value in zip(("name", "value"), f, strict=True)
            }
        },
        {
            "files": {},
            "form": {
                f"fields_attributes[{n}][{key}]": value
                for n, f in enumerate(FIELDS)
                for key, value in zip(("name", "value"), f, strict=True)
            },
        },
    ],
    ids=["array", "object", "form", "query", "multipart"],
)
async def test_fields_come_in_all_forms(api: Api, sent: dict[str, Any]) -> None:
    answer = await api.ask("PATCH", UPDATE, **sent)

    me = answer.of(Me)
    assert [(field.name, field.value) for field in me.source.fields] == FIELDS
    assert me.fields[1] == entities.Field(name="Cat", value="Tom")
    assert 'href="https://home.example/about"' in me.fields[0].value


async def test_changing_the_profile(api: Api) -> None:
    bob = await api.know("bob@far.example")
    fan = await api.know("fan@far.example")
    await api.do(world.befriend, fan, api.owner)

    answer = await api.ask(
        "PATCH",
        UPDATE,
        json={
            "display_name": "Alice A.",
            "note": "I know @bob@far.example\n<script>",
            "locked": "true",
            "bot": 1,
            "discoverable": False,
            "indexable": "on",
            "hide_collections": True,
            "source": {"privacy": "unlisted", "sensitive": "1", "language": "de"},
        },
    )
    me = answer.of(Me)
    again = await _me(api)
    bodies = await api.do(lambda tx: tx.all("SELECT type FROM bodies"))

    assert me == again
    assert (me.display_name, me.locked, me.bot, me.discoverable, me.indexable) == ("Alice A.", True, True, False, True)
    assert f'href="{bob.url}"' in me.note
    assert me.note.endswith("<br>&lt;script&gt;</p>")
    assert me.source == entities.Source(
        privacy="unlisted",
        sensitive=True,
        language="de",
        note="I know @bob@far.example\n<script>",
        fields=[],
        follow_requests_count=0,
        hide_collections=True,
        discoverable=False,
        indexable=True,
        quote_policy="public",
    )
    assert bodies == [("Update",)]


async def test_absent_stays_and_empty_clears(api: Api) -> None:
    await api.ask("PATCH", UPDATE, json={"note": "Hi", "fields_attributes": [{"name": "a", "value": "b"}]})

    stays = (await api.ask("PATCH", UPDATE, json={})).of(Me)
    clear = (await api.ask("PATCH", UPDATE, json={"note": "", "fields_attributes": [], "display_name": ""})).of(Me)

    assert (stays.source.note, len(stays.fields)) == ("Hi", 1)
    assert (clear.note, clear.source.note, clear.fields, clear.display_name) == ("", "", [], "")


@pytest.mark.parametrize(
    "change",
    [
        {"note": "x" * 2001},
        {"display_name": "x" * 101},
        {"fields_attributes": [{"name": str(n), "value": "x"} for n in range(11)]},
        {"fields_attributes": [{"name": "", "value": "x"}]},
        {"fields_attributes": ["x"]},
        {"source": {"privacy": "secret"}},
        {"source": {"language": "not a language"}},
        {"source": "x"},
    ],
)
async def test_what_cannot_be(api: Api, change: dict[str, Any]) -> None:
    answer = await api.ask("PATCH", UPDATE, json=change)

    assert (answer.status, bool(answer.of(Error).error)) == (422, True)


# Pictures
def _picture(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(file, "JPEG", quality=95)
    return file.getvalue()


async def test_an_avatar_of_several_megabytes(api: Api) -> None:
    upload = _picture(2400, 2000)
    assert len(upload) > 2 << 20

    answer = await api.ask(
        "PATCH",
        UPDATE,
        files={"avatar": FileStorage(BytesIO(upload), "me.jpg"), "header": FileStorage(BytesIO(upload), "sea.jpg")},
    )
    assert answer.status == 200, answer.body
    me = answer.of(Me)
    served = await api.ask("GET", me.avatar.removeprefix("https://home.example"), token="")
    await api.ask("PATCH", UPDATE, files={"avatar": FileStorage(BytesIO(_picture(100, 100)), "new.jpg")})
    replaced = await api.ask("GET", me.avatar.removeprefix("https://home.example"), token="")
    removed = (await api.ask("DELETE", "/api/v1/profile/avatar")).of(Me)

    with Image.open(BytesIO(served.body)) as image:
        assert image.size == (400, 400)
    assert served.headers["content-type"] in {"image/jpeg", "image/webp", "image/png"}
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert me.header.startswith("https://home.example/media/headers/")
    assert removed.avatar == "https://home.example/media/avatars/default.png"
    assert removed.header == me.header
    assert replaced.status == 404


async def test_an_avatar_that_is_no_picture(api: Api) -> None:
    answer = await api.ask("PATCH", UPDATE, files={"avatar": FileStorage(BytesIO(b"<svg onload=x>"), "me.png")})

    assert (answer.status, bool(answer.of(Error).error)) == (422, True)


@pytest.mark.parametrize(
    "path", ["avatars/default.png", "headers/default.png", "avatars/missing.png", "headers/missing.png"]
)
async def test_pictures_for_who_has_none(api: Api, path: str) -> None:
    first = await api.ask("GET", f"/media/{path}", token="")
    second = await api.ask("GET", f"/media/{path}", token="")

    assert first.status == 200
    assert first.body == second.body == (api.parts.data / "media" / path).read_bytes()
    assert first.headers["cache-control"] == "public, max-age=604800, immutable"
    with Image.open(BytesIO(first.body)) as image:
        assert image.format == "PNG"


@pytest.mark.parametrize(
    "path",
    ["avatars/x.png", "avatars/..%2f..%2fsmallfed.db", "other/default.png", f"avatars/{'0' * 32}.png", "avatars/.."],
)
async def test_no_other_file_is_served(api: Api, path: str) -> None:
    answer = await api.ask("GET", f"/media/{path}", token="")

    assert answer.status == 404


# Markers and preferences
@pytest.mark.parametrize(
    "sent",
    [
        {"form": {"home[last_read_id]": "103"}},
        {"json": {"home": {"last_read_id": "103"}}},
        {"json": {"home": {"last_read_id": 103}, "notifications": {}, "other": {"last_read_id": "1"}}},
    ],
)
async def test_markers(api: Api, sent: dict[str, Any]) -> None:
    before = await api.get("/api/v1/markers", dict, **{"timeline[]": ["home", "notifications"]})
    await api.ask("POST", "/api/v1/markers", **sent)
    await api.ask("POST", "/api/v1/markers", **sent)

    after = await api.get(
        "/api/v1/markers", dict[str, entities.Marker], **{"timeline[]": ["home", "notifications", "other"]}
    )

    assert before == {}
    assert msgspec.to_builtins(after) == {
        "home": {"last_read_id": "103", "version": 2, "updated_at": "2026-03-01T12:00:00.000Z"}
    }


async def test_preferences(api: Api) -> None:
    await api.ask("PATCH", UPDATE, json={"source": {"privacy": "private", "language": "pt_br"}})

    answer = await api.ask("GET", "/api/v1/preferences")

    assert answer.json() == {
        "posting:default:visibility": "private",
        "posting:default:sensitive": False,
        "posting:default:language": "pt-BR",
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
        "posting:default:quote_policy": "public",
    }
