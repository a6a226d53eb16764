"""Purging: what must not be here goes, wherever it is, and what it was is refused from then on.

First what is refused is remembered, so that nothing comes back while the rest goes; then posts and files go slice by
slice, each in a transaction of its own, with the hashes of their files; at last what the books still name. Everything
that is to be done is a row until it is done, so a restart goes on where it was.
"""

from collections.abc import Collection, Mapping

from smallfed.domain.events import AccountGone, PostDeleted, PurgeBegun
from smallfed.domain.post import Post
from smallfed.domain.purge import Purge
from smallfed.errors import Conflict
from smallfed.services import (
    admitting,
    boosting,
    copying,
    following,
    posting,
    slicing,
    targeting,
    uploading,
    withholding,
)
from smallfed.services.slicing import Slice
from smallfed.store import (
    accounts,
    copies,
    erasing,
    houses,
    media,
    posts,
    purges,
    searchables,
    traces,
    waves,
)
from smallfed.store.traces import Traces
from smallfed.store.tx import Tx

SWEPT = 1000  # entries of the index of words
LONGEST = 500  # characters of a reason


def begin(tx: Tx, named: str, *, reason: str = "") -> Purge:
    """Refuse from now on what ``named`` says, and let it go soon. Conflict when another purge is under way.

    What is not here, and refused already, is so by the purge that is answered then.
    """
    if purges.under_way(tx) is not None:
        raise Conflict("another purge is under way: wait until `smallfed purge list` says that it has ended")
    found = targeting.plan(tx, named)
    earlier = None if found.here else purges.refusing(tx, [*map(purges.digest, found.words), *found.digests])
    if earlier is not None:
        return purges.get(tx, earlier)
    begun = purges.put(
        tx,
        Purge(
            id=0,
            kind=found.kind,
            host=found.host,
            reason=reason.strip()[:LONGEST],
            own=found.own,
            words=found.words,
            account_id=found.account_id,
            begun_at=tx.now,
        ),
    )
    if not found.own:  # nobody sends us what is our own
        purges.remember(tx, begun.id, words=found.words)
    purges.remember(tx, begun.id, files=found.digests)
    tx.announce(PurgeBegun(purge=begun.id))
    return begun


def strike(tx: Tx, number: int, chosen: Slice, digests: Mapping[str, bytes]) -> tuple[str, ...] | None:
    """Let a slice go, and refuse its files; return their names.

    ``digests`` are the SHA-256 of those files that could be read. None when there is more by now than was chosen: then
    choose again. What the owner has posted or boosted is taken back, as if the owner had deleted it.
    """
    again = slicing.of_posts(tx, chosen.posts) if chosen.posts else chosen
    if set(again.files) - set(chosen.files):
        return None
    going = list(posts.several(tx, chosen.posts).values())
    purges.remember(tx, number, files=[*_known(tx, chosen), *digests.values()])
    purges.remember(tx, number, words=[word for post in going if not post.local for word in slicing.words(tx, post)])
    words = [word for post in going for word in slicing.words(tx, post)]
    cards = [image for post in chosen.posts for image in purges.lonely_cards(tx, post)]
    if not going:
        _withhold(tx, number, chosen.copies)
    gone = copying.drop(tx, [*chosen.copies, *purges.copies_at(tx, cards)])
    uploading.remove(tx, list(media.several(tx, chosen.media).values()))
    waves.forget_samples(tx, posts=chosen.posts)
    for post in going:
        _remove(tx, post)
    traces.drop_exact(tx, words, spare=accounts.owner(tx).uri)
    while searchables.sweep(tx, SWEPT) == SWEPT:
        pass
    purges.count(tx, number, posts=len(chosen.posts), files=len(again.files))
    return tuple(dict.fromkeys((*again.files, *gone)))


def _known(tx: Tx, chosen: Slice) -> set[bytes]:
    """Return the hashes that we have written down of the files of a slice, as they came and as they are kept."""
    theirs = {digest for one in chosen.copies if (copy := copies.find_id(tx, one)) and (digest := copy.digest)}
    uploads = [medium for post in chosen.posts for medium in media.of_post(tx, post)]
    uploads += media.several(tx, chosen.media).values()
    return theirs | {digest for one in uploads for digest in (one.digest, one.uploaded) if digest is not None}


def _withhold(tx: Tx, number: int, chosen: Collection[int]) -> None:
    """Refuse a file wherever it came from, and let go what shows it there."""
    for copy in filter(None, (copies.find_id(tx, one) for one in chosen)):
        purges.remember(tx, number, words=[copy.url])
        withholding.dismiss(tx, copy.subject, copy.subject_id, copy.url)


def _remove(tx: Tx, post: Post) -> None:
    if post.local:
        posting.delete(tx, post.id, media=True)
        return
    if post.boost_of_id is not None:
        boosting.take_back(tx, post)
        return
    boost = posts.find_boost(tx, post.id, houses.owner_id(tx))
    if boost is not None:
        boosting.take_back(tx, boost)
    boosts = posts.drop(tx, post.id)
    accounts.reckon(tx, post.account_id, "posts", -1)
    tx.announce(PostDeleted(post=post.id, uri=post.uri, local=False, account=post.account_id, boosts=boosts))


def part(tx: Tx, purge: Purge) -> tuple[str, ...]:
    """Let the person go who was purged, with all that was between us; return the names of files."""
    account = None if purge.account_id is None else accounts.find(tx, purge.account_id)
    if account is None or account.local:
        return ()
    following.unfollow(tx, account)
    admitting.remove_follower(tx, account)
    faces = [url for url in (account.avatar, account.header) if url is not None]
    gone = copying.drop(tx, purges.copies_at(tx, faces))
    waves.forget_samples(tx, account=account.id)
    erasing.account(tx, account.id)
    tx.announce(AccountGone(account=account.id, uri=account.uri))
    return gone


def words_of(purge: Purge) -> tuple[str, ...]:
    """Return by what the books may name what goes."""
    return tuple(word for word in purge.words if not word.startswith("@"))


def tidy(tx: Tx, purge: Purge) -> None:
    """Let go what the books have of exactly this."""
    traces.drop_exact(tx, words_of(purge), spare=accounts.owner(tx).uri)


def look(tx: Tx, purge: Purge) -> Traces:
    """Look through all that came and was sent for what names it."""
    return traces.find(tx, words_of(purge))


def forget(tx: Tx, number: int) -> Purge:
    """Let what was purged come back if it comes; NotFound. Conflict while it is still going."""
    if purges.get(tx, number).ended_at is None:
        raise Conflict("this purge is still under way")
    return purges.forget(tx, number)


def end(tx: Tx, number: int) -> Purge:
    """Note that a purge has ended."""
    purges.end(tx, number)
    return purges.get(tx, number)
