"""Verifying: which claims a request makes, and one refusal for every rule."""

from datetime import timedelta

import pytest
from msgspec import structs

from smallfed.errors import Malformed, SmallfedError, Unauthenticated
from smallfed.protocol.signatures import cavage, dates, digest, rfc9421, verifying
from smallfed.protocol.signatures.kinds import Altered, Misdirected, Unsigned, Untimely
from smallfed.protocol.signatures.message import Message, request
from smallfed.protocol.signatures.signing import Scheme
from tests.protocol.signatures import samples
from tests.protocol.signatures.samples import BODY, HOST, INBOX, KEY_ID, NOW, signed, without

SCHEMES = ["cavage", "rfc9421"]
OURS = {HOST, "other.us.example:8443"}


def admit(message: Message) -> list[verifying.Claim]:
    return verifying.admit(message, now=NOW, hosts=OURS)


def refusal(message: Message) -> tuple[type[SmallfedError], str]:
    with pytest.raises(SmallfedError) as caught:
        admit(message)
    return type(caught.value), caught.value.message


def old(covered: str, *, method: str = "POST", parameters: str = "", **headers: str) -> Message:
    """A request signed by the old draft over just ``covered``, with all usual headers present."""
    lines = {"host": HOST, "date": dates.write(NOW), "digest": digest.digest(BODY)}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    message = request(method, INBOX, headers=tuple(lines.items()), body=BODY if method == "POST" else None)
    (claim,) = cavage.parse([f'keyId="{KEY_ID}",signature="AAAA",headers="{covered}"{parameters}'])
    signature = samples.ed25519().sign(cavage.bases(claim, message)[0]) if "absent" not in covered else b"x"
    line = f'keyId="{KEY_ID}",signature="{cavage.b64encode(signature).decode()}",headers="{covered}"{parameters}'
    return structs.replace(message, headers=(*message.headers, ("signature", line)))


def new(covered: str, *, method: str = "POST", parameters: str | None = None, **headers: str) -> Message:
    """A request signed by the standard over just ``covered``, with all usual headers present."""
    lines = {"host": HOST, "date": dates.write(NOW), "content-digest": digest.content_digest(BODY)}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    message = request(method, INBOX, headers=tuple(lines.items()), body=BODY if method == "POST" else None)
    parameters = f';created={int(NOW.timestamp())};keyid="{KEY_ID}"' if parameters is None else parameters
    member = f"({covered}){parameters}"
    (claim,) = rfc9421.parse(f"s={member}", "s=:AA==:")
    signature = samples.ed25519().sign(rfc9421.base(claim, message)) if "absent" not in covered else b"x"
    pair = (("signature-input", f"s={member}"), ("signature", f"s=:{cavage.b64encode(signature).decode()}:"))
    return structs.replace(message, headers=(*message.headers, *pair))


ENOUGH = "(request-target) host date digest"
FULL = '"@method" "@target-uri" "content-digest"'


# What is let through.


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
@pytest.mark.parametrize("key", [samples.rsa(), samples.ed25519()], ids=["rsa", "ed25519"])
def test_what_we_sign_is_admitted_and_holds(scheme: Scheme, method: str, key: samples.PrivateKey) -> None:
    message = signed(scheme, method=method, key=key)

    (claim,) = admit(message)

    assert (claim.scheme, claim.key_id) == (scheme, KEY_ID)
    assert verifying.check(claim, message, key.public)
    assert not verifying.check(claim, message, samples.generate_ed25519().public)


@pytest.mark.parametrize(
    "message",
    [
        old(ENOUGH),
        old("digest date host (request-target)"),
        old("(request-target) host date", method="GET"),
        old("(request-target) host (created) digest", parameters=f",created={int(NOW.timestamp())}"),
        old("(request-target) host date content-digest", content_digest=digest.content_digest(BODY)),
        old(ENOUGH, parameters=",created=1"),  # not signed, so it says nothing
        old(ENOUGH, parameters=f",expires={int(NOW.timestamp()) + 1}"),
        old(ENOUGH, host=HOST.upper() + ":443"),
        new(FULL),
        new(FULL + ' "date" "host" "@authority"'),
        new('"@method" "@target-uri"', method="GET"),
        new(FULL, parameters=f';keyid="{KEY_ID}";expires={int(NOW.timestamp()) + 1};created={int(NOW.timestamp())}'),
        new(FULL, date="long ago"),  # not signed, so it says nothing
    ],
    ids=lambda message: message.field("signature-input") or message.field("signature").partition(",headers=")[2],
)
def test_enough_is_enough(message: Message) -> None:
    (claim,) = admit(message)

    assert verifying.check(claim, message, samples.ed25519().public)


def test_a_signature_may_stand_in_authorization() -> None:
    message = old(ENOUGH)
    moved = (*without(message, "signature"), ("authorization", f"Signature {message.field('signature')}"))

    (claim,) = admit(structs.replace(message, headers=moved))

    assert verifying.check(claim, message, samples.ed25519().public)


def test_a_token_in_authorization_is_no_signature() -> None:
    message = request("GET", INBOX, headers=(("host", HOST), ("authorization", "Bearer signature")))

    assert verifying.parse(message) == []


def test_an_unsigned_request_has_no_claims_and_is_not_admitted() -> None:
    message = request("POST", INBOX, headers=(("host", HOST),), body=BODY)

    assert verifying.parse(message) == []
    assert refusal(message) == (Unsigned, "The request is not signed: it has no Signature header.")


def test_the_standard_comes_before_the_old_draft() -> None:
    standard, draft = signed("rfc9421"), signed("cavage")
    both = structs.replace(
        standard,
        headers=(
            ("signature", draft.field("signature") or ""),
            *standard.headers,
            *(line for line in draft.headers if line[0] == "digest"),
        ),
    )

    claims = admit(both)

    assert [claim.scheme for claim in claims] == ["rfc9421", "cavage"]
    assert all(verifying.check(claim, both, samples.ed25519().public) for claim in claims)


def test_a_claim_that_is_refused_does_not_hide_one_that_is_not() -> None:
    good, weak = old(ENOUGH), old("date")
    message = structs.replace(good, headers=(*weak.headers, ("signature", good.field("signature") or "")))

    (claim,) = admit(message)

    assert claim.covered == tuple(ENOUGH.split())


# What is refused, and why.


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (old("host date digest"), "does not cover (request-target)"),
        (old("(request-target) date digest"), "does not cover host"),
        (old("(request-target) host digest"), "covers neither date nor (created)"),
        (old("(request-target) host digest", parameters=f",created={int(NOW.timestamp())}"), "covers neither date"),
        (old("(request-target) host date"), "does not cover digest or content-digest"),
        (old("host date", method="GET"), "does not cover (request-target)"),
        (old("(request-target) date", method="GET"), "does not cover host"),
        (old("(request-target) host", method="GET"), "covers neither date"),
        (new('"@target-uri" "content-digest"'), "does not cover @method"),
        (new('"@method" "content-digest"'), "does not cover @target-uri"),
        (new('"@method" "@path" "@authority" "content-digest"'), "does not cover @target-uri"),
        (new('"@method" "@target-uri"'), "does not cover content-digest"),
        (new('"@method" "@target-uri" "digest"', digest=digest.digest(BODY)), "does not cover content-digest"),
        (new('"@method" "@target-uri" "content-digest";key="sha-256"'), "does not cover content-digest"),
        (new('"@method" "@target-uri" "content-digest";bs'), "does not cover content-digest"),
        (new('"@target-uri"', method="GET"), "does not cover @method"),
        (new('"@method"', method="GET"), "does not cover @target-uri"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_must_be_covered(message: Message, says: str) -> None:
    kind, text = refusal(message)

    assert kind is Unauthenticated
    assert says in text


@pytest.mark.parametrize("message", [old(ENOUGH + " absent"), new(FULL + ' "absent"')], ids=SCHEMES)
def test_a_covered_header_must_be_there(message: Message) -> None:
    kind, text = refusal(message)

    assert kind is Unauthenticated
    assert "absent" in text


def test_a_signed_date_must_be_there() -> None:
    message = old(ENOUGH)

    kind, text = refusal(structs.replace(message, headers=without(message, "date")))

    assert (kind, text) == (Unauthenticated, "The signature covers 'date', which the request does not have.")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("body", [None, b"", BODY + b" ", BODY[:-1]])
def test_the_body_must_be_the_one_signed(scheme: Scheme, body: bytes | None) -> None:
    kind, text = refusal(structs.replace(signed(scheme), body=body))

    assert kind is Altered
    assert "digest that was signed is not that of the body received" in text


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_get_with_a_body_must_cover_it(scheme: Scheme) -> None:
    kind, text = refusal(structs.replace(signed(scheme, method="GET"), body=BODY))

    assert kind is Unauthenticated
    assert "does not cover the body" in text


def test_a_digest_without_sha256_binds_nothing() -> None:
    assert refusal(old(ENOUGH, digest="MD5=Sd/dVLAcvNLSq16eXua5uQ=="))[0] is Altered
    assert refusal(new(FULL, content_digest="md5=:Sd/dVLAcvNLSq16eXua5uQ==:"))[0] is Altered


def test_a_content_digest_that_cannot_be_read_is_malformed() -> None:
    assert refusal(new(FULL, content_digest="SHA-256=:AA==:"))[0] is Malformed


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("seconds", "timely"),
    [(0, True), (3600, True), (-3600, True), (3601, False), (-3601, False), (86_400, False), (-(10**9), False)],
)
def test_a_signature_is_good_for_an_hour_either_way(scheme: Scheme, seconds: int, *, timely: bool) -> None:
    message = signed(scheme, now=NOW + timedelta(seconds=seconds))

    if timely:
        assert len(admit(message)) == 1
    else:
        kind, text = refusal(message)
        assert kind is Untimely
        assert "more than an hour from our clock" in text


STALE, FRESH = int(NOW.timestamp()) - 3601, int(NOW.timestamp())


@pytest.mark.parametrize(
    "message",
    [
        old("(request-target) host (created) digest", parameters=f",created={STALE}"),
        old("(request-target) host date (created) digest", parameters=f",created={STALE}"),
        old(
            "(request-target) host date (created) digest",
            parameters=f",created={FRESH}",
            date=dates.write(NOW - timedelta(hours=2)),
        ),
        new(FULL + ' "date"', date=dates.write(NOW - timedelta(hours=2))),
    ],
)
def test_every_signed_time_must_be_timely(message: Message) -> None:
    assert "more than an hour" in refusal(message)[1]


@pytest.mark.parametrize(
    "message",
    [
        old(ENOUGH, parameters=f",expires={FRESH}"),
        old(ENOUGH, parameters=f',expires="{FRESH - 1}"'),
        old("(request-target) host (created) (expires) digest", parameters=f",created={FRESH - 9},expires={FRESH - 1}"),
        new(FULL, parameters=f';created={FRESH - 9};keyid="k";expires={FRESH}'),
        new(FULL, parameters=f';created={FRESH - 9};keyid="k";expires=0'),
    ],
)
def test_an_expired_signature_is_refused(message: Message) -> None:
    kind, text = refusal(message)

    assert kind is Untimely
    assert "expired at" in text


def test_a_date_that_cannot_be_read_is_malformed() -> None:
    assert refusal(old(ENOUGH, date="yesterday"))[0] is Malformed


def test_the_standard_needs_created_and_keyid() -> None:
    assert refusal(new(FULL, parameters=';keyid="k"')) == (
        Unauthenticated,
        "The signature does not say when it was made: created is missing.",
    )
    assert refusal(new(FULL, parameters=f";created={FRESH}")) == (
        Unauthenticated,
        "The signature does not name its key: keyid is missing.",
    )


def test_a_keyid_beyond_reason_is_refused() -> None:
    assert "longer than 2048" in refusal(new(FULL, parameters=f';created={FRESH};keyid="{"k" * 2049}"'))[1]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("host", ["evil.example", f"{HOST}.evil.example", f"{HOST}:8443", f"evil.{HOST}", f"{HOST}."])
def test_the_signed_host_must_be_ours(scheme: Scheme, host: str) -> None:
    kind, text = refusal(signed(scheme, url=f"https://{host}/inbox"))

    assert kind is Misdirected
    assert text == f"The signed host {host!r} is not a name of this server."


@pytest.mark.parametrize("scheme", SCHEMES)
def test_any_of_our_hosts_will_do(scheme: Scheme) -> None:
    assert len(admit(signed(scheme, url="https://Other.Us.Example:8443/inbox"))) == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_host_and_authority_must_both_be_ours(scheme: Scheme) -> None:
    message = signed(scheme)
    elsewhere = (*without(message, "host"), ("host", "evil.example"))

    assert "'evil.example' is not a name" in refusal(structs.replace(message, headers=elsewhere))[1]
    assert "'evil.example' is not a name" in refusal(structs.replace(message, authority="evil.example"))[1]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_second_host_is_refused(scheme: Scheme) -> None:
    message = signed(scheme)

    kind, text = refusal(structs.replace(message, headers=(*message.headers, ("host", HOST))))

    assert (kind, text) == (Unauthenticated, "The request has more than one Host header.")


@pytest.mark.parametrize("target", ["", "*", "https://us.example/inbox", "inbox"])
def test_the_target_must_be_a_path(target: str) -> None:
    assert refusal(structs.replace(signed("cavage"), target=target))[0] is Malformed


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "rsa-sha1", "ecdsa-sha256", "none", "rsa-pss-sha512"])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    assert "is not supported; use one of" in refusal(old(ENOUGH, parameters=f',algorithm="{algorithm}"'))[1]
    assert (
        "is not supported; use one of"
        in refusal(new(FULL, parameters=f';created={FRESH};keyid="k";alg="{algorithm}"'))[1]
    )


def test_created_may_not_be_signed_with_an_old_algorithm() -> None:
    message = old("(request-target) host (created) digest", parameters=f',created={FRESH},algorithm="rsa-sha256"')

    kind, text = refusal(message)

    assert kind is Unauthenticated
    assert "may only be signed with algorithm hs2019" in text


@pytest.mark.parametrize(
    ("scheme", "changes", "holds"),
    [
        ("cavage", {"method": "PUT"}, False),
        ("cavage", {"target": "/other"}, False),
        ("cavage", {"target": "/inbox?x"}, True),  # some peers leave the query out, and nobody can tell
        ("rfc9421", {"method": "PUT"}, False),
        ("rfc9421", {"target": "/other"}, False),
        ("rfc9421", {"target": "/inbox?x"}, False),
        ("rfc9421", {"scheme": "http"}, False),
    ],
    ids=str,
)
def test_a_signature_is_for_one_request(scheme: Scheme, changes: dict[str, str], *, holds: bool) -> None:
    moved = structs.replace(signed(scheme), **changes)

    (claim,) = admit(moved)

    assert verifying.check(claim, moved, samples.ed25519().public) is holds


@pytest.mark.parametrize(
    "headers",
    [
        (("signature", "garbage"),),
        (("signature", "sig1=:AAAA:"),),
        (("signature-input", "garbage"), ("signature", "sig1=:AAAA:")),
        (("signature-input", 'sig1=("@method")'),),
        (("authorization", "Signature garbage"),),
        (("signature", 'keyId="k",signature="AAAA"'),) * 5,
        (
            ("signature-input", "a=(), b=(), c=(), d=(), e=()"),
            ("signature", "a=:AA==:, b=:AA==:, c=:AA==:, d=:AA==:, e=:AA==:"),
        ),
        (("signature", 'keyId="k",signature="AA\nAA"'),),
    ],
    ids=["draft", "no input", "input", "no signature", "authorization", "five", "five labels", "break"],
)
def test_headers_that_cannot_be_read_are_malformed(headers: tuple[tuple[str, str], ...]) -> None:
    assert refusal(request("POST", INBOX, headers=(("host", HOST), *headers), body=BODY))[0] is Malformed
