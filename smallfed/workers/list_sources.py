"""Where lists of others are read: whole, or only what has changed since.

Spec: PROTOCOL §9.3; SAFETY rules 22, 23; RFC 9530 (checksums); https://fires.fedimod.org (data sets, changes).
"""

from collections.abc import Collection
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from smallfed.domain.blocklist import Blocklist, Changed
from smallfed.errors import Invalid, TooLarge
from smallfed.policy.budgets import Purpose
from smallfed.protocol.signatures.digest import content_digest_matches
from smallfed.runtime.aside import Aside
from smallfed.runtime.client import Answer, Http
from smallfed.runtime.clock import Clock
from smallfed.workers.documents import Documents, successful

if TYPE_CHECKING:
    from smallfed.translate.blocklists.said import Said

ACCEPT = "text/csv, application/json;q=0.9, application/ld+json;q=0.9, text/plain;q=0.9, */*;q=0.1"
DEADLINE = 60.0
LARGEST = 8 << 20  # bytes
LARGEST_PAGE = 1 << 20  # bytes
PAGES = 10  # of changes, above which reading all of a list costs less


class Feed(Struct, frozen=True, kw_only=True):
    """What has changed in a list, and where what changes from now on will stand."""

    changed: Changed
    onward: str


class Sources:
    """Asks for lists; nobody signs for that."""

    def __init__(self, http: Http, documents: Documents, clock: Clock, aside: Aside) -> None:
        self._http, self._documents, self._clock, self._aside = http, documents, clock, aside

    async def whole(self, url: str, known: Blocklist | None) -> Answer:
        """Ask for a list; where the answer only says where it is, ask there, each time anew: validators are of one."""
        from smallfed.translate import blocklists as lists  # most houses read none

        answer = _sound(await self._ask(url, known))
        there = lists.snapshot(answer.body)
        if there is None:
            return answer
        found = _sound(await self._ask(there, None))
        return Answer(found.status, found.url, [], found.body)

    async def changes(self, start: str, ours: Collection[str]) -> Feed:
        """Return what has changed since the page ``start`` was the last; raises what keeps from knowing all of it."""
        from smallfed.translate import blocklists as lists

        said: list[Said] = []
        asked: list[str] = []
        there = start
        while there not in asked:
            if len(asked) == PAGES:
                raise Invalid("too much has changed in it")
            asked.append(there)
            answer = _sound(await self._ask(there, None, limit=LARGEST_PAGE))
            successful(answer, now=self._clock.now())
            page = await self._aside.thread(partial(lists.page, answer.body))
            said += page.said
            there = page.next or there
        changed = await self._aside.thread(partial(lists.changed, said, ours))
        return Feed(changed=changed, onward=asked[-1])

    async def _ask(self, url: str, known: Blocklist | None, *, limit: int = LARGEST) -> Answer:
        admit = partial(self._documents.admit, errand=self._documents.errand(Purpose.OWNER))
        await admit(url)
        headers = [("Accept", ACCEPT)]
        if known is not None and known.etag is not None:
            headers.append(("If-None-Match", known.etag))
        if known is not None and known.modified is not None:
            headers.append(("If-Modified-Since", known.modified))
        try:
            return await self._http.request("GET", url, headers=headers, limit=limit, deadline=DEADLINE, onward=admit)
        except TooLarge as error:
            raise TooLarge(f"{url} is too large: it may have at most {limit >> 20} MB") from error


_CHECKSUMS = (("content-digest", content_digest_matches), ("repr-digest", content_digest_matches))


def _sound(answer: Answer) -> Answer:
    """Return the answer; Invalid where its server says by a checksum that it has sent something else (RFC 9530)."""
    for name, matches in _CHECKSUMS:
        said = answer.header(name) or ""
        if answer.status == HTTPStatus.OK and "sha-" in said and not matches(said, answer.body):
            raise Invalid(f"{answer.url} did not arrive as it was sent: its checksum is another one")
    return answer
