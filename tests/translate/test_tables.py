"""Tables of people, domains and posts, as Mastodon writes them and as spreadsheets leave them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from smallfed.domain.bulk import Kind, Line, Unread
from smallfed.errors import Invalid, SmallfedError, TooLarge
from smallfed.translate.tables import LARGEST, MOST, read, write

FOLLOWS = """Account address,Show boosts,Notify on new posts,Languages
bea@masto.example,true,false,
cem@gts.example,false,true,"de, en"
"""
BEA = Line(number=2, address="bea@masto.example", host="masto.example")
CEM = Line(number=3, address="cem@gts.example", host="gts.example", reblogs=False, notify=True, languages=("de", "en"))
FILES: list[tuple[Kind, str]] = [
    ("follows", FOLLOWS),
    ("followers", "Account address\nbea@masto.example\n"),
    ("blocks", "bea@masto.example\ncem@gts.example\n"),
    ("mutes", "Account address,Hide notifications\nbea@masto.example,true\ncem@gts.example,false\n"),
    ("domain-blocks", "evil.example\nxn--bcher-kva.example\n"),
    ("lists", 'Friends,bea@masto.example\nFriends,cem@gts.example\n"Birds, ""and"" cats; 🐈",bea@masto.example\n'),
    ("bookmarks", 'https://masto.example/users/bea/statuses/1\n"https://gts.example/a/%22?b=,c"\n'),
]


@pytest.mark.parametrize(("kind", "file"), FILES)
def test_what_mastodon_writes_is_read_and_written_the_same(kind: Kind, file: str) -> None:
    """Byte for byte, with the header lines that it has, and without where it has none."""
    lines = read(file.encode(), kind)

    assert all(isinstance(line, Line) for line in lines)
    assert write(kind, [line for line in lines if isinstance(line, Line)]) == file


ROWS = FOLLOWS.partition("\n")[2]


@pytest.mark.parametrize(
    "file",
    [
        FOLLOWS,
        "\ufeff" + FOLLOWS,
        FOLLOWS.replace("\n", "\r\n"),
        FOLLOWS.rstrip("\n"),
        FOLLOWS.replace("bea@", "@bea@"),
        FOLLOWS.upper().replace("BEA@MASTO.EXAMPLE", "bea@MASTO.example").replace("CEM@GTS", "cem@gts"),
        FOLLOWS.replace('"de, en"', "de  en").replace(",", ";"),
        FOLLOWS.replace("true", "yes").replace("false", "0"),
        "\n" + FOLLOWS + "\n \n,,\n" + "BEA@masto.example,false,true,\n",
        "Languages,Account address,Notify on new posts,Show boosts,Unknown\n"
        ",bea@masto.example,false,true,x\n"
        '"de, en",cem@gts.example,true,false,y\n',
    ],
)
def test_how_follows_may_look(file: str) -> None:
    """The first of two lines about one account counts."""
    assert read(file.encode(), "follows") == [BEA, CEM]


@pytest.mark.parametrize(
    ("file", "first"),
    [
        ("Domain,@BEA@masto.example\nx,bea@masto.example\nDomain,bea@masto.example", 1),
        ("List name,Account address\n Domain ,bea@masto.example\nx,bea@masto.example", 2),
        ("Account address;List name\nbea@masto.example;Domain\nbea@masto.example;x", 2),
    ],
)
def test_how_lists_may_look(file: str, first: int) -> None:
    """A list may be called like the column of another file; each account is once in each list."""
    lines = read(file.encode(), "lists")

    found = [(line.number, line.title, line.address.lower()) for line in lines if isinstance(line, Line)]
    assert found == [(first, "Domain", "bea@masto.example"), (first + 1, "x", "bea@masto.example")]
    assert len(found) == len(lines)


def test_without_headers() -> None:
    lines = read(ROWS.encode(), "follows")

    assert [(line.number, getattr(line, "address", None)) for line in lines] == [(1, BEA.address), (2, CEM.address)]
    assert read(b"bea@masto.example", "follows") == [Line(number=1, address="bea@masto.example", host="masto.example")]


@pytest.mark.parametrize(
    ("kind", "text", "address"),
    [
        ("blocks", "bea@Bücher.example", "bea@xn--bcher-kva.example"),
        ("blocks", "acct:bea@masto.example", "bea@masto.example"),
        ("domain-blocks", "*.Evil.example.", "evil.example"),
        ("domain-blocks", "bücher.example", "xn--bcher-kva.example"),
        ("domain-blocks", "#domain,#severity\nevil.example,suspend", "evil.example"),
        ("bookmarks", "https://masto.example/@bea/1", "https://masto.example/@bea/1"),
    ],
)
def test_addresses(kind: Kind, text: str, address: str) -> None:
    (line,) = read(text.encode(), kind)

    assert isinstance(line, Line)
    assert line.address == address


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("follows", "bea"),
        ("follows", "bea@"),
        ("follows", "https://masto.example/@bea"),
        ("follows", "bea@masto.example,maybe"),
        ("mutes", "bea@masto.example,perhaps"),
        ("blocks", "bea@" + "x" * 3000),
        ("blocks", f"bea@{'ü' * 80}.example"),
        ("domain-blocks", "a b"),
        ("domain-blocks", "bea@masto.example"),
        ("bookmarks", "bea@masto.example"),
        ("bookmarks", "javascript:alert(1)"),
        ("bookmarks", "ftp://masto.example/1"),
        ("lists", " ,bea@masto.example"),
        ("lists", "x" * 257 + ",bea@masto.example"),
        ("lists", "bea@masto.example"),
        ("lists", "Friends,bea"),
    ],
)
def test_lines_that_say_nothing(kind: Kind, text: str) -> None:
    """They are told with their number and the reason, and take nothing away from the others."""
    good = {"bookmarks": "https://x.example/1", "domain-blocks": "x.example", "lists": "x,x@x.example"}.get(
        kind, "x@x.example"
    )

    first, second = read(f"{text}\n{good}".encode(), kind)

    assert isinstance(first, Unread)
    assert (first.number, bool(first.reason)) == (1, True)
    assert isinstance(second, Line)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\xff\xfeb\x00e\x00a\x00", Invalid),
        (b"caf\xe9@masto.example", Invalid),
        (b"x" * (LARGEST + 1), TooLarge),
        (b"a@b.example\n" * (MOST + 2), TooLarge),
        (b'"' + b"x" * 200_000 + b'"', Invalid),
    ],
)
def test_what_is_no_such_file(data: bytes, error: type[SmallfedError]) -> None:
    with pytest.raises(error):
        read(data, "blocks")


def test_an_empty_file_has_no_lines() -> None:
    assert read(b"", "follows") == read(b"\n\n", "mutes") == read(FOLLOWS.partition("\n")[0].encode(), "follows") == []


KINDS = st.sampled_from([kind for kind, _ in FILES])


@given(
    st.one_of(st.binary(), st.text().map(str.encode), st.lists(st.sampled_from(FOLLOWS)).map("".join).map(str.encode)),
    KINDS,
)
def test_whatever_comes(data: bytes, kind: Kind) -> None:
    """It is read, or refused in words."""
    lines: list[Line | Unread] = []
    with suppress(SmallfedError):
        lines = read(data, kind)
    for line in lines:
        assert line.address if isinstance(line, Line) else line.reason


NAMES = st.from_regex(r"[a-z0-9_]{1,20}", fullmatch=True)
LINES = st.builds(
    Line,
    number=st.just(0),
    address=st.builds("{}@{}.example".format, NAMES, st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True)),
    reblogs=st.booleans(),
    notify=st.booleans(),
    languages=st.none() | st.lists(st.sampled_from(["de", "en", "zh-tw"]), min_size=1, unique=True).map(tuple),
)


LETTERS = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff")
TITLES = st.text(LETTERS, max_size=256).map(str.strip).filter(bool)


@given(st.lists(st.builds(structs.replace, LINES, title=TITLES), unique_by=lambda line: line.key))
def test_what_we_write_of_lists_we_read(lines: list[Line]) -> None:
    """Whatever lists are called."""
    again = read(write("lists", lines).encode(), "lists")

    assert [line.key for line in again if isinstance(line, Line)] == [line.key for line in lines]


@given(st.lists(LINES, unique_by=lambda line: line.address))
def test_what_we_write_we_read(lines: list[Line]) -> None:
    again = read(write("follows", lines).encode(), "follows")

    def said(line: Line | Unread) -> tuple[object, ...]:
        assert isinstance(line, Line)
        return line.address, line.reblogs, line.notify, line.languages

    assert [said(line) for line in again] == [said(line) for line in lines]
