"""Calming: for a while only who follows the owner notifies, about one thread or at all; the rest is held."""

from datetime import timedelta

from smallfed.domain.post import Post
from smallfed.domain.wave import Calm
from smallfed.errors import Invalid, NotFound
from smallfed.services import announcing
from smallfed.store import announcements, calms, houses, posts, stranger_rates, threads, waves
from smallfed.store.tx import Tx

DAY, LONGEST = timedelta(days=1), timedelta(days=365)
_SUGGESTIONS = "calm:"


def calm(tx: Tx, about: str | None = None, *, lasting: timedelta = DAY) -> Calm:
    """Want calm about the thread of the post at ``about``, or everywhere; said again, it holds from now on.

    NotFound for a post that is not here; Invalid for no time, or too much of it.
    """
    return begin(tx, None if about is None else find(tx, about).id, lasting=lasting)


def begin(tx: Tx, root: int | None, *, lasting: timedelta = DAY) -> Calm:
    """Want calm about a thread, known by its first post, or everywhere."""
    if not timedelta(0) < lasting <= LONGEST:
        raise Invalid("calm lasts for a minute to a year, for example 1d")
    known = next((one for one in calms.every(tx) if one.root == root), None)
    made = Calm(root=root, until=tx.now + lasting, began_at=tx.now if known is None else known.began_at)
    calms.put(tx, made)
    announcing.is_over(tx, _suggestion(root))
    return made


def finish(tx: Tx, root: int | None) -> None:
    """Want calm no longer about a thread, known by its first post, or everywhere; NotFound when it was not wanted.

    What was held waits until it is released or binned.
    """
    if not calms.drop(tx, root):
        raise NotFound("there is no calm there: `smallfed calm` lists where there is")
    _close(tx, root)


def over(tx: Tx) -> None:
    """End what has lasted as long as it was to, and suggest no more what is calm by itself."""
    for root in calms.over(tx):
        _close(tx, root)
    for post in suggested(tx):
        if stranger_rates.read(tx, f"thread:{post.id}") == 0:
            announcing.is_over(tx, _suggestion(post.id))


def _close(tx: Tx, root: int | None) -> None:
    """Let what comes later, when calm is wanted again, be held by itself."""
    wave = waves.find_named(tx, key(root))
    if wave is not None:
        waves.change(tx, wave.id, name=None)


def find(tx: Tx, about: str) -> Post:
    """Return the first post of the thread that a post stands in, by its address; NotFound."""
    post = posts.find_url(tx, about.strip())
    if post is None:
        raise NotFound(f"there is no post here with the address {about}")
    return threads.top(tx, post)


def key(root: int | None) -> str:
    """Return by what the wave is known that is held for calm about a thread, or everywhere."""
    return f"calm:{root or 'everywhere'}"


def name(tx: Tx, root: int | None) -> str:
    """Return how a thread is called, or everywhere."""
    post = None if root is None else posts.find(tx, root)
    if post is None:
        return "Everything" if root is None else "A thread that is gone"
    return post.url or post.uri


# Suggesting it --------------------------------------------------------------------------------------------------------
def watch(tx: Tx, root: Post, most: int) -> None:
    """Count that a stranger has something to say in a thread; say so where that are more than ``most`` an hour."""
    many = stranger_rates.count(tx, f"thread:{root.id}")
    if many <= most or any(one.root == root.id for one in calms.every(tx)):
        return
    page = houses.get(tx).base + "/review"
    announcing.tell_of(
        tx,
        _suggestion(root.id),
        f"More than {most} strangers an hour have something to say in [a thread of yours]({root.url or root.uri})."
        f" On [your page]({page}) one tap lets only your followers notify you there for a day;"
        f" `smallfed calm {root.url or root.uri}` does the same.",
    )


def _suggestion(root: int | None) -> str:
    return f"{_SUGGESTIONS}{root or 0}"


def suggested(tx: Tx) -> list[Post]:
    """Return the first posts of the threads that the owner is told to calm."""
    roots = [int(found.removeprefix(_SUGGESTIONS)) for found in announcements.keys(tx, _SUGGESTIONS)]
    return list(posts.several(tx, roots).values())
