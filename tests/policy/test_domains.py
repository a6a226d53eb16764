"""What holds for a server, by rows about it, about what is above it, and by what is allowed."""

import pytest

from smallfed.domain.domain_block import Origin
from smallfed.policy.domains import Domains, chain, covered, obfuscated

OWN, LISTS, MODE = (Origin.OWNER,), (Origin.LISTS,), (Origin.MODE,)


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("a.b.example:8443", ["a.b.example", "*.b.example", "b.example", "*.example", "example", "*"]),
        ("example", ["example", "*"]),
        ("[2001:db8::1]", ["[2001:db8::1]", "*"]),
        ("[2001:db8::1]:8443", ["[2001:db8::1]", "*"]),
        ("[::ffff:192.0.2.7]", ["[::ffff:192.0.2.7]", "*"]),
    ],
)
def test_the_names_of_rows_that_hold_for_a_host(host: str, names: list[str]) -> None:
    """The nearest first; a port is none of its name."""
    assert list(chain(host)) == names


@pytest.mark.parametrize(
    ("host", "rows", "allows", "holds"),
    [
        ("x.example", {}, (), None),
        ("x.zip", {"*.zip": OWN}, (), "*.zip"),
        ("zip", {"*.zip": OWN}, (), None),
        ("a.x.zip", {"zip": OWN}, (), "zip"),
        ("192.0.2.7:8443", {"192.0.2.7": OWN}, (), "192.0.2.7"),
        ("192.0.2.70", {"192.0.2.7": OWN}, (), None),
        ("[2001:db8::1]:8443", {"[2001:db8::1]": OWN}, (), "[2001:db8::1]"),
        ("[2001:db8::1]", {"*": MODE}, ("[2001:db8::1]",), None),
        ("x.example", {"x.example": OWN}, (), "x.example"),
        ("a.x.example", {"x.example": OWN}, (), "x.example"),
        ("notx.example", {"x.example": OWN}, (), None),
        ("x.example", {"*.x.example": OWN}, (), None),
        ("a.x.example", {"*.x.example": OWN}, (), "*.x.example"),
        ("x.example", {"x.example": OWN}, ("x.example",), "x.example"),  # the owner's own block stays
        ("a.x.example", {"x.example": OWN}, ("a.x.example",), None),  # but for what is nearer
        ("a.x.example", {"*.x.example": OWN}, ("x.example",), "*.x.example"),
        ("x.example", {"x.example": LISTS}, ("x.example",), None),
        ("a.x.example", {"a.x.example": LISTS}, ("x.example",), None),
        ("x.example", {"x.example": (*OWN, *LISTS)}, ("x.example",), "x.example"),
        ("x.example", {"*": MODE}, (), "*"),
        ("x.example", {"*": MODE}, ("x.example",), None),
        ("a.x.example", {"*": MODE}, ("*.x.example",), None),
        ("x.example", {"*": MODE}, ("*.x.example",), "*"),
        ("x.example", {"*": MODE, "x.example": LISTS}, ("x.example",), "x.example"),  # allowed, and on no list
        ("x.example", {"*": MODE, "x.example": OWN}, ("x.example",), "x.example"),
    ],
)
def test_which_row_holds(
    host: str, rows: dict[str, tuple[Origin, ...]], allows: tuple[str, ...], holds: str | None
) -> None:
    domains = Domains(rows=rows, allows=frozenset(allows))

    assert domains.hold(host) == holds
    assert (host in domains) is (holds is not None)


def test_what_is_below_is_covered() -> None:
    assert covered("a.x.example", {"x.example"})
    assert not covered("x.example", {"a.x.example"})
    assert not covered("x.example", set())


def test_a_name_that_is_not_to_be_read() -> None:
    assert obfuscated("evil.example.org") == "evil.*******.org"
