"""The owner sees who has been let in, and shows them out."""

from datetime import timedelta

import pytest

from smallfed.domain.events import TokensRevoked
from smallfed.services import authorising
from smallfed.services.authorising import Registration
from smallfed.store import tokens
from smallfed.store.tx import Tx
from smallfed.web.words import ago
from tests import world
from tests.pages.place import Place


def _let_in(tx: Tx, name: str, *texts: str, scopes: tuple[str, ...] = ("read", "write")) -> tuple[int, list[int]]:
    registration = Registration(name=name, redirect_uris=("app:",), scopes=scopes, website="https://app.example")
    app, _ = authorising.register(tx, registration)
    digests = [tokens.hashed(text) for text in texts]
    return app.id, [tokens.put(tx, app=app.id, owner=True, scopes=scopes, digest=digest) for digest in digests]


async def test_apps_are_listed_with_what_they_may(place: Place) -> None:
    owner = await place.owner()
    await place.do(_let_in, "<Tusky>", "a", "b", scopes=("read:accounts", "push"))

    page = await owner.get("/apps")

    assert page.status == 200
    for words in (
        "&lt;Tusky&gt;",
        "Send push notifications to your devices <code>push</code>",
        "<code>read:accounts</code>",
        "Since 1 March 2026",
        "never used",
        "2 logins",
        'rel="noopener noreferrer nofollow"',
    ):
        assert words in page.text


async def test_without_apps_the_page_says_how_to_connect_one(place: Place) -> None:
    page = await (await place.owner()).get("/apps")

    assert 'No app has been let in yet. <a href="/welcome">' in page.text


async def test_showing_an_app_out_revokes_all_its_tokens(place: Place) -> None:
    owner = await place.owner()
    app, numbers = await place.do(_let_in, "Tusky", "a", "b")
    await place.do(_let_in, "Elk", "c")
    form = next(form for form in (await owner.get("/apps")).forms if form.action == f"/apps/{app}/revoke")

    page = await owner.submit(form)

    assert (page.status, page.headers["location"]) == (303, "/apps")
    assert place.events == [TokensRevoked(tokens=tuple(sorted(numbers)))]
    assert [await place.do(tokens.find, text) is not None for text in ("a", "b", "c")] == [False, False, True]


async def test_one_login_is_ended_and_the_others_stay(place: Place) -> None:
    owner = await place.owner()
    _, (first, _) = await place.do(_let_in, "Tusky", "a", "b")
    form = next(form for form in (await owner.get("/apps")).forms if form.action == f"/apps/tokens/{first}/revoke")

    pages = [await owner.submit(form), await owner.submit(form)]
    stranger = place.browser()
    seal = (await stranger.get("/login")).form.fields["seal"]
    refused = await stranger.post(form.action, {"seal": seal})

    assert [page.headers["location"] for page in pages] == ["/apps"] * 2
    assert refused.headers["location"] == "/login?next=/apps"
    assert place.events == [TokensRevoked(tokens=(first,))]
    assert [await place.do(tokens.find, text) is not None for text in ("a", "b")] == [False, True]


async def test_a_stranger_sees_and_does_nothing(place: Place) -> None:
    app, _ = await place.do(_let_in, "Tusky", "a")
    stranger = place.browser()
    form = (await stranger.get("/login")).form

    listed = await stranger.get("/apps")
    sealed = await stranger.post(f"/apps/{app}/revoke", {"seal": form.fields["seal"]})
    bare = await stranger.post(f"/apps/{app}/revoke")

    assert [(page.status, page.headers.get("location")) for page in (listed, sealed, bare)] == [
        (303, "/login?next=/apps"),
        (303, "/login?next=/apps"),
        (403, None),
    ]
    assert await place.do(tokens.find, "a") is not None


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (None, "never used"),
        (timedelta(0), "used in the last two hours"),
        (timedelta(hours=2), "last used 2 hours ago"),
        (timedelta(hours=47, minutes=59), "last used 47 hours ago"),
        (timedelta(days=2), "last used 2 days ago"),
        (timedelta(days=400), "last used 400 days ago"),
    ],
)
def test_how_long_ago_in_words(passed: timedelta | None, words: str) -> None:
    assert ago(None if passed is None else world.NOW - passed, world.NOW) == words
