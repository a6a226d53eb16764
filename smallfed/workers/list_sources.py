"""Where lists of others are read: whole, or only what has changed since; and what they say.

Spec: PROTOCOL §9.3; SAFETY rules 22, 23; RFC 9530 (checksums); https://fires.fedimod.org (data sets, changes).
"""

import logging
from collections.abc import Collection, Sequence
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from smallfed.domain.blocklist import HIDDEN, Blocklist, Changed, Entry, Format, Reading, digest
from smallfed.errors import Invalid, SmallfedError, TooLarge, TooMany
from smallfed.observe.logging import event
from smallfed.policy.budgets import Purpose
from smallfed.protocol.signatures.digest import content_digest_matches
from smallfed.runtime.aside import Aside
from smallfed.runtime.client import Answer, Http
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.store import blocklist_entries
from smallfed.workers.documents import Documents, successful

if TYPE_CHECKING:
    from smallfed.translate.blocklists.said import Said

log = logging.getLogger(__name__)

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
    """Reads lists; nobody signs for that. What comes of them is ``trusting``'s."""

    def __init__(self, db: Database, http: Http, documents: Documents, aside: Aside, identity: Identity) -> None:
        self._db, self._http, self._documents = db, http, documents
        self._aside, self._identity = aside, identity

    async def read(self, url: str, format_: Format = Format.AUTO) -> Reading:
        """Return what the list at an address says."""
        answer = successful(await self.whole(url), now=self._documents.now())
        return await self.understand(answer.body, format_=format_)

    async def whole(self, url: str, known: Blocklist | None = None) -> Answer:
        """Ask for a list; where the answer only says where it is, ask there, each time anew: validators are of one."""
        from smallfed.translate import blocklists as lists  # most houses read none

        answer = _sound(await self._ask(url, known))
        there = lists.snapshot(answer.body)
        if there is None:
            return answer
        found = _sound(await self._ask(there, None))
        return Answer(found.status, found.url, [], found.body)

    async def changes(self, start: str) -> Feed:
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
            successful(answer, now=self._documents.now())
            page = await self._aside.thread(partial(lists.page, answer.body))
            said += page.said
            there = page.next or there
        changed = await self._aside.thread(partial(lists.changed, said, self._identity.here.names))
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

    async def understand(self, data: bytes, *, format_: Format, people: bool | None = None) -> Reading:
        """Understand a list; names that it hides are found where somebody of that name is known."""
        from smallfed.translate import blocklists as lists  # most houses read none

        ours = self._identity.here.names
        reading = await self._aside.thread(partial(lists.read, data, ours=ours, format_=format_, people=people))
        if reading.onward is not None:
            reading = await self._caught_up(reading, reading.onward)
        if not any(entry.subject.startswith(HIDDEN) for entry in reading.entries):
            return reading
        names = await self._db.long_read(blocklist_entries.known_names)
        names |= {entry.subject for entry in reading.entries}
        return structs.replace(reading, entries=await self._aside.thread(_revealed, reading.entries, names))

    async def _caught_up(self, reading: Reading, onward: str) -> Reading:
        """Return it with what has changed since, if that can be known.

        A snapshot may be an old one: the server of FIRES (0.8.0) keeps it when a file is imported, and what had been
        retracted would be back until the next day.
        """
        try:
            feed = await self.changes(onward)
        except TooMany:
            raise
        except SmallfedError as error:  # what it says of itself counts; the changes are asked for again next time
            event(log, "list.changes_unread", address=onward, reason=error.message)
            return reading
        entries = {entry.subject: entry for entry in reading.entries if entry.subject not in feed.changed.ended}
        entries |= {entry.subject: entry for entry in feed.changed.entries}
        return structs.replace(reading, entries=tuple(entries.values()), onward=feed.onward)


def _sound(answer: Answer) -> Answer:
    """Return the answer; Invalid where its server says by a checksum that it has sent something else (RFC 9530)."""
    for name in ("content-digest", "repr-digest"):  # the same, since nothing is compressed on its way here
        said = answer.header(name) or ""
        if answer.status == HTTPStatus.OK and "sha-" in said and not content_digest_matches(said, answer.body):
            raise Invalid(f"{answer.url} did not arrive as it was sent: its checksum is another one")
    return answer


def matches(hidden: Collection[str], names: Collection[str]) -> dict[str, str]:
    """Return those of ``names`` whose digests are among ``hidden``, by digest. For a thread."""
    wanted = set(hidden)
    return {subject: name for name in names if (subject := digest(name)) in wanted}


def _revealed(entries: Sequence[Entry], names: Collection[str]) -> tuple[Entry, ...]:
    found = matches([entry.subject for entry in entries], names)
    known = {entry.subject for entry in entries}
    return tuple(
        structs.replace(entry, subject=found[entry.subject]) if entry.subject in found else entry
        for entry in entries
        if found.get(entry.subject) not in known
    )
