"""Listing: people whose posts the owner reads together. Only who is followed, or asked, can be in a list.

Who is no longer followed is in no list any more, whatever ended the follow (``store/lists``).

Spec: https://docs.joinmastodon.org/methods/lists/; CLIENT_API §8; PROTOCOL §8.1 (lists go along with who moves).
"""

from collections.abc import Collection
from unicodedata import category

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.list import List, Replies
from smallfed.errors import Invalid, NotFound
from smallfed.protocol.limits import LIST_TITLE as LONGEST
from smallfed.store import accounts, follows, houses, ids, lists
from smallfed.store.tx import Tx

MOST = 50  # as Mastodon: apps ask for all of them at once


# Lists ----------------------------------------------------------------------------------------------------------------
def create(tx: Tx, title: str, *, replies: str = Replies.LIST, exclusive: bool = False) -> List:
    """Make a list and return it; Invalid for what no list is called, or one too many."""
    new = List(
        id=ids.fresh(tx, "lists"),
        title=clean_title(title),
        replies=_policy(replies),
        exclusive=exclusive,
        created_at=tx.now,
    )
    if len(lists.every(tx)) >= MOST:
        raise Invalid("Validation failed: You have reached the maximum number of lists")
    lists.put(tx, new)
    return new


def change(
    tx: Tx, list_: int, *, title: str | None = None, replies: str | None = None, exclusive: bool | None = None
) -> List:
    """Change what is not None of a list, and return it; NotFound, Invalid."""
    known = lists.get(tx, list_)
    said = {
        "title": None if title is None else clean_title(title),
        "replies": None if replies is None else _policy(replies),
        "exclusive": exclusive,
    }
    changes = {name: value for name, value in said.items() if value is not None}
    if changes:
        lists.change(tx, known.id, **changes)
    return structs.replace(known, **changes)


def delete(tx: Tx, list_: int) -> None:
    """Delete a list; NotFound."""
    if not lists.drop(tx, list_):
        raise NotFound("Record not found")


def clean_title(text: str) -> str:
    """Return a title on one line, without space around it; Invalid for none, or one that is too long."""
    title = "".join(" " if category(letter) == "Cc" else letter for letter in text).strip()
    if not title:
        raise Invalid("Validation failed: Title can't be blank")
    if len(title) > LONGEST:
        raise Invalid(f"Validation failed: Title is too long (maximum is {LONGEST} characters)")
    return title


def _policy(text: str) -> Replies:
    try:
        return Replies(text)
    except ValueError as error:
        raise Invalid("Validation failed: Replies policy is not included in the list") from error


# Who is in them -------------------------------------------------------------------------------------------------------
def add(tx: Tx, list_: int, wanted: Collection[int]) -> None:
    """Put accounts into a list, all or none.

    NotFound when there is no such list or account, Invalid for who is in it already, or not followed.
    """
    known, people = lists.get(tx, list_), accounts.several(tx, wanted)
    if len(people) < len(set(wanted)):
        raise NotFound("Record not found")
    for account in people.values():
        if not _put(tx, known, account):
            raise Invalid("Validation failed: Account is already on the list")


def _put(tx: Tx, known: List, account: Account) -> bool:
    follow = follows.find(tx, houses.owner_id(tx), account.id)
    if follow is None and not account.local:
        raise Invalid("Validation failed: Account must be a followed account")
    return lists.put_member(tx, known.id, account.id, follow=None if follow is None else follow.id)


def remove(tx: Tx, list_: int, unwanted: Collection[int]) -> None:
    """Take accounts out of a list, those that are in it; NotFound when there is no such list."""
    lists.drop_members(tx, lists.get(tx, list_).id, unwanted)


def carry(tx: Tx, old: Account, new: Account) -> None:
    """Put ``new``, who is followed or asked, into all lists that ``old`` is in; there ``old`` stays while followed."""
    for known in lists.holding(tx, old.id):
        _put(tx, known, new)


# By title, as files name them -----------------------------------------------------------------------------------------
def enter(tx: Tx, title: str, account: Account) -> None:
    """Put an account, who is followed or asked, into the list of this title, which is made if there is none."""
    known = next(iter(lists.titled(tx, title)), None)
    _put(tx, known or create(tx, title), account)


def leave(tx: Tx, title: str, account: Account) -> bool:
    """Take an account out of the lists of this title; False when it is in none."""
    return sum(lists.drop_members(tx, known.id, [account.id]) for known in lists.titled(tx, title)) > 0


def keep(tx: Tx, titles: Collection[str]) -> None:
    """Delete all lists but those of these titles."""
    for known in lists.every(tx):
        if known.title not in titles:
            lists.drop(tx, known.id)
