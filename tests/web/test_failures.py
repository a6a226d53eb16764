"""What people and programs are told when something cannot be answered."""

import pytest

from smallfed import errors
from tests.pages.place import Place


async def test_absent_pages_are_pages_and_absent_endpoints_are_json(place: Place) -> None:
    browser = place.browser()

    page, endpoint = await browser.get("/nothing/here"), await browser.get("/.well-known/nothing")
    method = await browser.ask("PUT", "/oauth/token")

    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert (endpoint.status, endpoint.json()) == (404, {"error": "Not Found"})
    assert (method.status, method.json()) == (405, {"error": "Method Not Allowed"})
    assert set(method.headers["allow"].split(", ")) == {"OPTIONS", "POST"}


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (errors.NotFound("the detail"), 404, "There is nothing at this address"),
        (errors.Conflict("Two <at> once"), 409, "Two &lt;at&gt; once"),
        (errors.TooMany("Slower", retry_after=1.5), 429, "Slower"),
        (ZeroDivisionError("the detail"), 500, "Something went wrong here"),
    ],
)
async def test_errors_become_pages(
    place: Place, error: Exception, status: int, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> str:
        raise error

    place.app.add_url_rule("/broken", "broken", broken)

    page = await place.browser().get("/broken")

    assert page.status == status
    assert told in page.text
    assert "the detail" not in page.text
    assert page.headers.get("retry-after") == ("2" if status == 429 else None)
    assert "broken" in caplog.text or status != 500


async def test_a_number_that_no_row_can_have_leads_nowhere(place: Place) -> None:
    """On whatever page numbers are asked for."""
    owner, largest = await place.owner(), (1 << 63) - 1
    seal = (await owner.get("/preferences")).forms[0].fields["seal"]
    rules = [rule for rule in place.app.url_map.iter_rules() if rule.arguments and "<int:" in rule.rule]

    answers = {}
    for rule in rules:
        for number in (largest, largest + 1):
            values = {name: number if name not in ("what", "how") else "bin" for name in rule.arguments}
            path = rule.rule
            for name, value in values.items():
                path = path.replace(f"<int:{name}>", str(value)).replace(f"<{name}>", str(value))
            ask = owner.get(path) if "GET" in (rule.methods or ()) else owner.post(path, {"seal": seal})
            answers[path] = (await ask).status

    assert len(rules) > 10
    assert {path: status for path, status in answers.items() if status >= 500} == {}
    assert {status for path, status in answers.items() if str(largest + 1) in path} == {404}


async def test_a_form_that_is_too_large_is_refused(place: Place) -> None:
    page = await place.browser().post("/login", {"password": "x" * (1 << 20)})

    assert page.status == 413
