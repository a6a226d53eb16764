"""The old draft: reading the header as it is found in the wild, and the draft's own vectors."""

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import structs

from smallfed.errors import Invalid, Malformed, Unauthenticated
from smallfed.protocol.signatures import cavage, parameters
from smallfed.protocol.signatures.keys import PrivateKey, PublicKey
from smallfed.protocol.signatures.message import Message
from tests.protocol.signatures import samples
from tests.shared_data import shared

PLAIN = 'keyId="https://peer.example/key",headers="(request-target) host date",signature="AAAA"'


def claim(line: str) -> cavage.Claim:
    (only,) = cavage.parse([line])
    return only


def test_a_header_is_read() -> None:
    line = (
        'keyId="https://peer.example/key",algorithm="hs2019",created=1402170695, expires="1402170699",'
        'headers="(request-target) (created) Host",signature="AQI="'
    )

    assert claim(line) == cavage.Claim(
        key_id="https://peer.example/key",
        algorithm="hs2019",
        covered=("(request-target)", "(created)", "host"),
        created=datetime(2014, 6, 7, 19, 51, 35, tzinfo=UTC),
        expires=datetime(2014, 6, 7, 19, 51, 39, tzinfo=UTC),
        times={"(created)": "1402170695", "(expires)": "1402170699"},
        signature=b"\x01\x02",
    )


@pytest.mark.parametrize(
    "line",
    [
        PLAIN.replace(",", " , "),
        PLAIN.replace("=", " = ").replace("Host", "host"),
        PLAIN.replace("keyId", "keyid").replace("signature", "SIGNATURE"),
        PLAIN + ",",
        "\t" + PLAIN + " ",
        PLAIN.replace("(request-target) host", "(Request-Target)  HOST"),
        PLAIN.replace("peer", "\\peer"),
        PLAIN + ',opaque=whatever,extension="a \\" quote"',
        PLAIN.replace('"AAAA"', "AAAA"),
    ],
)
def test_ways_of_writing_that_mean_the_same(line: str) -> None:
    assert claim(line) == claim(PLAIN)


@pytest.mark.parametrize(
    ("more", "covered"),
    [
        ("", ("(created)",)),
        (',algorithm="hs2019"', ("(created)",)),
        (',algorithm="rsa-sha256"', ("date",)),
        (',algorithm="RSA-SHA256",headers="host"', ("host",)),
    ],
)
def test_what_is_covered_when_headers_is_absent(more: str, covered: tuple[str, ...]) -> None:
    assert claim('keyId="k",signature="AAAA"' + more).covered == covered


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        '"',
        'keyId="k"',
        'signature="AAAA"',
        'keyId="",signature="AAAA"',
        'keyId="k",signature=""',
        'keyId="k",signature="not base64"',
        'keyId="k",signature="AAA"',
        'keyId="k",signature="AA AA"',
        'keyId="k",signature="AA-_"',
        'keyId="k",signature="éAAA"',
        'keyId="k",signature="AAAA",headers=""',
        'keyId="k",signature="AAAA",headers="  "',
        'keyId="k",signature="AAAA",headers="date date"',
        'keyId="k",signature="AAAA",headers="date Date"',
        'keyId="k",keyId="l",signature="AAAA"',
        'keyId="k",keyid="l",signature="AAAA"',
        'keyId="k" signature="AAAA"',
        'keyId="k",,signature="AAAA"',
        'keyId="k,signature="AAAA"',
        'keyId="k",signature="AAAA",created=soon',
        'keyId="k",signature="AAAA",created=-1',
        'keyId="k",signature="AAAA",created=1e9',
        'keyId="k",signature="AAAA",created=999999999999',
        'keyId="k",signature="AAAA",expires=""',
        'keyId="k",signature="AAAA",expires="١"',
        'keyId="k",signature="AAAA",x="' + "x" * parameters.LONGEST + '"',
    ],
)
def test_headers_that_cannot_be_read(line: str) -> None:
    with pytest.raises(Malformed):
        cavage.parse([line])


def test_the_signing_string() -> None:
    message = Message(
        method="POST",
        authority="us.example",
        target="/inbox?a=b",
        headers=(("host", "Us.Example"), ("x", "one "), ("empty", "  "), ("x", " two"), ("latin", "\xe9")),
    )
    covered = claim(PLAIN.replace("date", "x empty latin"))

    assert cavage.bases(covered, message) == [
        b"(request-target): post /inbox?a=b\nhost: Us.Example\nx: one, two\nempty: \nlatin: \xe9",
        b"(request-target): post /inbox\nhost: Us.Example\nx: one, two\nempty: \nlatin: \xe9",
    ]


def test_without_a_query_there_is_one_signing_string() -> None:
    message = Message(method="GET", authority="h", target="/a", headers=())

    assert cavage.bases(claim('keyId="k",signature="AAAA",headers="(request-target)"'), message) == [
        b"(request-target): get /a"
    ]


@pytest.mark.parametrize("covered", ["date", "(created)", "(expires)", "host:", "(other)"])
def test_a_covered_header_that_is_absent(covered: str) -> None:
    message = Message(method="GET", authority="h", target="/", headers=(("host", "h"),))

    with pytest.raises(Unauthenticated, match="which the request does not have"):
        cavage.bases(claim(f'keyId="k",signature="AAAA",headers="host {covered}"'), message)


def test_a_covered_header_that_cannot_be_on_a_line() -> None:
    with pytest.raises(Malformed):
        cavage.bases(
            claim('keyId="k",signature="AAAA",headers="x"'),
            Message(method="GET", authority="h", target="/", headers=(("x", "…"),)),
        )


@pytest.mark.parametrize("key_id", ["", 'a"b', "a\\b", "a b", "a\nb", "é"])
def test_a_key_id_that_cannot_be_quoted_is_not_signed(key_id: str) -> None:
    message = Message(method="GET", authority="h", target="/", headers=(("host", "h"),))

    with pytest.raises(Invalid):
        cavage.sign(message, key_id=key_id, key=samples.ed25519(), covered=["host"])


@pytest.mark.parametrize(
    ("algorithm", "rsa", "ed25519"),
    [
        (None, True, True),
        ("hs2019", True, True),
        ("rsa-sha256", True, False),
        ("RSA-SHA256", True, False),
        ("ed25519", False, True),
        ("rsa-sha512", False, False),  # these were made with SHA-256
        ("hmac-sha256", False, False),
        ("rsa-sha1", False, False),
        ("none", False, False),
    ],
)
def test_the_header_never_chooses_for_the_key(algorithm: str | None, *, rsa: bool, ed25519: bool) -> None:
    message = Message(method="GET", authority="h", target="/", headers=(("host", "h"),))

    def holds(key: PrivateKey) -> bool:
        _, header = cavage.sign(message, key_id="k", key=key, covered=["host"])
        made = claim(header)
        named = claim('keyId="k",headers="host",signature="AAAA"' + (f',algorithm="{algorithm}"' if algorithm else ""))
        return cavage.check(structs.replace(named, signature=made.signature), message, key.public)

    assert (holds(samples.rsa()), holds(samples.ed25519())) == (rsa, ed25519)


def test_rsa_with_sha512_holds_when_the_header_says_so() -> None:
    message = Message(method="GET", authority="h", target="/", headers=(("host", "h"),))
    raw = load_pem_private_key(samples.rsa().pem().encode(), password=None)
    assert isinstance(raw, RSAPrivateKey)
    signature = b64encode(raw.sign(b"host: h", PKCS1v15(), SHA512())).decode()

    header = f'keyId="k",headers="host",algorithm="rsa-sha512",signature="{signature}"'
    assert cavage.check(claim(header), message, samples.rsa().public)
    assert not cavage.check(claim(header.replace("sha512", "sha256")), message, samples.rsa().public)


def _appendix() -> tuple[dict, Message, PublicKey]:
    data = json.loads(shared("cavage/appendix-c.json").read_text())
    method, target, _ = data["request"]["start_line"].split(" ")
    headers = tuple((name.lower(), value) for name, value in data["request"]["headers"])
    message = Message(
        method=method, authority="example.com", target=target, headers=headers, body=data["request"]["body"].encode()
    )
    return data, message, PublicKey.from_pem(data["public_pem"], least_bits=1024)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_appendix_c(number: int) -> None:
    data, message, key = _appendix()
    case = data["cases"][number]
    # The signature of C.3 does not cover the (created) and (expires) that its headers list.
    headers = case["headers"].replace("(created) (expires) ", "")
    read = claim(f'keyId="Test",algorithm="rsa-sha256",headers="{headers}",signature="{case["signature_b64"]}"')

    holds = cavage.check(read, message, key)

    assert cavage.bases(read, message)[0].decode() == case["signing_string_that_verifies"]
    assert holds


def test_appendix_c_is_what_we_sign() -> None:
    data, message, _ = _appendix()
    case = data["cases"][1]

    _, header = cavage.sign(
        message, key_id="Test", key=PrivateKey.from_pem(data["private_pem"]), covered=case["headers"].split()
    )

    assert claim(header).signature == b64decode(case["signature_b64"])


def test_appendix_c3_does_not_verify_as_printed() -> None:
    data, message, key = _appendix()
    case = data["cases"][2]
    read = claim(
        f'keyId="Test",algorithm="hs2019",created={case["created"]},expires={case["expires"]},'
        f'headers="{case["headers"]}",signature="{case["signature_b64"]}"'
    )

    assert not cavage.check(read, message, key)


def _suite(name: str) -> Message:
    raw = shared(f"cavage/w3c-dvcg-suite/input/{name}.httpMessage").read_text()
    start, *lines = raw.splitlines()
    method, target, _ = start.split(" ")
    headers = tuple((key.lower(), value) for key, _, value in (line.partition(":") for line in lines if ":" in line))
    return Message(method=method, authority="example.com", target=target, headers=headers)


def _suite_claim(message: Message) -> cavage.Claim:
    return claim((message.field("authorization") or "").removeprefix("Signature "))


def _suite_key(name: str) -> PublicKey:
    return PublicKey.from_pem(shared(f"cavage/w3c-dvcg-suite/keys/{name}.pub").read_text(), least_bits=1024)


@pytest.mark.parametrize(
    ("name", "covered", "expected"),
    [
        ("basic-request", ["(request-target)"], "(request-target): get /basic/request"),
        (
            "default-test",
            ["host", "digest"],
            "host: example.com\ndigest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
        ),
        ("duplicate-headers-request", ["duplicate"], "duplicate: one, two"),
        ("ignore-case", ["host", "content-type"], "host: example.com\ncontent-type: application/json"),
        ("zero-length", ["zero"], "zero: "),
    ],
)
def test_signing_strings_of_the_w3c_suite(name: str, covered: list[str], expected: str) -> None:
    read = claim(f'keyId="k",signature="AAAA",headers="{" ".join(covered)}"')

    assert cavage.bases(read, _suite(name))[0].decode() == expected


@pytest.mark.parametrize("name", ["rsa", "ed25519"])
def test_the_keys_of_the_w3c_suite_sign_and_verify(name: str) -> None:
    # The signatures printed in the suite are of other strings than the messages they stand in.
    message = _suite(f"{name}-signed")
    private = PrivateKey.from_pem(shared(f"cavage/w3c-dvcg-suite/keys/{name}.private").read_text())

    _, header = cavage.sign(message, key_id="test-key", key=private, covered=["host", "digest"])

    assert cavage.check(claim(header), message, _suite_key(name))
    assert not cavage.check(_suite_claim(message), message, _suite_key(name))


@pytest.mark.parametrize("name", ["ecdsa-signed", "p256-signed", "ed25519-signed"])
def test_other_messages_of_the_w3c_suite_do_not_verify_with_its_rsa_key(name: str) -> None:
    message = _suite(name)

    assert not cavage.check(_suite_claim(message), message, _suite_key("rsa"))


@pytest.mark.parametrize("name", ["nokeyid-request", "nosignature-request", "duplicate-parameters"])
def test_messages_of_the_w3c_suite_that_cannot_be_read(name: str) -> None:
    with pytest.raises(Malformed):
        _suite_claim(_suite(name))


@pytest.mark.parametrize(
    ("name", "says"),
    [("created-rsa", "'rsa' is not"), ("created-hmac", "'hmac' is not"), ("created-ecdsa", "'ecdsa' is not")],
)
def test_created_is_not_for_the_old_algorithms(name: str, says: str) -> None:
    read = _suite_claim(_suite(name))

    assert read.created == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    with pytest.raises(Unauthenticated, match=says):
        cavage.check_algorithm(read)


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "rsa-sha512", "ed25519"])
@pytest.mark.parametrize("covered", ["(created)", "(expires)"])
def test_times_may_only_be_signed_with_hs2019(algorithm: str, covered: str) -> None:
    read = claim(f'keyId="k",signature="AAAA",algorithm="{algorithm}",headers="{covered}",created=1,expires=1')

    with pytest.raises(Unauthenticated, match="may only be signed with algorithm hs2019"):
        cavage.check_algorithm(read)
