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
        attribution_domains=[],
        also_known_as_uris=[],
        quote_policy="public",
    )
    assert me.role.permissions == "1208"


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
            "attribution_domains": ["https://Blog.example/", "*.bücher.example", "blog.example", ""],
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
        attribution_domains=["blog.example", "xn--bcher-kva.example"],
        also_known_as_uris=[],
        quote_policy="public",
    )
    assert bodies == [("Update",)]


async def test_absent_stays_and_empty_clears(api: Api) -> None:
    await api.ask("PATCH", UPDATE, json={"note": "Hi", "fields_attributes": [{"name": "a", "value": "b"}]})

    absent = {"fields_attributes": None, "attribution_domains": None, "note": None, "locked": None, "bot": ""}
    stays = [(await api.ask("PATCH", UPDATE, json=sent)).of(Me) for sent in ({}, absent)]
    clear = (await api.ask("PATCH", UPDATE, json={"note": "", "fields_attributes": [], "display_name": ""})).of(Me)

    assert [(one.source.note, len(one.fields)) for one in stays] == [("Hi", 1)] * 2
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
        {"source": {"privacy": "local"}},
        {"attribution_domains": [f"{n}.example" for n in range(11)]},
        {"attribution_domains": ["no website"]},
        {"attribution_domains": ["example.org/path"]},
        {"avatar_description": "x" * 1501},
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
    served = await api.fetch(me.avatar)
    await api.ask("PATCH", UPDATE, files={"avatar": FileStorage(BytesIO(_picture(100, 100)), "new.jpg")})
    replaced = await api.fetch(me.avatar)
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


@pytest.mark.parametrize("path", ["/api/v1/profile", "/api/v1/profile/", f"{UPDATE}/"])
async def test_pictures_come_to_every_address_of_the_profile(api: Api, path: str) -> None:
    sent = {name: FileStorage(BytesIO(_picture(1200, 1000)), "me.jpg") for name in ("avatar", "header")}

    answer = await api.ask("PATCH", path, form={"display_name": "Alice A."}, files=sent)

    assert (answer.status, answer.json()["display_name"]) == (200, "Alice A.")
    assert answer.json()["avatar"].startswith("https://home.example/media/avatars/")
    assert (await api.fetch(answer.json()["header"])).status == 200


@pytest.mark.parametrize("path", [UPDATE, "/api/v1/profile"])
async def test_an_avatar_that_is_no_picture(api: Api, path: str) -> None:
    answer = await api.ask("PATCH", path, files={"avatar": FileStorage(BytesIO(b"<svg onload=x>"), "me.png")})

    assert (answer.status, bool(answer.of(Error).error)) == (422, True)


@pytest.mark.parametrize(
    "path", ["avatars/default.png", "headers/default.png", "avatars/missing.png", "headers/missing.png"]
)
async def test_pictures_for_who_has_none(api: Api, path: str) -> None:
    first = await api.fetch(f"/media/{path}")
    second = await api.fetch(f"/media/{path}")

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
    answer = await api.fetch(f"/media/{path}")

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
        "reading:autoplay:gifs": False,
        "posting:default:quote_policy": "public",
    }


@pytest.mark.parametrize("empty", [{"form": {"fields_attributes": ""}}, {"form": {"attribution_domains[]": ""}}])
async def test_forms_clear_lists_by_an_empty_text(api: Api, empty: dict[str, Any]) -> None:
    full = {"fields_attributes": [{"name": "a", "value": "b"}], "attribution_domains": ["blog.example"]}
    await api.ask("PATCH", UPDATE, json=full)

    me = (await api.ask("PATCH", UPDATE, **empty)).of(Me)

    cleared = "fields" if "fields_attributes" in empty["form"] else "attribution_domains"
    left = {"fields": len(me.source.fields), "attribution_domains": len(me.source.attribution_domains)}
    assert left == {"fields": 1, "attribution_domains": 1, cleared: 0}


async def test_the_profile_as_it_is_edited(api: Api) -> None:
    """What was typed, and null where there is no picture; the same words change it."""
    before = await api.get("/api/v1/profile", entities.Profile)
    sent = {
        "display_name": "Alice A.",
        "note": "*Hi*",
        "fields_attributes": [{"name": "Web", "value": "https://home.example"}],
        "avatar_description": "A face",
        "show_media": False,
        "show_media_replies": "0",
        "show_featured": "false",
        "attribution_domains": ["blog.example"],
        "indexable": True,
    }
    after = (await api.ask("PATCH", "/api/v1/profile", json=sent)).of(entities.Profile)
    shown = await api.get(f"/api/v1/accounts/{api.owner.id}", entities.Account)
    me = await _me(api)

    assert (before.avatar, before.show_media, before.note) == (None, True, "")
    assert after == entities.Profile(
        id=str(api.owner.id),
        display_name="Alice A.",
        note="*Hi*",
        fields=[entities.Field(name="Web", value="https://home.example")],
        avatar=None,
        avatar_static=None,
        avatar_description="A face",
        header=None,
        header_static=None,
        header_description="",
        locked=False,
        bot=False,
        hide_collections=False,
        discoverable=True,
        indexable=True,
        show_media=False,
        show_media_replies=False,
        show_featured=False,
        attribution_domains=["blog.example"],
    )
    assert await api.get("/api/v1/profile", entities.Profile) == after
    assert (shown.avatar_description, shown.show_media, shown.noindex, me.source.attribution_domains) == (
        "A face",
        False,
        False,
        ["blog.example"],
    )


# Aliases --------------------------------------------------------------------------------------------------------------
async def test_aliases_as_gotosocial_has_them(api: Api) -> None:
    """The whole list at once; what is known already is not asked for again."""
    bob, carol = await api.know("bob@far.example"), await api.know("carol@far.example")
    path = "/api/v1/accounts/alias"

    both = (await api.ask("POST", path, json={"also_known_as_uris": [bob.uri, carol.url, bob.uri]})).of(Me)
    one = (await api.ask("POST", path, form={"also_known_as_uris[]": carol.uri})).of(Me)
    none = (await api.ask("POST", path, json={"also_known_as_uris": []})).of(Me)
    refused = [
        await api.ask("POST", path, json=sent)
        for sent in ({}, {"also_known_as_uris": [api.owner.uri]}, {"also_known_as_uris": ["https://gone.example/u"]})
    ]

    assert both.source.also_known_as_uris == [bob.uri, carol.uri]
    assert (one.source.also_known_as_uris, none.source.also_known_as_uris) == ([carol.uri], [])
    assert [answer.status for answer in refused] == [422, 422, 404]


async def test_aliases_as_pleroma_has_them(api: Api) -> None:
    bob = await api.know("bob@far.example")
    path = "/api/pleroma/aliases"

    added = await api.ask("PUT", path, json={"alias": "bob@far.example"})
    listed = await api.ask("GET", path)
    me = await _me(api)
    removed = await api.ask("DELETE", path, json={"alias": "bob@far.example"})

    assert (added.json(), listed.json()) == ({"status": "success"}, {"aliases": ["bob@far.example"]})
    assert me.source.also_known_as_uris == [bob.uri]
    assert (removed.json(), (await api.ask("GET", path)).json()) == ({"status": "success"}, {"aliases": []})
    assert [(await api.ask("DELETE", path, json=sent)).status for sent in ({}, {"alias": "bob@far.example"})] == [
        422,
        404,
    ]


async def test_nobody_registers_here(api: Api) -> None:
    answer = await api.ask("POST", "/api/v1/accounts", form={"username": "bob", "password": "x" * 12})

    assert (answer.status, answer.of(Error).error) == (403, "This server has one owner and takes no others")
