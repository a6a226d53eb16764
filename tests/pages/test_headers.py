"""Headers of every answer, and files."""

import pytest

from smallfed.pages import assets
from tests.pages.place import Place


@pytest.mark.parametrize("path", ["/login", "/nothing", "/apps", "/oauth/authorize", "/.well-known/nothing"])
async def test_every_answer_is_protected(place: Place, path: str) -> None:
    page = await place.browser().get(path)

    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/login", "/nothing", "/oauth/authorize"])
async def test_pages_have_no_script_and_no_frame(place: Place, path: str) -> None:
    page = await place.browser().get(path)

    assert page.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'"
    )
    assert page.headers["x-frame-options"] == "DENY"
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "access-control-allow-origin" not in page.headers


async def test_files_are_kept_for_ever_under_an_address_of_their_content(place: Place) -> None:
    url = assets.url("smallfed.css")

    page = await place.browser().get(url)
    old = await place.browser().get("/static/000000000000/smallfed.css")

    assert (page.status, page.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert page.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (old.status, old.headers["cache-control"]) == (200, "public, max-age=300")
    assert page.text == old.text


@pytest.mark.parametrize("name", ["nothing.css", "../smallfed/app.py", "%2e%2e/pyproject.toml", "..%2fREADME.md"])
async def test_there_is_nothing_else(place: Place, name: str) -> None:
    page = await place.browser().get(f"/static/000000000000/{name}")

    assert page.status == 404


async def test_files_are_there_before_the_house(empty: Place) -> None:
    page = await empty.browser().get(assets.url("icon.svg"))

    assert (page.status, page.headers["content-type"]) == (200, "image/svg+xml")
    assert "sandbox" in page.headers["content-security-policy"]
