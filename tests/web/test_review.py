"""The owner sees what strangers sent, decides about it, and wants calm."""

from smallfed.domain.incoming import IncomingMention, IncomingPost
from smallfed.domain.post import Visibility
from smallfed.domain.wave import State
from smallfed.services import consequences, receiving
from smallfed.services.receiving import SENT
from smallfed.store import accounts, calms, waves
from smallfed.store.tx import Tx
from tests import world
from tests.pages.place import Page, Place
from tests.services.conftest import PUBLIC

LONG = "The quick way to a second income: ask me how our robot trades for you while you sleep, nothing to lose."


def send(tx: Tx, number: int, content: str, answered: str | None = None) -> None:
    """Let a stranger say something to the owner."""
    tx.then = consequences.follow
    owner = accounts.owner(tx)
    author = world.acquaint(tx, f"s{number}@old{number}.example")
    post = IncomingPost(
        author=author.uri,
        kind="Note",
        uri=f"{author.uri}/notes/1",
        mentions=(IncomingMention(href=owner.uri),),
        content=f"<p>{content}</p>",
        in_reply_to=answered,
        to=(PUBLIC,),
        cc=(owner.uri,),
        published_at=tx.now,
    )
    receiving.receive(tx, post, SENT)


def link(number: int) -> str:
    return f'<b>read</b> <a href="https://shop{number}.example/{number}">me</a>'


def actions(page: Page) -> list[str]:
    return [form.action for form in page.forms if form.action.startswith("/review/")]


async def test_single_things_and_waves_are_decided(place: Place) -> None:
    """Each with its reason; what was binned is brought back from where it is listed."""
    owner = await place.owner()
    empty = await owner.get("/review")
    await place.do(send, 1, link(1))
    for number in range(2, 6):
        await place.do(send, number, f"{LONG} {number}")

    page = await owner.get("/review")
    overview = await owner.get("/owner")
    wave, single = sorted(await place.do(waves.waiting), key=lambda one: -one.items)
    forms = {form.action: form for form in page.forms}
    done = [
        await owner.submit(forms[f"/review/{wave.id}/bin"]),
        await owner.submit(forms[f"/review/{single.id}/release"]),
        await owner.submit(forms[f"/review/{single.id}/bin"]),  # it is decided already
    ]

    assert "Nothing waits. Whatever came, you were told of." in empty.text
    assert (wave.state, single.state) == (State.OPEN, State.WATCHED)
    for words in (
        "A wave of 4 posts from 4 servers",
        "It is like 3 other things that strangers sent.",
        "The first of them" if wave.items > 5 else "All of them",
        "Something a stranger sent",
        "It has a link, and its author was never heard of before.",
        "@s1@old1.example",
        ": read me",
    ):
        assert words in page.text
    assert "1 wave of what strangers send is held." in overview.text
    assert [(one.status, one.headers["location"]) for one in done] == [(303, "/review")] * 3
    after = await owner.get("/review")
    assert actions(after) == [f"/review/{wave.id}/undo"]
    await owner.submit(next(form for form in after.forms if form.action.endswith("/undo")))
    assert actions(await owner.get("/review")) == [f"/review/{wave.id}/release", f"/review/{wave.id}/bin"]


async def test_calm_is_wanted_and_ended(place: Place) -> None:
    """By one tap where a thread blows up, by an address, and everywhere."""
    owner = await place.owner()
    mine = await place.do(lambda tx: world.say(tx, accounts.owner(tx)))
    for number in range(31):
        await place.do(send, number, f"Well, {number}", mine.uri)

    page = await owner.get("/review")
    tap = next(form for form in page.forms if form.fields.get("root"))
    await owner.submit(tap)
    by_address = next(form for form in (await owner.get("/review")).forms if "about" in form.fields)
    await owner.submit(by_address, about="https://far.example/nothing")
    await owner.submit(by_address)

    assert "Many strangers have something to say" in page.text
    assert await place.do(lambda tx: {one.root for one in calms.every(tx)}) == {mine.id, None}
    calmed = await owner.get("/review")
    assert "Many strangers have something to say" not in calmed.text
    for form in calmed.forms:
        if "end" in form.fields:
            await owner.submit(form)
    assert await place.do(calms.every) == []


async def test_calm_in_a_thread_that_is_not_here(place: Place) -> None:
    """What was typed is still there, with what is wrong with it; nothing has changed."""
    owner = await place.owner()
    form = next(each for each in (await owner.get("/review")).forms if each.action == "/calm")

    wrong = await owner.submit(form, about="https://far.example/nowhere")

    assert wrong.status == 422
    assert wrong.problems == ["there is no post here with the address https://far.example/nowhere"]
    assert [each.fields["about"] for each in wrong.forms if "about" in each.fields] == ["https://far.example/nowhere"]
    assert await place.do(calms.every) == []


async def test_calm_is_one_tap_on_the_page_of_a_post(place: Place) -> None:
    """Of any post of the owner in a thread, in the owner's browser alone, and back again."""
    owner, stranger = await place.owner(), place.browser()
    mine = await place.do(lambda tx: world.say(tx, accounts.owner(tx)))
    answer = await place.do(
        lambda tx: world.say(
            tx, accounts.owner(tx), in_reply_to=mine.uri, in_reply_to_id=mine.id, visibility=Visibility.PRIVATE
        )
    )
    path = f"/@alice/{mine.id}"

    page = await owner.get(path)
    tapped = await owner.submit(page.form)
    of_answer = await owner.get(f"/@alice/{answer.id}")

    assert (page.headers["cache-control"], tapped.status) == ("private, no-store", 303)
    assert tapped.headers["location"].endswith(path)
    assert await place.do(lambda tx: [one.root for one in calms.every(tx)]) == [mine.id]
    assert "only your followers notify you in this thread" in of_answer.text
    seen = await stranger.get(path)
    assert (seen.status, seen.forms, seen.headers["cache-control"][:6]) == (200, [], "public")
    ended = await owner.submit(of_answer.form)
    assert ended.headers["location"].endswith(f"/@alice/{answer.id}")
    assert await place.do(calms.every) == []
    assert (await owner.get("/@alice/77")).status == 404


async def test_it_is_for_the_owner(place: Place) -> None:
    await place.do(send, 1, link(1))
    (wave,) = await place.do(waves.waiting)
    stranger = place.browser()
    seal = (await stranger.get("/login")).form.fields["seal"]

    pages = [
        await stranger.get("/review"),
        await stranger.post(f"/review/{wave.id}/bin", {"seal": seal}),
        await stranger.post("/calm", {"seal": seal}),
    ]
    owner = await place.owner()
    unsealed = [await owner.post(f"/review/{wave.id}/bin", {}), await owner.post("/calm", {})]
    sealed = (await owner.get("/review")).forms[0].fields["seal"]
    unknown = await owner.post(f"/review/{wave.id}/eat", {"seal": sealed})

    assert [page.headers["location"] for page in pages] == ["/login?next=/review"] * 3
    assert [page.status for page in unsealed] == [403, 403]
    assert unknown.status == 404
    assert await place.do(waves.waiting) == [wave]
    assert await place.do(calms.every) == []
