"""Posts for later, and drafts, through the client API; the loop that publishes them is in the fediverse's stories."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import trio
from quart.datastructures import FileStorage

from smallfed.mastodon.entities import MediaAttachment, ScheduledParams, ScheduledPoll, ScheduledStatus, Status
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import VirtualClock
from smallfed.services import uploading
from smallfed.workers.publishing import Publishing
from tests.imaging.samples import drawn, saved
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, ids_of, say

PATH = "/api/v1/scheduled_statuses"
DAY = timedelta(days=1)
TOMORROW = "2026-03-02T12:00:00.000Z"


async def _put_off(api: Api, text: str = "Later", **form: Any) -> ScheduledStatus:
    await trio.sleep(1)
    kept: ScheduledStatus = await api.post(
        "/api/v1/statuses", ScheduledStatus, status=text, **{"scheduled_at": TOMORROW, **form}
    )
    return kept


async def test_a_post_for_later_is_answered_whole(api: Api) -> None:
    heard = await hear(api, await api.know("bob@peer.example"))
    said = await say(api, "Earlier")
    form = {
        "status": "*Later*",
        "content_type": "text/markdown",
        "spoiler_text": "CW",
        "visibility": "private",
        "language": "pt_br",
        "in_reply_to_id": heard.id,
        "quoted_status_id": said.id,
        "quote_approval_policy": "followers",
        "poll": {"options": ["a", "b"], "expires_in": "300", "hide_totals": "true"},
        "scheduled_at": "2026-03-02T14:00:00+02:00",
        "local_only": False,
    }

    answer = await api.ask("POST", "/api/v1/statuses", json=form, headers={"Idempotency-Key": "k"})

    kept = answer.of(ScheduledStatus)
    assert kept == ScheduledStatus(
        id=kept.id,
        scheduled_at=TOMORROW,
        params=ScheduledParams(
            text="*Later*",
            poll=ScheduledPoll(options=["a", "b"], expires_in=300, multiple=False, hide_totals=True),
            media_ids=None,
            sensitive=True,
            spoiler_text="CW",
            visibility="private",
            local_only=False,
            in_reply_to_id=str(heard.id),
            quoted_status_id=said.id,
            quote_approval_policy="followers",
            reply_approval_policy=None,
            language="pt-BR",
            content_type="text/markdown",
            idempotency="k",
        ),
        media_attachments=[],
        draft=False,
        problem=None,
    )
    assert await api.get(f"{PATH}/{kept.id}", ScheduledStatus) == kept
    assert await api.get(PATH, list[ScheduledStatus]) == [kept]
    assert kept.id not in await ids_of(api, "/api/v1/timelines/home")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-03-01T12:04:00Z", "Validation failed: Scheduled at must be at least 5 minutes from now"),
        ("2020-01-01", "Validation failed: Scheduled at must be at least 5 minutes from now"),
        ("tomorrow", "scheduled_at should be a time such as 2026-03-01T12:00:00Z"),
        ("0001-01-01T00:00:00+10:00", "scheduled_at should be a time such as 2026-03-01T12:00:00Z"),
    ],
)
async def test_times_that_cannot_be(api: Api, at: str, words: str) -> None:
    kept = await _put_off(api)

    made = await api.ask("POST", "/api/v1/statuses", form={"status": "Later", "scheduled_at": at})
    moved = await api.ask("PUT", f"{PATH}/{kept.id}", form={"scheduled_at": at})

    for answer in (made, moved):
        assert (answer.status, answer.json()) == (422, {"error": words})
    assert await api.get(PATH, list[ScheduledStatus]) == [kept]
    assert await ids_of(api, "/api/v1/timelines/home") == []


@pytest.mark.parametrize("at", ["", None])
async def test_no_time_is_now(api: Api, at: str | None) -> None:
    answer = await api.ask("POST", "/api/v1/statuses", json={"status": "Now", "scheduled_at": at})

    assert answer.of(Status).content == "<p>Now</p>"


async def test_the_same_key_is_the_same_post(api: Api) -> None:
    headers = {"Idempotency-Key": "k"}
    form = {"status": "Later", "scheduled_at": TOMORROW}

    first, again = [await api.ask("POST", "/api/v1/statuses", form=form, headers=headers) for _ in range(2)]

    assert again.body == first.body
    assert len(await api.get(PATH, list[ScheduledStatus])) == 1


async def test_the_list_is_walked_by_ids(api: Api) -> None:
    kept = [(await _put_off(api, str(number))).id for number in range(5)]

    first = await api.ask("GET", PATH, query={"limit": 2})
    second = await api.get(PATH, list[ScheduledStatus], limit=2, max_id=kept[3])
    up = await api.get(PATH, list[ScheduledStatus], limit=2, min_id=kept[0])

    assert [one.id for one in first.of(list[ScheduledStatus])] == kept[:2:-1]
    assert f'<https://home.example{PATH}?limit=2&max_id={kept[3]}>; rel="next"' in first.headers["link"]
    assert [[one.id for one in page] for page in (second, up)] == [kept[2:0:-1]] * 2


async def test_moving_and_cancelling(api: Api) -> None:
    kept = await _put_off(api)

    moved = await api.ask("PUT", f"{PATH}/{kept.id}", json={"scheduled_at": "2026-03-03T12:00:00Z"})
    gone = await api.ask("DELETE", f"{PATH}/{kept.id}")

    assert moved.of(ScheduledStatus).scheduled_at == "2026-03-03T12:00:00.000Z"
    assert (gone.status, gone.json()) == (200, {})
    for method in ("GET", "PUT", "DELETE"):
        absent = await api.ask(method, f"{PATH}/{kept.id}", form={"scheduled_at": TOMORROW})
        assert (absent.status, absent.json()) == (404, {"error": "Record not found"})


async def test_only_the_owner_has_them(api: Api) -> None:
    kept = await _put_off(api)

    statuses = [
        [(await api.ask("GET", path, token=token)).status for path in (PATH, f"{PATH}/{kept.id}")]
        for token in ("", await api.grant("read", owner=False))
    ]

    assert statuses == [[401, 401], [422, 422]]


# Drafts ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", [{"draft": "true", "scheduled_at": ""}, {"scheduled_at": "2100-06-01T10:00:00Z"}])
async def test_drafts_are_made_by_every_app(api: Api, form: dict[str, str]) -> None:
    """By a word, or by a year that nobody means."""
    draft = await _put_off(api, **form)

    assert (draft.draft, draft.scheduled_at[:4]) == (True, "2100")
    assert await api.get(PATH, list[ScheduledStatus]) == [draft]


async def test_a_draft_is_put_on_a_day_and_back(api: Api) -> None:
    draft = await _put_off(api, draft="true", scheduled_at="")

    planned = (await api.ask("PUT", f"{PATH}/{draft.id}", form={"scheduled_at": TOMORROW})).of(ScheduledStatus)
    again = (await api.ask("PUT", f"{PATH}/{draft.id}", form={"draft": "true"})).of(ScheduledStatus)
    neither = await api.ask("PUT", f"{PATH}/{draft.id}", form={})

    assert (planned.draft, planned.scheduled_at) == (False, TOMORROW)
    assert again == draft
    assert neither.status == 422


# By the clock ---------------------------------------------------------------------------------------------------------
async def _published(api: Api, **wait: float) -> list[tuple[str, str]]:
    """Let the loop run for a while; return what stands in home."""
    async with trio.open_nursery() as nursery:
        await nursery.start(Publishing(api.parts, Bell()).run)
        await trio.sleep(wait["seconds"])
        nursery.cancel_scope.cancel()
    home = await api.get("/api/v1/timelines/home", list[Status])
    return [(status.content, status.created_at) for status in home]


async def test_it_is_published_with_all_that_was_said(api: Api) -> None:
    heard = await hear(api, await api.know("bob@peer.example"))
    options = {"poll[options][]": ["a", "b"], "poll[expires_in]": 300}
    kept = await _put_off(api, "Hi @bob@peer.example", in_reply_to_id=heard.id, visibility="unlisted", **options)

    home = await _published(api, seconds=86_410)

    (said,) = [status for status in await api.get("/api/v1/timelines/home", list[Status]) if status.id != str(heard.id)]
    assert home[0][1] == "2026-03-02T12:00:00.000Z"
    assert (said.visibility, said.in_reply_to_id, said.application and said.application.name) == (
        "unlisted",
        str(heard.id),
        "Tests",
    )
    assert ([one.acct for one in said.mentions], said.poll is not None) == (["bob@peer.example"], True)
    assert said.poll is not None
    assert said.poll.expires_at == "2026-03-02T12:05:00.000Z"
    assert (await api.ask("GET", f"{PATH}/{kept.id}")).status == 404


async def test_a_clock_that_jumps(api: Api) -> None:
    """Forward: it is published within a minute. Back: not once more."""
    await _put_off(api)
    clock = api.parts.clock
    assert isinstance(clock, VirtualClock)

    async with trio.open_nursery() as nursery:
        await nursery.start(Publishing(api.parts, Bell()).run)
        await trio.sleep(1)
        clock.jump(DAY)
        await trio.sleep(61)
        first = await ids_of(api, "/api/v1/timelines/home")
        clock.jump(-DAY)
        await trio.sleep(2 * 86_400)
        nursery.cancel_scope.cancel()

    assert len(first) == 1
    assert await ids_of(api, "/api/v1/timelines/home") == first


async def test_what_cannot_be_published_stays_with_the_reason(api: Api) -> None:
    said = await say(api, "Earlier")
    kept = await _put_off(api, in_reply_to_id=said.id)
    other = await _put_off(api, "Other")
    await api.ask("DELETE", f"/api/v1/statuses/{said.id}")

    home = await _published(api, seconds=86_410)
    halted = await api.get(f"{PATH}/{kept.id}", ScheduledStatus)
    again = await api.ask("PUT", f"{PATH}/{kept.id}", form={"scheduled_at": "2026-03-04T12:00:00Z"})

    assert [content for content, _ in home] == [f"<p>{other.params.text}</p>"]
    assert halted.problem == "The post you are trying to reply to does not appear to exist."
    assert (halted.params, halted.scheduled_at, halted.draft) == (kept.params, TOMORROW, False)
    assert again.of(ScheduledStatus).problem is None


async def test_a_draft_is_published_by_leaving_the_draft(api: Api) -> None:
    draft = await _put_off(api, draft="true", scheduled_at="")
    before = await _published(api, seconds=86_400 * 30)

    released = (await api.ask("PUT", f"{PATH}/{draft.id}", form={"draft": "false"})).of(ScheduledStatus)
    after = await _published(api, seconds=5)

    assert (before, released.draft) == ([], False)
    assert [content for content, _ in after] == ["<p>Later</p>"]


async def test_a_post_that_stays_here_for_later(api: Api) -> None:
    kept = await _put_off(api, local_only="true")

    await _published(api, seconds=86_410)

    (said,) = await api.get("/api/v1/timelines/home", list[Status])
    assert (kept.params.local_only, kept.params.visibility, said.local_only) == (True, "direct", True)


# Media ----------------------------------------------------------------------------------------------------------------
async def _picture(api: Api) -> MediaAttachment:
    files = {"file": FileStorage(BytesIO(saved(drawn(), "PNG")), "cat.png", content_type="image/png")}
    return (await api.ask("POST", "/api/v2/media", files=files, form={"description": "A cat"})).of(MediaAttachment)


async def test_what_it_will_show_is_kept_until_then(api: Api) -> None:
    """However long that is; it is shown with the post for later, and with the post."""
    picture = await _picture(api)
    kept = await _put_off(api, "A cat", scheduled_at="2026-03-31T12:00:00Z", **{"media_ids[]": [picture.id]})
    draft = await _put_off(api, "Another", draft="true", scheduled_at="", **{"media_ids[]": [(await _picture(api)).id]})
    await trio.sleep(86_400 * 20)
    await api.do(uploading.expire)

    listed = await api.get(PATH, list[ScheduledStatus])
    home = await _published(api, seconds=86_400 * 10 + 10)
    (said,) = await api.get("/api/v1/timelines/home", list[Status])

    assert kept.params.media_ids == [picture.id]
    assert kept.media_attachments == [picture]
    assert listed == [draft, kept]
    assert [content for content, _ in home] == ["<p>A cat</p>"]
    assert [(one.id, one.url, one.description) for one in said.media_attachments] == [
        (picture.id, picture.url, "A cat")
    ]


async def test_media_of_a_post_for_later_are_not_taken_back(api: Api) -> None:
    picture = await _picture(api)
    await _put_off(api, **{"media_ids[]": [picture.id]})

    refused = await api.ask("DELETE", f"/api/v1/media/{picture.id}")

    assert refused.status == 422
    assert (await api.ask("GET", f"/api/v1/media/{picture.id}")).status == 200


async def test_what_a_cancelled_one_would_have_shown_goes_unless_another_shows_it(api: Api) -> None:
    """Apps change a post for later by making another and cancelling the first."""
    pictures = [await _picture(api) for _ in range(2)]
    first = await _put_off(api, **{"media_ids[]": [one.id for one in pictures]})
    await _put_off(api, **{"media_ids[]": [pictures[0].id]})

    await api.ask("DELETE", f"{PATH}/{first.id}")
    a_day_to_use_it = await api.do(uploading.expire)
    await trio.sleep(86_400)
    gone = await api.do(uploading.expire)

    left = [(await api.ask("GET", f"/api/v1/media/{one.id}")).status for one in pictures]
    assert (a_day_to_use_it, gone, left) == (0, 1, [200, 404])


async def test_media_that_another_post_has_by_then(api: Api) -> None:
    """The post for later stays, with the reason; without media it can be sent again."""
    picture = await _picture(api)
    kept = await _put_off(api, **{"media_ids[]": [picture.id]})
    await say(api, "Sooner", **{"media_ids[]": [picture.id]})

    await _published(api, seconds=86_410)
    halted = await api.get(f"{PATH}/{kept.id}", ScheduledStatus)

    assert halted.problem is not None
    assert halted.problem.startswith(f"Validation failed: Media {picture.id} ")
    assert halted.params.text == "Later"


async def test_media_that_are_not_there(api: Api) -> None:
    asked = {"status": "x", "media_ids": ["7"], "scheduled_at": TOMORROW}
    answer = await api.ask("POST", "/api/v1/statuses", json=asked)

    assert answer.status == 422
    assert await api.get(PATH, list[ScheduledStatus]) == []
