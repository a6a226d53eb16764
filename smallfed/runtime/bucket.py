"""A bucket at a service that speaks S3. Its functions wait for it, so they belong in threads (``runtime/aside``).

The owner chooses the endpoint, which may stand in the owner's own network: it is reached by the library's own client
and not by the dialer (SAFETY rule 22), which is for addresses that others name. Every request is signed with a hash of
what it carries (SigV4), so nothing arrives changed.

Spec: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html; https://developmentseed.org/obstore/.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from smallfed.config.s3 import S3
from smallfed.domain.placement import BucketInUse, Wanted
from smallfed.errors import Misconfigured, Unreachable
from smallfed.imaging.naming import TYPES

if TYPE_CHECKING:
    from obstore.store import S3Store

T = TypeVar("T")

CONNECT = timedelta(seconds=5)
READING = timedelta(seconds=20)  # for one piece while somebody waits
CARRYING = timedelta(minutes=10)  # for one part of a file on its way, PART at most: a slow line takes its time
PART = 5 << 20  # bytes; the least that S3 takes as a part of a larger file
PROBE = ".smallfed-probe"  # name of an object that is written to see whether that works
BLOCK = 1 << 20  # bytes of a file that is read to its end that are in memory, a few times over
FOREVER = "public, max-age=31536000, immutable"

_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,64})</Code>")
_MESSAGE = re.compile(r"<Message>([^<]{1,300})</Message>")
ADVICE = {
    "SignatureDoesNotMatch": "it refuses the secret: correct s3.secret or s3.secret_file",
    "InvalidAccessKeyId": "it does not know the access key: correct s3.access_key",
    "NoSuchBucket": "there is no bucket of this name: create it, or correct s3.bucket",
    "AccessDenied": "the access key may not do that: let it read, write and delete objects in the bucket",
    "RequestTimeTooSkewed": "the clock of this machine is wrong: let it be set by the network (NTP)",
    "AuthorizationHeaderMalformed": "it is in another region: correct s3.region",
    "PermanentRedirect": "it is in another region: correct s3.region and s3.endpoint",
}


class Whole(Struct, frozen=True):
    """How many bytes a file has, and their SHA-256."""

    size: int
    digest: bytes


class Bucket:
    """The bucket that ``settings`` tell of. Everything raises Unreachable, with words for the owner, when it fails."""

    def __init__(self, settings: S3, secret: str) -> None:
        self.in_use = in_use(settings)
        self._settings, self._secret = settings, secret
        self._prefix = f"{_slim(settings.prefix)}/" if _slim(settings.prefix) else ""
        self._stores: dict[timedelta, S3Store] = {}

    def put(self, path: Path, name: str) -> None:
        """Bring a file there, in parts, so that little of it is in memory at once."""
        import obstore

        self._ask(
            "PUT",
            name,
            lambda: obstore.put(
                self._store(CARRYING),
                self._key(name),
                path,
                attributes={
                    "Content-Type": TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
                    "Cache-Control": FOREVER,
                    "Content-Disposition": f'inline; filename="{name.rpartition("/")[2]}"',
                },
                chunk_size=PART,
                max_concurrency=1,
            ),
        )

    def size(self, name: str) -> int | None:
        """Return how many bytes it has of a file, or None when it has not got it."""
        import obstore

        try:
            found = self._ask("HEAD", name, lambda: obstore.head(self._store(READING), self._key(name)))
        except Unreachable:
            self.read(name, 0, 1)  # its answer has room to say why
            raise
        return None if found is None else found["size"]

    def read(self, name: str, first: int, end: int, *, patience: timedelta = READING) -> bytes | None:
        """Return the bytes of a file from ``first`` on, before ``end``; None when it has not got it."""
        import obstore

        store, key = self._store(patience), self._key(name)
        return self._ask("GET", name, lambda: bytes(obstore.get_range(store, key, start=first, end=end)))

    def whole(self, name: str, write: Callable[[bytes], object] | None = None) -> Whole | None:
        """Read all of a file, handing it to ``write``, and return what it was; None when it has not got it."""
        size = self.size(name)
        if size is None:
            self.read(name, 0, 1)  # says whether there is no such file, or no such bucket
            return None
        hashed, at = sha256(), 0
        while at < size:
            data = self.read(name, at, min(at + BLOCK, size), patience=CARRYING)
            if not data:
                return None
            at += len(data)
            hashed.update(data)
            if write is not None:
                write(data)
        return Whole(size, hashed.digest())

    def remove(self, name: str) -> None:
        """Remove a file; that it is not there is fine."""
        import obstore

        self._ask("DELETE", name, lambda: obstore.delete(self._store(READING), self._key(name)))

    def probe(self, name: str) -> None:
        """Write, read and remove an object of this name."""
        import obstore

        said = b"smallfed was here\n"
        self._ask("PUT", name, lambda: obstore.put(self._store(READING), self._key(name), said))
        if self.read(name, 0, len(said)) != said:
            raise Unreachable(f"the bucket {self.in_use.place} gives back something else than was put there")
        self.remove(name)

    def _key(self, name: str) -> str:
        return self._prefix + name

    def _store(self, patience: timedelta) -> "S3Store":
        """Return a way to the bucket on which one request may take so long."""
        if patience not in self._stores:
            self._stores[patience] = _connect(self._settings, self._secret, patience)
        return self._stores[patience]

    def _ask(self, verb: str, name: str, f: Callable[[], T]) -> T | None:
        """Return what ``f`` does, or None when there is no such file; what else is wrong is said in words of ours."""
        from obstore.exceptions import BaseError

        try:
            return f()
        except FileNotFoundError as error:
            if verb == "PUT" or _code(str(error)) == "NoSuchBucket":
                raise self._trouble(verb, name, error) from error
            return None
        except (BaseError, OSError) as error:
            raise self._trouble(verb, name, error) from error

    def _trouble(self, verb: str, name: str, error: Exception) -> Unreachable:
        text = str(error)
        why = ADVICE.get(_code(text)) or _said(text)
        return Unreachable(f"the bucket {self.in_use.place}: {why}", detail=f"{verb} {name}: {text[:1000]}")


def opened(settings: S3) -> Bucket | None:
    """Return the bucket of the configuration, or None when there is none; Misconfigured says what is missing."""
    if not settings.bucket:
        _refuse_forgotten(settings)
        return None
    from importlib.util import find_spec

    if find_spec("obstore") is None:
        raise Misconfigured("s3.bucket: a bucket takes one more library: install the extra `s3`, as README says")
    if not settings.access_key:
        raise Misconfigured("s3.access_key: is missing; write the id of the access key for the bucket")
    return Bucket(settings, _secret(settings))


def _refuse_forgotten(settings: S3) -> None:
    if settings.access_key or settings.endpoint:
        raise Misconfigured("s3.bucket: is missing; write the name of the bucket, or leave out what else is under [s3]")


def _secret(settings: S3) -> str:
    if settings.secret and settings.secret_file:
        raise Misconfigured("s3.secret: is given twice; leave out s3.secret or s3.secret_file")
    if settings.secret:
        return settings.secret.value
    if settings.secret_file is None:
        raise Misconfigured("s3.secret_file: is missing; name a file with the secret of the access key in it")
    try:
        line = settings.secret_file.read_text(encoding="utf-8").strip().partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"s3.secret_file: {settings.secret_file} cannot be read ({error})") from None
    if not line:
        raise Misconfigured(f"s3.secret_file: {settings.secret_file} is empty; write the secret into its first line")
    return line


def in_use(settings: S3) -> BucketInUse:
    """Return what the house must know of the bucket."""
    prefix = _slim(settings.prefix)
    service = settings.endpoint or f"https://s3.{settings.region}.amazonaws.com"
    return BucketInUse(
        place="/".join(part for part in (service, settings.bucket, prefix) if part),
        own=Wanted.BOTH if settings.keep_local else Wanted.BUCKET,
        others={"local": Wanted.HERE, "bucket": Wanted.BUCKET, "both": Wanted.BOTH}[settings.cache],
        public="/".join(part for part in (settings.public_url, prefix) if part) if settings.public_url else "",
    )


def _connect(settings: S3, secret: str, patience: timedelta) -> "S3Store":
    from obstore.store import S3Store

    return S3Store(
        settings.bucket,
        endpoint=_endpoint(settings),
        region=settings.region,
        access_key_id=settings.access_key,
        secret_access_key=secret,
        virtual_hosted_style_request=not settings.path_style,
        disable_bulk_delete=True,  # one request for one file, which every service takes
        client_options={"allow_http": True, "connect_timeout": CONNECT, "timeout": patience},
        retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=10)},
    )


def _endpoint(settings: S3) -> str:
    """Return the endpoint as the library takes it: with the bucket in the name of the host where it belongs there."""
    endpoint = settings.endpoint or f"https://s3.{settings.region}.amazonaws.com"
    return endpoint if settings.path_style else endpoint.replace("://", f"://{settings.bucket}.", 1)


def _slim(prefix: str) -> str:
    return prefix.strip("/")


def _code(text: str) -> str:
    """Return the name that the service gives to what is wrong, or nothing."""
    found = _CODE.search(text)
    return found[1] if found else ""


def _said(text: str) -> str:
    """Return what the service, or the library, says, on one line."""
    code, message = _code(text), _MESSAGE.search(text)
    if code:
        return f"{code} ({message[1]})" if message else code
    first = " ".join(text.partition("Debug source")[0].split())
    return re.sub(r"^Generic S3 error: ", "", first)[:300]
