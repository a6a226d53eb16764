"""Message signatures of the standard: Appendix B, reading, and answering challenges."""

import hmac
import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from smallfed.errors import Invalid, Malformed, Unauthenticated
from smallfed.protocol.signatures import rfc9421
from smallfed.protocol.signatures.keys import PrivateKey, PublicKey
from smallfed.protocol.signatures.message import Message
from tests.protocol.signatures import samples
from tests.shared_data import shared

MESSAGE = Message(method="POST", authority="us.example", target="/inbox", headers=(("host", "us.example"), ("x", "y")))
COVERED = ["@method", "@target-uri"]


def _appendix() -> dict[str, Any]:
    return json.loads(shared("rfc9421/appendix-b.json").read_text())


def _message(data: dict[str, Any], kind: str) -> Message:
    sample = data[f"test_{kind}"]
    headers = {name.lower(): value for name, value in sample["headers"]}
    first, second, _ = sample["start_line"].split(" ", 2)
    if kind == "request":
        return Message(method=first, authority=headers["host"], target=second, headers=tuple(headers.items()))
    # The Content-Digest of the response is wrong in this source of the RFC; the one that was signed is right.
    signed = next(case for case in data["cases"] if case["message"] == "response")["signature_base"]
    headers["content-digest"] = next(
        line.partition(": ")[2] for line in signed.splitlines() if line.startswith('"content-digest"')
    )
    return Message(method="", authority="", target="/", headers=tuple(headers.items()), status=int(second))


def _holds(case: dict[str, Any], key: dict[str, Any], signature: bytes, base: bytes) -> None:
    """Raise unless the signature holds; the algorithms here are none the fediverse uses."""
    if case["alg"] == "hmac-sha256":
        assert hmac.digest(b64decode(key["secret_b64"]), base, "sha256") == signature
        return
    public = load_pem_public_key(key["public_pem"].encode())
    if isinstance(public, RSAPublicKey):
        public.verify(signature, base, padding.PSS(padding.MGF1(SHA512()), 64), SHA512())
    elif isinstance(public, ec.EllipticCurvePublicKey):
        halves = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        public.verify(utils.encode_dss_signature(*halves), base, ec.ECDSA(SHA256()))
    else:
        public.verify(signature, base)


@pytest.mark.parametrize("number", range(6))
def test_appendix_b(number: int) -> None:
    data = _appendix()
    case = data["cases"][number]
    message = _message(data, case["message"])

    (claim,) = rfc9421.parse(case["signature_input"], case["signature"])

    base = rfc9421.base(claim, message)
    assert (claim.label, claim.key_id) == (case["label"], case["keyid"])
    assert base.decode() == case["signature_base"]
    _holds(case, data["keys"][case["keyid"]], claim.signature, base)


def test_appendix_b26_with_our_own_key() -> None:
    data = _appendix()
    case = data["cases"][5]
    private = PrivateKey.from_pem(data["keys"]["test-key-ed25519"]["private_pem"])
    message = _message(data, "request")
    (claim,) = rfc9421.parse(case["signature_input"], case["signature"])

    assert rfc9421.check(claim, message, PublicKey.from_pem(data["keys"]["test-key-ed25519"]["public_pem"]))
    assert private.sign(case["signature_base"].encode()) == claim.signature
    assert not rfc9421.check(claim, message, PublicKey.from_pem(data["keys"]["test-key-rsa"]["public_pem"]))


def test_what_we_sign() -> None:
    (_, inputs), (_, signature) = rfc9421.sign(
        MESSAGE, key_id="https://us.example/k", key=samples.ed25519(), now=samples.NOW, covered=COVERED
    )
    (claim,) = rfc9421.parse(inputs, signature)

    assert inputs == 'sig1=("@method" "@target-uri");created=1795399200;keyid="https://us.example/k";alg="ed25519"'
    assert rfc9421.base(claim, MESSAGE) == (
        b'"@method": POST\n"@target-uri": https://us.example/inbox\n"@signature-params": ' + inputs[5:].encode()
    )
    assert rfc9421.check(claim, MESSAGE, samples.ed25519().public)


def test_blanks_do_not_matter_to_the_base() -> None:
    (claim,) = rfc9421.parse('a=(  "@method"   "x" ); created=1;  keyid="k"', "a=:AA==:")

    assert claim.parameters == '("@method" "x");created=1;keyid="k"'


def test_covered_names_only_what_is_covered_whole() -> None:
    (claim,) = rfc9421.parse('a=("@method" "content-digest";key="sha-256" "x";bs)', "a=:AA==:")

    assert claim.covered == ("@method",)


def test_labels_are_claims_in_their_order() -> None:
    claims = rfc9421.parse('b=();keyid="1", a=();keyid="2"', "a=:AQ==:, b=:Ag==:, c=:Aw==:")

    assert [(claim.label, claim.key_id, claim.signature) for claim in claims] == [("b", "1", b"\2"), ("a", "2", b"\1")]


@pytest.mark.parametrize(
    ("inputs", "signatures"),
    [
        ("", "a=:AA==:"),
        ("a=()", ""),
        ("a=()", "b=:AA==:"),
        ("a=()", "a=AAAA"),
        ("a=()", 'a="AAAA"'),
        ("a=()", "a=(:AA==:)"),
        ("a", "a=:AA==:"),
        ('a="@method"', "a=:AA==:"),
        ("a=(", "a=:AA==:"),
        ("a=();keyid=token", "a=:AA==:"),
        ("a=();keyid", "a=:AA==:"),
        ("a=();alg=1", "a=:AA==:"),
        ("a=();created", "a=:AA==:"),
        ('a=();created="1"', "a=:AA==:"),
        ("a=();created=1.5", "a=:AA==:"),
        ("a=();created=999999999999999", "a=:AA==:"),
        ("a=();expires=@1", "a=:AA==:"),
        ("a=();x=" + '"' + "x" * 20_000 + '"', "a=:AA==:"),
        ("a=(é)", "a=:AA==:"),
    ],
)
def test_headers_that_cannot_be_read(inputs: str, signatures: str) -> None:
    with pytest.raises(Malformed):
        rfc9421.parse(inputs, signatures)


@pytest.mark.parametrize(
    ("algorithm", "rsa", "ed25519"),
    [
        (None, True, True),
        ("rsa-v1_5-sha256", True, False),
        ("ed25519", False, True),
        ("rsa-pss-sha512", False, False),
        ("hmac-sha256", False, False),
    ],
)
def test_the_header_never_chooses_for_the_key(algorithm: str | None, *, rsa: bool, ed25519: bool) -> None:
    member = '("@method");created=1;keyid="k"' + (f';alg="{algorithm}"' if algorithm else "")

    def holds(key: PrivateKey) -> bool:
        signature = key.sign(f'"@method": POST\n"@signature-params": {member}'.encode())
        (claim,) = rfc9421.parse(f"s={member}", f"s={_octets(signature)}")
        return rfc9421.check(claim, MESSAGE, key.public)

    assert (holds(samples.rsa()), holds(samples.ed25519())) == (rsa, ed25519)


@pytest.mark.parametrize("algorithm", ["rsa-pss-sha512", "hmac-sha256", "ecdsa-p256-sha256", "", "ED25519"])
def test_algorithms_that_are_refused(algorithm: str) -> None:
    (claim,) = rfc9421.parse(f'a=();alg="{algorithm}"', "a=:AA==:")

    with pytest.raises(Unauthenticated, match="use one of ed25519, rsa-v1_5-sha256"):
        rfc9421.check_algorithm(claim)


def test_a_key_id_that_cannot_be_written_is_not_signed() -> None:
    with pytest.raises(Invalid):
        rfc9421.sign(MESSAGE, key_id="é", key=samples.ed25519(), now=samples.NOW, covered=COVERED)


def answer(challenge: str) -> list[tuple[str, str]] | None:
    return rfc9421.answer_challenge(
        challenge, MESSAGE, key_id="k", key=samples.ed25519(), now=samples.NOW, covered=COVERED
    )


@pytest.mark.parametrize(
    ("challenge", "inputs"),
    [
        (
            'sig1=("@method" "@target-uri");created;nonce="n";tag="t"',
            'sig1=("@method" "@target-uri");created=1795399200;keyid="k";alg="ed25519";nonce="n";tag="t"',
        ),
        ('q=("x" "@method");keyid="k"', 'q=("x" "@method" "@target-uri");created=1795399200;keyid="k";alg="ed25519"'),
        (
            'q=("x";bs);alg="ed25519";expires',
            'q=("x";bs "@method" "@target-uri");created=1795399200;keyid="k";alg="ed25519";expires=1795402800',
        ),
        ("q=()", 'q=("@method" "@target-uri");created=1795399200;keyid="k";alg="ed25519"'),
        (
            'a=("x"), b=("absent"), c=("host");tag="c"',
            'a=("x" "@method" "@target-uri");created=1795399200;keyid="k";alg="ed25519", '
            'c=("host" "@method" "@target-uri");created=1795399200;keyid="k";alg="ed25519";tag="c"',
        ),
    ],
)
def test_a_challenge_is_answered_and_more(challenge: str, inputs: str) -> None:
    answered = answer(challenge)

    assert answered is not None
    assert [name for name, _ in answered] == ["Signature-Input", "Signature"]
    assert answered[0][1] == inputs
    claims = rfc9421.parse(answered[0][1], answered[1][1])
    assert all(rfc9421.check(claim, MESSAGE, samples.ed25519().public) for claim in claims)


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        "nonsense(",
        "a=1",
        'a=("absent")',
        'a=("@method";req)',
        'a=("X")',
        'a=("x" "x")',
        'a=("x");keyid="other"',
        'a=("x");alg="rsa-v1_5-sha256"',
        'a=("x");unknown',
        'a=("x");nonce=token',
        'a=("x");tag=:AA==:',
        f'a=("x");nonce="{"n" * 513}"',
    ],
)
def test_challenges_we_cannot_answer(challenge: str) -> None:
    assert answer(challenge) is None


def test_no_more_than_four_answers_are_given() -> None:
    answered = answer(", ".join(f'l{n}=("x")' for n in range(9)))

    assert answered is not None
    assert len(rfc9421.parse(answered[0][1], answered[1][1])) == 4


def _octets(data: bytes) -> str:
    return f":{b64encode(data).decode()}:"
