"""Who we are, in memory: the house and its private keys, loaded once and signed with often.

Spec: HTTP signatures as ``protocol/signatures``; GETs are signed by the instance actor, or by the owner for what only
the owner is shown, POSTs by whoever speaks: the owner, the server itself, or the actor that relays know (which has the
server's key).
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import json

from smallfed.domain.house import House
from smallfed.domain.speaker import Speaker
from smallfed.errors import Unavailable
from smallfed.policy.vouching import VALID
from smallfed.protocol import webpush
from smallfed.protocol.signatures import ldsignature
from smallfed.protocol.signatures.keys import PrivateKey
from smallfed.protocol.signatures.signing import Scheme, answer_challenge, sign
from smallfed.runtime.clock import Clock

Sign = Callable[[str, str, bytes | None], list[tuple[str, str]]]
"""(method, URL, body) → all headers to send, signature included."""

Headers = Sequence[tuple[str, str]]

OWNER_RSA, OWNER_ED25519, INSTANCE_RSA = "owner-rsa", "owner-ed25519", "instance-rsa"
VAPID = "vapid"  # no key of an actor: push services know us by it


class Identity:
    """The house as its rooms see it. ``house`` is None until the owner has set it up.

    ``vapid_key`` is the public key that apps give to their push service, "" before setup.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys: dict[str, PrivateKey] = {}
        self._vapid = ""
        self.vapid_key = ""
        self.house: House | None = None
        self.public_pems: dict[str, str] = {}

    def load(self, house: House, keys: Mapping[str, tuple[str, str]]) -> None:
        """Take the house and its keys (name → (private PEM, public PEM)) as stored."""
        self._keys = {name: PrivateKey.from_pem(private) for name, (private, _) in keys.items() if name != VAPID}
        self.public_pems = {name: public for name, (_, public) in keys.items()}
        if VAPID in keys:
            self._vapid, self.vapid_key = keys[VAPID][0], webpush.public_text(keys[VAPID][1])
        self.house = house

    @property
    def here(self) -> House:
        """The house; Unavailable before setup."""
        if self.house is None:
            raise Unavailable("this server is not set up yet", retry_after=600)
        return self.house

    def multibase(self, name: str) -> str:
        """Return one of our public keys as a Multikey value."""
        return self._keys[name].public.multibase()

    def sign_get(
        self, *, with_query: bool = True, scheme: Scheme = "cavage", speaker: Speaker = Speaker.SERVER
    ) -> Sign:
        """Return what signs a GET in the name of the instance actor, or of another ``speaker``."""
        return self._signer(*self._key_of(speaker), scheme, with_query=with_query)

    def sign_post(self, scheme: Scheme = "cavage", *, extra: Headers = (), speaker: Speaker = Speaker.OWNER) -> Sign:
        """Return what signs a POST in the name of ``speaker``.

        ``extra`` headers are sent and covered, too.
        """
        return self._signer(*self._key_of(speaker), scheme, extra=extra)

    def answer_get(self, challenge: str, speaker: Speaker = Speaker.SERVER) -> Sign:
        """Return what signs a GET as an Accept-Signature header asks; as ``answer_post``."""
        usual = self.sign_get(scheme="rfc9421", speaker=speaker)
        return self._answerer(*self._key_of(speaker), challenge, usual)

    def answer_post(self, challenge: str, *, extra: Headers = (), speaker: Speaker = Speaker.OWNER) -> Sign:
        """Return what signs a POST as an Accept-Signature header asks; as usual, where we cannot comply.

        Spec: RFC 9421 §5.
        """
        usual = self.sign_post("rfc9421", extra=extra, speaker=speaker)
        return self._answerer(*self._key_of(speaker), challenge, usual, extra=extra)

    def _key_of(self, speaker: Speaker) -> tuple[str, str]:
        """Return (name of the key, its id) of whoever sends."""
        match speaker:
            case Speaker.OWNER:
                return OWNER_RSA, self.here.key_id
            case Speaker.SERVER:
                return INSTANCE_RSA, self.here.instance_key_id
            case Speaker.RELAY:
                return INSTANCE_RSA, self.here.relay_key_id

    def introduce(self, audience: str, *, crypto_key: str | None) -> list[tuple[str, str]]:
        """Return the headers that tell a push service who we are; as ``webpush.sign``."""
        now = self._clock.now()
        return webpush.sign(self._vapid, audience=audience, subject=self.here.base, now=now, crypto_key=crypto_key)

    def seal(self, body: bytes) -> bytes:
        """Return an activity of ours with an RsaSignature2017 of the owner. Slow: call it in a thread.

        Raises as ``ldsignature.create``.
        """
        now = self._clock.now()
        document = ldsignature.create(
            body, key=self._keys[OWNER_RSA], key_id=self.here.key_id, now=now, expires=now + VALID
        )
        return json.encode(document)

    def _signer(self, name: str, key_id: str, scheme: Scheme, *, with_query: bool = True, extra: Headers = ()) -> Sign:
        key = self._keys[name]

        def signed(method: str, url: str, body: bytes | None) -> list[tuple[str, str]]:
            now = self._clock.now()
            return sign(
                method, url, body, key_id=key_id, key=key, now=now, scheme=scheme, extra=extra, with_query=with_query
            )

        return signed

    def _answerer(self, name: str, key_id: str, challenge: str, usual: Sign, *, extra: Headers = ()) -> Sign:
        key = self._keys[name]

        def signed(method: str, url: str, body: bytes | None) -> list[tuple[str, str]]:
            now = self._clock.now()
            headers = answer_challenge(challenge, method, url, body, key_id=key_id, key=key, now=now, extra=extra)
            return usual(method, url, body) if headers is None else headers

        return signed
