"""Documents of other servers: one signed GET, and the rules for believing what comes back.

Spec: PROTOCOL §§1.3, 1.6, 2.5–2.7; SAFETY rules 6, 7, 20, 23, 25; FEP-fe34.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from urllib.parse import urljoin

from smallfed.domain.speaker import Speaker
from smallfed.domain.uris import host, same_origin, web
from smallfed.errors import Forbidden, Gone, Invalid, NotFound, SmallfedError, TooMany, Unreachable
from smallfed.observe.counting import FETCHED
from smallfed.policy import targets
from smallfed.policy.budgets import Budgets, Errand, Purpose
from smallfed.policy.retrying import retry_after
from smallfed.policy.targets import Target
from smallfed.protocol import jsonld
from smallfed.protocol.jsonld import Document
from smallfed.protocol.negotiation import is_activity
from smallfed.runtime.client import Answer, Http, Sign
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.services import dealing
from smallfed.store import hosts
from smallfed.store.hosts import Scheme
from smallfed.workers import alternates
from smallfed.workers.flights import Flights

LIMIT = 1 << 20
DEADLINE = 30.0
SOONEST = 2.0  # seconds after which we ask again who was asked too often, however soon they say
LONGEST = 3600.0  # and after which we do, however late
EVIDENCE = "it answered this after refusing the other"


class Unusable(Unreachable):
    """The server answered, but with nothing that is ActivityPub."""


class Documents:
    """Asks other servers, within the budgets and never a blocked one; each URL once at a time."""

    def __init__(self, db: Database, http: Http, clock: Clock, identity: Identity, budgets: Budgets) -> None:
        self._db, self._http, self._clock, self._identity, self._budgets = db, http, clock, identity, budgets
        self._flights = Flights[tuple[str, bool, Speaker], Document]()

    def now(self) -> datetime:
        """Return the time by which answers are judged."""
        return self._clock.now()

    def errand(
        self,
        purpose: Purpose,
        *,
        fetches: int | None = None,
        account: Callable[[str], None] = lambda host: None,
        speaker: Speaker = Speaker.SERVER,
    ) -> Errand:
        """Begin an errand now; see ``Errand``."""
        return Errand(purpose, self._clock.monotonic(), fetches=fetches, account=account, speaker=speaker)

    async def get(self, uri: str, errand: Errand, *, pasted: bool = False) -> Document:
        """Return the document whose id is ``uri`` (or which stands there under an id of its own, which was asked too).

        With ``pasted``, for what the owner typed, a page for people may name its document. Raises NotFound and Gone
        (404, 410), Invalid (it is not what it claims to be), Forbidden (blocked), TooMany (budgets), TooLarge,
        Unreachable.
        """
        uri = uri.partition("#")[0]
        return await self._flights.join((uri, pasted, errand.speaker), partial(self._get, uri, errand, pasted))

    async def _get(self, uri: str, errand: Errand, pasted: bool) -> Document:
        answer = await self._ask(uri, errand)
        if pasted and not is_activity(answer.header("content-type")):
            page, answer = answer, await self._ask(_advertised(answer), errand)
            return _of_page(page, await self._confirmed(answer, errand))
        return await self._confirmed(answer, errand)

    async def _confirmed(self, answer: Answer, errand: Errand) -> Document:
        document = _read(answer)
        if _same(document.id, answer.url):
            return document
        if web(document.id) is None:
            raise Invalid(f"The document at {answer.url} has no id that could be asked for.")
        again = await self._ask(str(document.id), errand)
        confirmed = _read(again)
        if not _same(confirmed.id, again.url) or confirmed.id != document.id:
            raise Invalid(f"The document at {answer.url} says it is {document.id}, and that says something else.")
        return confirmed

    async def _ask(self, uri: str, errand: Errand) -> Answer:
        """GET, signed as its host is known to take it; where that is refused, each other form has one try.

        Who says which signature it wants (Accept-Signature) gets that, and no other. Who is not verified yet causes one
        request only.
        """
        name = host(uri) or ""
        (first, sign), *others = self._signatures(uri, await self._db.read(hosts.scheme, name), errand.speaker)
        answer = await self.fetch(uri, errand, sign=sign)
        for scheme, sign in [] if errand.purpose is Purpose.KEY else others:
            if answer.status != HTTPStatus.UNAUTHORIZED:
                break
            challenge = answer.header("accept-signature")
            if challenge is not None:
                scheme, sign = "rfc9421", self._identity.answer_get(challenge, errand.speaker)
            answer = await self.fetch(uri, errand, sign=sign)
            if answer.status == HTTPStatus.OK and scheme != first:
                await self._db.patient_write(hosts.learned, name, scheme, evidence=EVIDENCE)
            if challenge is not None:
                break
        return successful(answer, now=self._clock.now())

    def _signatures(self, uri: str, known: Scheme | None, speaker: Speaker) -> Sequence[tuple[Scheme, Sign]]:
        """Return the forms of a signature, the likeliest first: the query is left out by some, where there is one."""
        sign_get = partial(self._identity.sign_get, speaker=speaker)
        old: list[tuple[Scheme, Sign]] = [("cavage", sign_get())]
        if "?" in uri:
            old.append(("cavage", sign_get(with_query=False)))
        standard: tuple[Scheme, Sign] = ("rfc9421", sign_get(scheme="rfc9421"))
        return [standard, *old] if known == "rfc9421" else [*old, standard]

    async def fetch(
        self, url: str, errand: Errand, *, sign: Sign | None = None, accept: str | None = None, limit: int = LIMIT
    ) -> Answer:
        """GET ``url`` and return the answer whatever its status, if budgets, blocks and common sense allow to ask.

        So it is with every address that a redirect leads to.
        """
        await self.admit(url, errand)
        headers = [("Accept", accept)] if accept else []
        deadline = min(DEADLINE, errand.until - self._clock.monotonic())
        try:
            answer = await self._http.request(
                "GET",
                url,
                headers=headers,
                sign=sign,
                limit=limit,
                deadline=deadline,
                onward=partial(self.admit, errand=errand, onward=True),
            )
        except SmallfedError:
            FETCHED.add("none")
            raise
        FETCHED.add(f"{answer.status // 100}xx")
        errand.taken += len(answer.body)
        return answer

    async def admit(self, url: str, errand: Errand, *, onward: bool = False) -> None:
        """Spend one fetch of ``url``, where a redirect leads ``onward`` or not; TooMany, else as ``require``."""
        self._budgets.spend(errand, await self.require(url), self._clock.monotonic(), onward=onward)

    async def require(self, url: str) -> str:
        """Return the host of ``url``; raise Invalid, NotFound or Forbidden where it may not be asked at all."""
        name = host(url)
        if name is None:
            raise Invalid(f"{url[:200]!r} is not a URL of a web server.")
        if name in self._identity.here.names:
            raise NotFound(f"{url[:200]!r} is one of our own addresses, and there is nothing to fetch.")
        refused = await self._db.read(dealing.may_ask, name, url.partition("#")[0])
        if refused is not None:
            raise Forbidden(refused.reason)
        return name

    async def require_media(self, url: str) -> None:
        """As ``require``, and Forbidden where no pictures are wanted of the host."""
        name = await self.require(url)
        if not await self._db.read(dealing.wants_media, name):
            raise Forbidden(f"No pictures are wanted of {name}.")


def successful(answer: Answer, *, now: datetime) -> Answer:
    """Return the answer when its status is 200; raise the kind of error that it means otherwise."""
    match answer.status:
        case HTTPStatus.OK:
            return answer
        case HTTPStatus.NOT_FOUND:
            raise NotFound(f"{answer.url} is not there (HTTP 404).")
        case HTTPStatus.GONE:
            raise Gone(f"{answer.url} is gone (HTTP 410).")
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise TooMany(f"{answer.url} asks us to come later (HTTP 429).", retry_after=_patience(answer, now))
        case status:
            raise Unreachable(f"{answer.url} answered HTTP {status}.")


def _patience(answer: Answer, now: datetime) -> float:
    asked = retry_after(answer.header("retry-after"), now=now)
    return 60.0 if asked is None else max(SOONEST, min(asked, LONGEST))


def _read(answer: Answer) -> Document:
    if not is_activity(answer.header("content-type")):
        media_type = (answer.header("content-type") or "without a type")[:100]
        raise Unusable(f"{answer.url} is no ActivityPub document: it is {media_type}.")
    return jsonld.read(answer.body)


def _same(id_: str | None, url: str) -> bool:
    """Whether an id is the very URL: the same scheme, host, port, path and query, in whatever case the host is spelt.

    Otherwise it is spelt as it is asked for, or else the host of what is stored would not be found by its name. What an
    id has after # does not reach the server; whoever answers for the document answers for that.
    """
    read = [targets.read(text, allow_http=True) for text in (id_ or "", url)]
    match read:
        case [Target() as one, Target() as other]:
            spelt = (id_ or "").lower().startswith(f"{one.scheme}://{one.authority}")
            return spelt and one.wire == other.wire
        case _:
            return False


def _advertised(answer: Answer) -> str:
    """Return the document that a page for people names in its head, or in a Link header."""
    found = alternates.alternate(answer.body.decode("utf-8", "replace"), answer.header("link") or "")
    url = urljoin(answer.url, found) if found else ""
    if web(url) is None:
        raise NotFound(f"{answer.url} is a page for people that names no ActivityPub document.")
    return url


def _of_page(page: Answer, document: Document) -> Document:
    """Return a document that a page names; NotFound when it is elsewhere and does not say that the page is its own.

    Spec: FEP-2677.
    """
    named = (*document.uris("url"), *(link.uri("href") for link in document.links("url")))
    if same_origin(document.id, page.url) or any(_same(url, page.url) for url in named):
        return document
    raise NotFound(f"{page.url} names {document.id}, which says nothing of that page.")
