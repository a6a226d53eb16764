"""The thread around a post."""

from smallfed.domain.post import Visibility
from smallfed.mastodon.entities import Context, Status
from smallfed.store import fetches
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, say


async def around(api: Api, number: object, **how: str) -> tuple[list[str], list[str]]:
    """Return the ids above and below a post."""
    answer = await api.ask("GET", f"/api/v1/statuses/{number}/context", **how)
    assert answer.status == 200, answer.body
    found = answer.of(Context)
    return [post.id for post in found.ancestors], [post.id for post in found.descendants]


async def test_above_the_oldest_first_below_answer_by_answer(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    top = str((await hear(api, bob)).id)
    middle = (await say(api, "middle", in_reply_to_id=top)).id
    post = str((await hear(api, bob, answers=middle)).id)
    one, two = [(await say(api, "x", in_reply_to_id=post)).id for _ in range(2)]
    below_two = str((await hear(api, bob, answers=two)).id)
    below_one = str((await hear(api, bob, answers=one)).id)
    beside = (await say(api, "beside", in_reply_to_id=middle)).id
    boost = await api.post(f"/api/v1/statuses/{post}/reblog", Status)

    for number in (post, boost.id):
        assert await around(api, number) == ([top, middle], [one, below_one, two, below_two])
    assert await around(api, top) == ([], [middle, post, one, below_one, two, below_two, beside])
    assert await around(api, below_two) == ([top, middle, post, two], [])


async def test_below_what_is_hidden_nothing_is_shown(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    top = (await say(api, "top")).id
    secret = await hear(api, bob, answers=top, visibility=Visibility.DIRECT)
    await hear(api, bob, answers=str(secret.id))
    private = (await say(api, "private", in_reply_to_id=top, visibility="private")).id

    assert await around(api, top) == ([], [private])
    assert await around(api, top, token="") == ([], [])


async def test_what_is_missing_above_is_asked_for_when_the_owner_looks(api: Api) -> None:
    unknown = "https://far.example/notes/1"
    heard = await hear(api, await api.know("bob@peer.example"), in_reply_to=unknown)
    await api.do(lambda tx: tx.run("DELETE FROM fetches"))
    below = (await say(api, "below", in_reply_to_id=heard.id)).id

    assert await around(api, below, token="") == ([str(heard.id)], [])
    strangers = await api.do(lambda tx: fetches.claim(tx, limit=5))
    assert await around(api, below) == ([str(heard.id)], [])
    owners = await api.do(lambda tx: fetches.claim(tx, limit=5))

    assert (strangers, [fetch.uri for fetch in owners]) == ([], [unknown])
