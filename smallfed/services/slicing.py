"""Slicing: what goes next of what is purged, as much as one transaction carries."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from smallfed.domain.post import Post
from smallfed.domain.purge import Purge, PurgeKind
from smallfed.services.copying import FOLDER
from smallfed.services.uploading import FILES
from smallfed.store import attachments, copies, edits, media, posts, purges
from smallfed.store.tx import Tx
from smallfed.translate.media import is_file

SLICE = 20  # posts in one transaction


class Slice(Struct, frozen=True, kw_only=True):
    """What goes next: posts, copies of others' media, uploads. ``files`` are remembered by their hashes, by name."""

    posts: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()
    media: tuple[int, ...] = ()
    files: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything goes."""
        return bool(self.posts or self.copies or self.media)


def choose(tx: Tx, purge: Purge) -> Slice:
    """Return what goes next; nothing at the end. May read all copies: for a thread."""
    if purge.account_id is not None:
        found = [post.id for post in posts.newest_of(tx, purge.account_id, SLICE)]
        if found:
            return of_posts(tx, found)
    elif purge.kind is PurgeKind.POST:
        named = [post for post in (posts.find_uri(tx, word) for word in purge.words) if post is not None]
        if named:
            return of_posts(tx, [post.id for post in named])
    same = purges.same_copies(tx, purge.id, SLICE)
    if purge.kind is PurgeKind.FILE and not same:  # of what is too large to be kept there is no hash
        same = purges.copies_at(tx, purge.words)
    unused = [medium for digest in purges.digests(tx, purge.id) for medium in purges.unused_media(tx, digest)][:SLICE]
    return Slice(copies=tuple(same), media=tuple(unused), files=_names(tx, same, unused))


def of_posts(tx: Tx, chosen: Sequence[int]) -> Slice:
    """Return these posts, with their pictures and all copies of those."""
    found = list(posts.several(tx, chosen).values())
    shown = purges.copies_at(tx, [url for post in found for url in _urls(tx, post)])
    own = [medium.id for post in found if post.local for medium in media.of_post(tx, post.id)]
    return Slice(posts=tuple(post.id for post in found), copies=tuple(shown), files=_names(tx, shown, own))


def _names(tx: Tx, shown: Collection[int], own: Collection[int]) -> tuple[str, ...]:
    """Return the files, below the folder of media, of copies and of uploads."""
    found = [copy for copy in (copies.find_id(tx, one) for one in shown) if copy is not None]
    theirs = [f"{FOLDER}/{name}" for copy in found for name in (copy.file, copy.preview) if name is not None]
    taken = [f"{FILES}/{name}" for one in media.several(tx, own).values() for name in (one.file, one.preview) if name]
    return (*theirs, *taken)


def words(tx: Tx, post: Post) -> tuple[str, ...]:
    """Return by what a post is known and found again: its id, its address, and where its pictures are.

    Of what it only says to be pictures, nothing: it could name the ids of others, who would be refused then.
    """
    pictures = (url for url in _urls(tx, post) if _is_picture(tx, url))
    return tuple(dict.fromkeys(filter(None, (post.uri, post.url, *pictures))))


def _is_picture(tx: Tx, url: str) -> bool:
    """Whether there was a file at an address, or would be by its ending; what people are called ends otherwise."""
    copy = copies.find(tx, url)
    return (copy is not None and copy.media_type != "") or is_file(url)


def _urls(tx: Tx, post: Post) -> list[str]:
    """Return where the pictures of all versions of somebody else's post are; the owner's have no copies."""
    shown = [] if post.local else [*attachments.of_post(tx, post.id)]
    earlier = [] if post.local else [one for edit in edits.of_post(tx, post.id) for one in edit.attachments]
    return [url for one in (*shown, *earlier) for url in (one.url, one.preview_url) if url]
