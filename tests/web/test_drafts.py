"""The owner sees what is not published yet, publishes it, and deletes it."""

from datetime import UTC, datetime, timedelta

from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.domain.wish import Wish
from smallfed.policy.scheduling import DRAFT
from smallfed.store import ids, scheduled_posts
from smallfed.store.tx import Tx
from smallfed.web.drafts import ALL
from tests import world
from tests.pages.place import Page, Place

TOMORROW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def write(tx: Tx, text: str, at: datetime | None = None, problem: str = "", **wish: object) -> int:
    """Store a draft, or a post for later."""
    post = ScheduledPost(
        id=ids.fresh(tx, "scheduled_posts"),
        wish=Wish(text=text, **wish),  # type: ignore[arg-type]
        scheduled_at=at or DRAFT,
        due=None if problem else at,
        problem=problem,
        created_at=tx.now,
    )
    scheduled_posts.put(tx, post)
    return post.id


def words(page: Page, *wanted: str) -> list[str]:
    """Return those of ``wanted`` that are on the page, in its order."""
    return sorted((each for each in wanted if each in page.text), key=page.text.index)


async def test_they_are_listed_by_what_is_to_be_done(place: Place) -> None:
    """What needs the owner comes first; drafts, which wait for nothing, last."""
    owner = await place.owner()
    empty = await owner.get("/drafts")
    await place.do(write, "a <draft>", media=(1, 2))
    await place.do(write, "much later", TOMORROW + timedelta(days=9))
    await place.do(write, "tomorrow", TOMORROW)
    await place.do(write, "stuck", TOMORROW - timedelta(days=9), "the post it answers is gone")

    page = await owner.get("/drafts")

    assert "None. Any app can make them" in empty.text
    expected = [
        "Not published",
        "the post it answers is gone",
        "stuck",
        "2 March 2026, 12:00 UTC",
        "tomorrow",
        "11 March 2026, 12:00 UTC",
        "much later",
        "Draft<",
        "a &lt;draft&gt;",
        "With 2 attachments",
    ]
    assert words(page, *expected) == expected


async def test_one_is_published_and_one_deleted(place: Place) -> None:
    owner = await place.owner()
    kept, gone = await place.do(write, "keep"), await place.do(write, "go")
    forms = {form.action: form for form in (await owner.get("/drafts")).forms}

    pages = [
        await owner.submit(forms[f"/drafts/{kept}/publish"]),
        await owner.submit(forms[f"/drafts/{gone}/delete"]),
        await owner.submit(forms[f"/drafts/{gone}/delete"]),  # as it goes when one clicks twice
    ]

    assert [(page.status, page.headers["location"]) for page in pages] == [(303, "/drafts")] * 3
    left = await place.do(lambda tx: [(post.id, post.due) for post in scheduled_posts.page(tx, ALL)])
    assert left == [(kept, world.NOW)]
    assert "Being published" in (await owner.get("/drafts")).text


async def test_they_are_for_the_owner(place: Place) -> None:
    stranger = place.browser()
    number = await place.do(write, "secret")
    seal = (await stranger.get("/login")).form.fields["seal"]

    pages = [
        await stranger.get("/drafts"),
        await stranger.post(f"/drafts/{number}/publish", {"seal": seal}),
        await stranger.post(f"/drafts/{number}/delete", {"seal": seal}),
    ]
    unsealed = await (await place.owner()).post(f"/drafts/{number}/delete", {})

    assert [page.headers["location"] for page in pages] == ["/login?next=/drafts"] * 3
    assert unsealed.status == 403
    left = await place.do(lambda tx: [(post.id, post.due) for post in scheduled_posts.page(tx, ALL)])
    assert left == [(number, None)]
