"""Quotations: what a post of somebody else quotes is brought, and the stamp that allows it is looked at.

Spec: FEP-044f; PROTOCOL §5.7; SAFETY §1.1 (CVE-2026-33869, GHSA-8h43), rules 8, 9, 25.
"""

from smallfed.domain.incoming import IncomingStamp
from smallfed.domain.post import Post
from smallfed.domain.uris import same_origin
from smallfed.errors import Gone, NotFound
from smallfed.policy.budgets import DEPTH, Errand
from smallfed.runtime.database import Database
from smallfed.services import quoting
from smallfed.translate import consent
from smallfed.workers.documents import Documents
from smallfed.workers.fetching import Fetcher


async def look(db: Database, fetcher: Fetcher, uri: str, errand: Errand) -> None:
    """Find out what can be found out about the quote in the post ``uri``. What the quoted post answers is not fetched.

    Raises why something cannot be had now.
    """
    asked = await db.read(quoting.question, uri)
    if asked is not None and asked.author is None:
        await _bring(db, fetcher, uri, asked.quoted, errand)
        asked = await db.read(quoting.question, uri)
    if asked is None or asked.author is None or asked.claimed is None or not same_origin(asked.claimed, asked.author):
        return  # a stamp on another server than the author's is not even looked at
    stamp = await _read(fetcher.documents, asked.claimed, errand)
    await db.patient_write(quoting.weigh, uri, asked.claimed, stamp)


async def _bring(db: Database, fetcher: Fetcher, uri: str, quoted: str, errand: Errand) -> None:
    try:
        found = await fetcher.obtain(quoted, errand, depth=DEPTH)
    except Gone:
        await db.patient_write(quoting.vanish, uri)
        raise
    if isinstance(found, Post):
        await db.patient_write(quoting.attach, uri, found.id)


async def _read(documents: Documents, uri: str, errand: Errand) -> IncomingStamp | None:
    try:
        return consent.stamp(await documents.get(uri, errand))
    except (NotFound, Gone):
        return None
