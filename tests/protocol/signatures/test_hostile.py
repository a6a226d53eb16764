"""Hypothesis: whatever we sign verifies, whatever is changed does not, and garbage is refused politely."""

import string
from contextlib import suppress

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import structs

from smallfed.errors import Malformed, Unauthenticated
from smallfed.protocol.signatures import cavage, rfc9421, signing, verifying
from smallfed.protocol.signatures.message import Message
from smallfed.protocol.signatures.signing import Scheme
from tests.protocol.signatures import samples
from tests.protocol.signatures.samples import HOST, NOW, signed

# Each request costs a signature and several checks; the searches are short here because they run on every change.
FEW = settings(max_examples=40)
SOME = settings(max_examples=150)

schemes: st.SearchStrategy[Scheme] = st.sampled_from(["cavage", "rfc9421"])
methods = st.sampled_from(["POST", "GET", "PUT", "DELETE", "HEAD"])
url_text = st.text(alphabet=string.ascii_letters + string.digits + "%-._~!$&'()*+,;=:@/?", max_size=40)
values = st.text(alphabet=string.printable[:95], max_size=40)
names = st.from_regex(r"x-[a-z0-9]{1,8}", fullmatch=True)
extras = st.lists(st.tuples(names, values), max_size=4, unique_by=lambda line: line[0])


@st.composite
def requests(draw: st.DrawFn) -> tuple[Message, signing.Scheme]:
    """A request signed by us, its headers in any order, in company of others."""
    method, scheme = draw(methods), draw(schemes)
    message = signed(
        scheme,
        method=method,
        url=f"https://{HOST}/{draw(url_text)}",
        body=None if method in ("GET", "HEAD") else draw(st.binary(max_size=60)),
        extra=draw(extras),
    )
    company = draw(st.lists(st.tuples(st.just("y-other"), values), max_size=2))
    return structs.replace(message, headers=tuple(draw(st.permutations([*message.headers, *company])))), scheme


def holds(message: Message) -> bool:
    """Whether a door would believe the request; any refusal other than the two kinds is a failure."""
    with suppress(Malformed, Unauthenticated):
        claims = verifying.admit(message, now=NOW, hosts={HOST})
        return any(verifying.check(claim, message, samples.ed25519().public) for claim in claims)
    return False


@FEW
@given(requests())
def test_what_we_sign_verifies(signed_request: tuple[Message, Scheme]) -> None:
    message, _ = signed_request

    assert holds(message)


@FEW
@given(st.permutations(["(request-target)", "host", "date", "digest", "content-type", "x-one", "x-two"]), st.data())
def test_the_old_draft_covers_in_any_order(covered: list[str], data: st.DataObject) -> None:
    """What is covered, and in which order, is for whoever signs to say; the headers come in another one."""
    message = signed("cavage", extra=[("x-one", data.draw(values)), ("x-two", "2")])
    lines = [line for line in message.headers if line[0] != "signature"]
    bare = structs.replace(message, headers=tuple(lines))

    signature = cavage.sign(bare, key_id=samples.KEY_ID, key=samples.ed25519(), covered=covered)

    assert holds(
        structs.replace(bare, headers=tuple(data.draw(st.permutations([*lines, ("signature", signature[1])]))))
    )


@FEW
@given(
    st.permutations(["@method", "@target-uri", "@authority", "content-digest", "content-type", "date", "x-one"]),
    st.data(),
)
def test_the_standard_covers_in_any_order(covered: list[str], data: st.DataObject) -> None:
    """The same, for RFC 9421."""
    message = signed("rfc9421", extra=[("x-one", data.draw(values))])
    lines = [line for line in message.headers if not line[0].startswith("signature")]
    bare = structs.replace(message, headers=tuple(lines))

    made = rfc9421.sign(bare, key_id=samples.KEY_ID, key=samples.ed25519(), now=NOW, covered=covered)

    ours = [(name.lower(), value) for name, value in made]
    assert holds(structs.replace(bare, headers=tuple(data.draw(st.permutations([*lines, *ours])))))


def covered_headers(message: Message) -> list[str]:
    (claim,) = verifying.parse(message)
    return [name for name in claim.covered if not name.startswith(("@", "("))]


@FEW
@given(requests(), st.data())
def test_a_covered_header_cannot_change(signed_request: tuple[Message, Scheme], data: st.DataObject) -> None:
    message, _ = signed_request
    candidates = covered_headers(message)
    assume(candidates)
    name = data.draw(st.sampled_from(candidates))
    before = message.field(name) or ""
    after = data.draw(values | st.sampled_from([before + "x", before[:-1], before + ", " + before, before.swapcase()]))
    assume(after.strip(" \t") != before)
    # Host is compared without regard to case by the door, but it is signed as written.
    changed = tuple((line, after if line == name else value) for line, value in message.headers)

    assert not holds(structs.replace(message, headers=changed))


@FEW
@given(requests(), st.data())
def test_a_covered_header_cannot_be_removed_or_repeated(
    signed_request: tuple[Message, Scheme], data: st.DataObject
) -> None:
    message, _ = signed_request
    candidates = covered_headers(message)
    assume(candidates)
    name = data.draw(st.sampled_from(candidates))

    removed = tuple(line for line in message.headers if line[0] != name)
    repeated = (*message.headers, (name, message.field(name) or ""))

    assert not holds(structs.replace(message, headers=removed))
    assert not holds(structs.replace(message, headers=repeated))


@FEW
@given(requests(), url_text)
def test_the_target_cannot_change(signed_request: tuple[Message, Scheme], text: str) -> None:
    message, scheme = signed_request
    other = structs.replace(message, target="/" + text)
    assume(other.target != message.target)
    # The old draft is taken with the query or without, so a request signed without one holds with any.
    assume(not (scheme == "cavage" and other.path == message.target))

    assert not holds(other)


@FEW
@given(requests(), st.binary(max_size=60))
def test_the_body_cannot_change(signed_request: tuple[Message, Scheme], body: bytes) -> None:
    message, _ = signed_request
    assume(body != (message.body or b""))

    assert not holds(structs.replace(message, body=body))


@FEW
@given(requests(), methods)
def test_the_method_cannot_change(signed_request: tuple[Message, Scheme], method: str) -> None:
    message, _ = signed_request
    assume(method != message.method)

    assert not holds(structs.replace(message, method=method))


@FEW
@given(requests(), st.data())
def test_a_signature_header_with_one_character_changed_never_crashes(
    signed_request: tuple[Message, Scheme], data: st.DataObject
) -> None:
    message, _ = signed_request
    place = data.draw(st.sampled_from([n for n, line in enumerate(message.headers) if line[0].startswith("signature")]))
    name, value = message.headers[place]
    at = data.draw(st.integers(0, len(value) - 1))
    character = data.draw(st.characters(max_codepoint=255))
    changed = (
        *message.headers[:place],
        (name, value[:at] + character + value[at + 1 :]),
        *message.headers[place + 1 :],
    )

    holds(structs.replace(message, headers=changed))


latin = st.text(alphabet=st.characters(max_codepoint=255), max_size=80)
WORDS = """
    sig1 keyId keyid headers signature created expires algorithm alg name key sf bs req rsa-sha256 hs2019 é
    "@method" "@query-param" "k" :AAAA: 1 -1 1.5 99999999999999999999 @1 %"a" =( =("
"""
pieces = st.lists(
    st.sampled_from([*'(),;="\\:?@% *', *WORDS.split(), '"(request-target) host date"']), max_size=30
).map("".join)
garbage = latin | pieces
header_names = st.sampled_from(
    ["signature", "signature-input", "authorization", "digest", "content-digest", "date", "host", "x"]
)


@SOME
@given(methods, latin, latin, st.lists(st.tuples(header_names, garbage), max_size=6), st.binary(max_size=20))
def test_garbage_is_refused_and_nothing_else(
    method: str, authority: str, target: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    message = Message(method=method, authority=authority, target=target, headers=tuple(headers), body=body)

    assert not holds(message)


@SOME
@given(pieces, pieces)
def test_garbage_components_are_refused_and_nothing_else(inside: str, after: str) -> None:
    member = f'a=("@method" {inside}){after};created={int(NOW.timestamp())};keyid="k"'
    headers = (("signature-input", member), ("signature", "a=:AAAA:"), ("host", HOST), ("x", "a=1, b=%"), ("é", "1"))

    assert not holds(Message(method="GET", authority=HOST, target="/?a=%ff&b", headers=headers))


@SOME
@given(garbage | pieces.map('a=("@method" {}'.format) | pieces.map('a=("@method");{}'.format))
def test_a_garbage_challenge_gives_an_answer_that_holds_or_none(challenge: str) -> None:
    url = f"https://{HOST}/inbox"
    headers = signing.answer_challenge(challenge, "POST", url, b"body", key_id="k", key=samples.ed25519(), now=NOW)
    if headers is None:
        return

    message = samples.received("POST", url, headers, b"body")

    claims = verifying.parse(message)
    assert claims
    for claim in claims:
        assert isinstance(claim, rfc9421.Claim)
        verifying.judge(claim, message, now=NOW, hosts={HOST})
        assert verifying.check(claim, message, samples.ed25519().public)
