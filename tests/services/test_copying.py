"""Copies of others' media: what was purged while it came is not kept after all."""

from hashlib import sha256

import pytest

from smallfed.domain.account import Account
from smallfed.domain.copy import Subject
from smallfed.domain.purge import Purge, PurgeKind
from smallfed.services import copying
from smallfed.services.copying import Fetched, Wanted
from smallfed.store import copies, purges
from smallfed.store.tx import Tx
from tests import world

URL = "https://files.far.example/film.mp4"
DIGEST = sha256(b"a film").digest()
CAME = Fetched(media_type="video/mp4", size=6, file="aa.mp4", digest=DIGEST)


def asked(tx: Tx, bob: Account) -> Wanted:
    post = world.say(tx, bob)
    return Wanted(subject=Subject.ATTACHMENT, whose=post.id, url=URL, host="files.far.example", small=False, copy=None)


@pytest.mark.parametrize("remembered", [{"words": [URL]}, {"files": [DIGEST]}])
def test_what_was_purged_while_it_came_is_not_kept(tx: Tx, bob: Account, remembered: dict[str, list[str]]) -> None:
    wanted = asked(tx, bob)
    purge = purges.put(tx, Purge(id=0, kind=PurgeKind.POST, host="far.example", begun_at=tx.now))
    purges.remember(tx, purge.id, **remembered)  # type: ignore[arg-type]

    kept = copying.keep(tx, wanted, CAME)

    assert (kept, copies.find(tx, URL)) == (None, None)


def test_what_was_purged_is_not_named_because_it_did_not_come(tx: Tx, bob: Account) -> None:
    wanted = asked(tx, bob)
    purge = purges.put(tx, Purge(id=0, kind=PurgeKind.POST, host="far.example", begun_at=tx.now))
    purges.remember(tx, purge.id, words=[URL])

    noted = copying.fail(tx, wanted, "it did not come", failures=1, retry_at=tx.now)

    assert (noted, copies.find(tx, URL)) == (None, None)
