"""Block lists as others publish them, with every oddity, and as we write ours."""

import tracemalloc
from contextlib import suppress
from gzip import compress
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.json import encode

from smallfed.domain.blocklist import HIDDEN, Dropped, Entry, Format, Reading, label
from smallfed.domain.domain_block import DomainBlock, Severity
from smallfed.errors import Invalid, SmallfedError, TooLarge
from smallfed.translate.blocklists import LARGEST, MOST, read, snapshot, write
from tests.shared_data import shared
from tests.world import NOW

BAD = Entry(subject="bad.example")
LOUD = Entry(subject="loud.example", severity=Severity.SILENCE, reject_media=True, comment="Noise, mostly")

MASTODON = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
bad.example,suspend,false,false,,false
loud.example,silence,true,false,"Noise, mostly",false
"""


@pytest.mark.parametrize(
    "file",
    [
        MASTODON,
        MASTODON.replace("#", ""),
        MASTODON.replace("true", "True").replace("false", "False"),
        MASTODON.replace("true", "TRUE").replace("false", "FALSE"),
        MASTODON.replace("\n", "\r\n"),
        MASTODON.replace("\n", "\r"),
        MASTODON.rstrip("\n"),
        MASTODON.replace("#domain,#severity", "# Domain, Severity"),
        "\n\n" + MASTODON + "\n,,\n \n",
        MASTODON.replace("bad.example", "*.bad.example").replace("loud.example", "https://LOUD.example:443/about?x#y"),
        MASTODON.replace("bad.example", ".bad.example.").replace("loud.example", "@loud.example"),
        # Oliphant and Seirdy: other columns, another order, and a row to be deleted
        "domain,severity,public_comment,reject_media,reject_reports,obfuscate,sources\n"
        "000delete.this.line.if.you.have.read.the.documentation.example,suspend,,False,False,False,x\n"
        "canary.tier0.example.com,suspend,,False,False,False,x\n"
        "bad.example,suspend,,False,False,False,4\n"
        'loud.example,silence,"Noise, mostly",True,False,False,2\n',
        # a spreadsheet in some countries, and one that knows tabs
        "domain;severity;reject_media;public_comment\nbad.example;;;\nloud.example;limit;1;Noise, mostly\n",
        "domain\tseverity\treject_media\tpublic_comment\nbad.example\nloud.example\tsilence\tyes\tNoise, mostly\n",
        '[{"domain":"bad.example","digest":"00","severity":"suspend","comment":""},'
        '{"domain":"loud.example","severity":"silence","reject_media":true,"comment":"Noise, mostly"}]',
        '[{"domain":"bad.example","suspended_at":"2026-01-01T00:00:00Z"},'
        '{"domain":"loud.example","silenced_at":"2026-01-01","reject_media":true,"public_comment":"Noise, mostly"}]',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_how_the_same_list_may_be_written(file: str, encoding: str) -> None:
    """Each says of one server that it is to be blocked, and of another that it is to be limited."""
    found = read(file.encode(encoding))

    assert (found.people, found.entries) == (False, (BAD, LOUD))


def test_what_is_said_for_those_who_read_the_list_is_kept_apart() -> None:
    """As fediblock-sync writes it."""
    file = "domain,severity,private_comment,public_comment\nbad.example,suspend,synced from x,iftas:hate-speech;spam\n"

    (entry,) = read(file.encode()).entries

    assert entry == Entry(subject="bad.example", note="synced from x", comment="iftas:hate-speech;spam")
    assert entry.says == {"hate-speech", "spam"}


def test_lines_of_text() -> None:
    """A name on each; what else stands there is for people, or of no use, and is counted."""
    file = """# Our list
    // made by hand
    ! and with care

    bad.example
    *.wild.example   # with all below it
    https://pasted.example/users
    bücher.example
    ПРИМЕР.испытание
    port.example:8443
    bad.example
    eve@bad.example
    this is prose
    com
    co.uk
    192.0.2.7
    [2001:db8::1]
    dead.invalid
    canary.example.org
    -dash.example
    a..b.example
    home.example
    """

    found = read(file.encode(), ours=("social.home.example",))

    assert found == Reading(
        format=Format.TEXT,
        people=False,
        entries=(
            BAD,
            Entry(subject="wild.example", comment="with all below it"),
            Entry(subject="pasted.example"),
            Entry(subject="xn--bcher-kva.example"),
            Entry(subject="xn--e1afmkfd.xn--80akhbyknj4f"),
            Entry(subject="port.example"),
        ),
        dropped=(
            Dropped(
                reason="it is no name of a server",
                count=3,
                examples=("this is prose", "-dash.example", "a..b.example"),
            ),
            Dropped(reason="it is a whole top-level domain", count=2, examples=("com", "co.uk")),
            Dropped(
                reason="it is the number of a machine, and no name", count=2, examples=("192.0.2.7", "[2001:db8::1]")
            ),
            Dropped(reason="it exists nowhere", count=2, examples=("dead.invalid", "canary.example.org")),
            Dropped(reason="it is named twice", count=1, examples=("bad.example",)),
            Dropped(reason="it is somebody, and no server", count=1, examples=("eve@bad.example",)),
            Dropped(reason="it is where you live", count=1, examples=("home.example",)),
        ),
    )


def test_nobody_who_lives_here_is_named() -> None:
    """By handle or id; who lives below or above is somebody else."""
    file = """
    @alice@home.example
    https://home.example/users/alice
    alice@sub.home.example
    """

    found = read(file.encode(), ours=("home.example",), people=True)

    assert [entry.subject for entry in found.entries] == ["@alice@sub.home.example"]
    assert [(drop.reason, drop.count) for drop in found.dropped] == [("it is you", 2)]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"a." * 500_000 + b"-", "it is no"),
        (b"@eve@" + b"a." * 500_000 + b"-", "it is no"),
        (b"https://" + b"a." * 500_000 + b"-/users/eve", "it is no"),
        (b"[" + b"[]," * 400_000 + b"[]]", "at most 1,000,000 values"),
        (b"[" + b'"a",' * 1_100_000 + b'"a"]', "at most 1,000,000 values"),
        (b"ab\n" * 100_001, "at most 100000 lines"),
    ],
    ids=["one name", "one person", "one address", "nested", "values", "lines"],
)
@pytest.mark.parametrize("people", [False, True])
def test_no_list_takes_more_room_than_its_text_says(data: bytes, says: str, people: bool) -> None:
    """A single name of some megabytes took hundreds more, and stopped everything for seconds."""
    tracemalloc.start()
    try:
        with pytest.raises((Invalid, TooLarge), match=says):
            read(data, people=people)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most < 50_000_000


ROW = "spam{}.example,suspend,{}"


@pytest.mark.parametrize(
    ("head", "row", "between", "tail"),
    [
        ("domain,severity,public_comment\n", ROW, "\n", "\n"),
        ("domain,severity,public_comment\r", ROW, "\r", "\r"),
        ("", "spam{}.example # {}", "\n", "\n"),
        ("[", '{{"domain": "spam{}.example", "comment": "{}"}}', ",", "]"),
    ],
    ids=["table", "table of an old Mac", "lines", "JSON"],
)
def test_a_picture_in_a_comment_takes_no_room(head: str, row: str, between: str, tail: str) -> None:
    """One of them, and a text takes four times as much: a table of eight megabytes took a hundred."""
    rows = between.join(row.format(number, "🦊" if number == 1 else "x" * 3500) for number in range(2000))
    data = f"{head}{rows}{tail}".encode()
    tracemalloc.start()
    try:
        found = read(data)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (len(found.entries), found.dropped, found.entries[1].comment) == (2000, (), "🦊")
    assert len(data) > 7_000_000
    assert most < 20_000_000


def test_of_what_is_named_twice_the_strictest_counts() -> None:
    """Whichever comes first."""
    file = "domain,severity\nbad.example,silence\nbad.example,suspend\nbad.example,noop\n"

    assert read(file.encode()).entries == (BAD,)


def test_hidden_names_are_known_by_their_digest() -> None:
    """As Mastodon tells of its blocks; without a digest nobody can know."""
    digest = sha256(b"bad.example").hexdigest()
    file = f"""[{{"domain":"b*d.ex*****","digest":"{digest}","severity":"silence","comment":null}},
        {{"domain":"x*.example","severity":"suspend"}}, "plain.example", 7, {{"domain": null}}, null]"""

    found = read(file.encode())

    assert found.entries == (
        Entry(subject=HIDDEN + digest, severity=Severity.SILENCE, note="b*d.ex*****"),
        Entry(subject="plain.example"),
    )
    assert {drop.reason: drop.count for drop in found.dropped} == {
        "it has no name": 3,
        "its name is hidden, and there is no digest": 1,
    }


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("i❤.example", "xn--i-7iq.example"),
        ("I❤\ufe0f.example", "xn--i-7iq.example"),
        ("xn--i-7iq.example", "xn--i-7iq.example"),
        ("🦊.bücher.example", "xn--9s9h.xn--bcher-kva.example"),
    ],
)
def test_names_with_pictures(name: str, subject: str) -> None:
    """GoToSocial exports names as people read them, and some have one that IDNA 2008 does not know."""
    assert [entry.subject for entry in read(encode([{"domain": name, "public_comment": ""}])).entries] == [subject]


def test_drafts_of_gotosocial() -> None:
    """Who is to be let in is not kept away."""
    drafts = [
        {"id": "01", "domain": "bad.example", "permission_type": "block", "public_comment": "Spam"},
        {"id": "02", "domain": "good.example", "permission_type": "allow", "public_comment": "Friends"},
    ]

    found = read(encode(drafts))

    assert found.entries == (Entry(subject="bad.example", comment="Spam"),)
    assert found.dropped == (Dropped(reason="it is let in", count=1, examples=("good.example",)),)


def test_servers_that_misskey_knows() -> None:
    """All that it federates with stand there, too; nothing holds for these, nor because one did not answer."""
    nothing = {"isBlocked": False, "isSilenced": False, "isSuspended": False, "isMediaSilenced": False}
    servers = [
        {"id": "1", "host": "bad.example"} | nothing | {"isBlocked": True, "isSilenced": True},
        {"id": "2", "host": "loud.example"} | nothing | {"isSilenced": True, "rejectReports": True},
        {"id": "3", "host": "false.example"} | nothing | {"rejectReports": True},
        {"id": "4", "host": "fine.example"} | nothing,
        {"id": "5", "host": "away.example"} | nothing | {"isSuspended": True, "isBlocked": "true"},
    ]

    found = read(encode(servers))

    assert found.entries == (
        BAD,
        Entry(subject="loud.example", severity=Severity.SILENCE, reject_reports=True),
        Entry(subject="false.example", severity=Severity.NOOP, reject_reports=True),
    )
    assert found.dropped == (
        Dropped(reason="nothing of it is kept away", count=2, examples=("fine.example", "away.example")),
    )


POLICY = {
    "enabled": True,
    "exclusions": False,
    "mrf_policies": ["SimplePolicy"],
    "mrf_simple": {
        "accept": ["friends.example"],
        "avatar_removal": ["bare.example"],
        "federated_timeline_removal": ["loud.example"],
        "followers_only": ["quiet.example"],
        "media_nsfw": ["nsfw.example"],
        "media_removal": ["loud.example", "bad.example"],
        "reject": ["bad.example", "*.worse.example", 7],
        "reject_deletes": ["stays.example"],
        "report_removal": ["loud.example"],
    },
    "mrf_simple_info": {
        "reject": {"bad.example": {"reason": "Spam"}, "*.worse.example": {"reason": None}},
        "media_removal": {"bad.example": {"reason": "Gore"}, "loud.example": {"reason": "Noise, mostly"}},
    },
    "quarantined_instances": ["far.example"],
}


@pytest.mark.parametrize(
    "document",
    [
        {"version": "2.1", "software": {"name": "akkoma"}, "metadata": {"federation": POLICY, "nodeName": "A"}},
        {"uri": "https://a.example", "pleroma": {"metadata": {"federation": POLICY, "features": []}}},
    ],
    ids=["nodeinfo", "instance"],
)
def test_the_policy_of_pleroma(document: Any) -> None:
    """Of each server all that it does with it, and why."""
    found = read(encode(document))

    assert (found.format, found.people, found.onward) == (Format.JSON, False, None)
    assert set(found.entries) == {
        Entry(subject="bad.example", reject_media=True, comment="Spam"),
        Entry(subject="worse.example"),
        structs.replace(LOUD, reject_reports=True),
        Entry(subject="quiet.example", severity=Severity.SILENCE),
        Entry(subject="bare.example", severity=Severity.NOOP, reject_media=True),
    }
    assert [drop.examples for drop in found.dropped] == [("7",)]


@pytest.mark.parametrize("simple", [{}, {"reject": None}, {"reject": "bad.example"}, {"accept": ["a.example"]}])
def test_a_policy_that_keeps_nobody_away_says_nothing(simple: Any) -> None:
    """Whatever stands there instead of names."""
    document = {"metadata": {"federation": {"mrf_simple": simple, "mrf_simple_info": {"reject": 7}}}}

    assert read(encode(document)).entries == ()


def change(name: str, policy: str = "drop", *filters: str, kind: str = "domain", type_: str = "Recommendation") -> Any:
    """Return a change as FIRES has it."""
    said = {"recommendedPolicy": policy, "recommendedFilters": filters}
    id_ = f"https://fires.example/datasets/1/changes/{name}"
    return {"id": id_, "type": type_, "entityKind": kind, "entityKey": name} | said


LABEL = "https://fires.example/labels/1"


@pytest.mark.parametrize(("items", "type_"), [("orderedItems", "OrderedCollection"), ("items", "Collection")])
def test_a_data_set_of_fires(items: str, type_: str) -> None:
    """As its server has it: what is recommended about servers and people; what was taken back is not there."""
    changes = [
        change("bad.example") | {"labels": [LABEL, {"id": f"{LABEL}2", "name": "Spam"}, 7]},
        change("worse.example", "reject", kind="Domain"),
        change("https://bad.example/users/eve", kind="actor"),
        change("loud.example", "filter"),
        change("bare.example", "filter", "https://fires.fedimod.org/filters#reject-media", "ignore-reports"),
        change("both.example", "filter", "reject-media", "auto-unlisted"),
        change("kind.example", "accept"),
        change("new.example", type_="Advisory"),
        change("gone.example", type_="Retraction"),
        {"id": "https://fires.example/datasets/1/changes/9", "type": "Tombstone"},
        change("spam.example", kind="emaildomain"),
        7,
    ]

    found = read(encode({"type": type_, "totalItems": len(changes), items: changes}))

    assert (found.format, found.people) == (Format.JSON, False)
    assert found.entries == (
        structs.replace(BAD, labels=(LABEL, f"{LABEL}2", "Spam")),
        Entry(subject="worse.example"),
        Entry(subject="https://bad.example/users/eve"),
        Entry(subject="loud.example", severity=Severity.SILENCE),
        Entry(subject="bare.example", severity=Severity.NOOP, reject_media=True, reject_reports=True),
        Entry(subject="both.example", severity=Severity.SILENCE, reject_media=True),
    )
    assert label(LABEL) in found.entries[0].says
    assert {drop.reason: drop.examples for drop in found.dropped} == {
        "it recommends to keep nothing away": ("kind.example",),
        "it is a notice, and recommends nothing": ("new.example",),
        "it is about neither a server nor somebody": ("spam.example",),
        "it has no name": ("",),
    }


def test_where_all_is_retracted_nothing_is_said() -> None:
    """Whether that is to be believed is not decided here."""
    gone = encode({"type": "Collection", "items": [change("gone.example", type_="Retraction")]})

    assert read(gone).entries == ()


DATA_SET = {"type": "Dataset", "endpoints": {"snapshot": "https://fires.example/datasets/1/snapshot"}}


@pytest.mark.parametrize(
    ("document", "address"),
    [
        (encode(DATA_SET), "https://fires.example/datasets/1/snapshot"),
        (encode(DATA_SET | {"content": "x" * 70_000}), None),
        (encode(DATA_SET | {"type": "Collection"}), None),
        (encode(DATA_SET | {"endpoints": None}), None),
        (encode(DATA_SET | {"endpoints": {"snapshot": "javascript:alert(1)"}}), None),
        (b"{", None),
        (b"[]", None),
        (b"bad.example\n", None),
    ],
)
def test_what_describes_a_data_set_says_where_it_is(document: bytes, address: str | None) -> None:
    """And nothing else does."""
    assert snapshot(document) == address


@pytest.mark.parametrize(
    "file",
    [
        "Account address\neve@bad.example\nMAL@bad.example\n",
        "Account address,Hide notifications\neve@bad.example,true\nmal@bad.example,false\n",
        "eve@bad.example\n@mal@bad.example\n",
        "Account address,Show boosts,Notify on new posts,Languages\n"
        'eve@bad.example,true,false,"en, de"\nmal@bad.example,false,false,\n',
        "List name,Account address\nBad,eve@bad.example\nBad,mal@bad.example\n",
        "eve@bad.example,withReplies=true\nmal@bad.example,withReplies=false\n",  # Sharkey's
        "# two\nacct:eve@bad.example\nmal@BAD.example # again\n",
        "handle,severity,reason\neve@bad.example,,\nmal@bad.example,,\n",
        '["eve@bad.example", "mal@bad.example"]',
    ],
)
def test_lists_of_people(file: str) -> None:
    """Mastodon's blocked and muted accounts, and handles as people write them."""
    found = read(file.encode())

    assert found.people
    assert [entry.subject for entry in found.entries] == ["@eve@bad.example", "@mal@bad.example"]


def test_people_by_their_ids() -> None:
    """An address in a list of people is somebody; in a list of servers it is where they live."""
    file = b"https://bad.example/users/eve\nhttps://bad.example/\n"

    assert [entry.subject for entry in read(file, people=True).entries] == ["https://bad.example/users/eve"]
    assert [entry.subject for entry in read(file).entries] == ["bad.example"]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"\xef\xbb\xbf\r\n  <html>", "web page"),
        (b"com\nlocalhost\n", "names nobody (1 × it is a whole top-level domain; 1 × it exists nowhere)"),
        (b'{"error":"This action is not allowed"}', "'This action is not allowed'"),
        (b'{"version":"2.0","metadata":{"federation":{"enabled":true}}}', "does not tell whom it keeps away"),
        (b'{"version":"2.0","metadata":{"nodeName":"A"}}', "no list of servers"),
        (b'{"pleroma":7}', "no list of servers"),
        (encode({"type": "OrderedCollection", "first": "https://fires.example/1"}), "subscribe to the data set itself"),
        (encode({"type": "OrderedCollectionPage", "orderedItems": []}), "subscribe to the data set itself"),
        (b"[" * 5000, "no JSON"),
        (b"[{", "no JSON"),
        (compress(b"bad.example\n", mtime=0), "a packed file or a spreadsheet"),
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "a packed file or a spreadsheet"),
        (b'domain,severity\n"' + b"x" * 200_000, "no table"),
    ],
)
def test_what_is_no_list_is_refused(file: bytes, message: str) -> None:
    """In words that say what it is."""
    with pytest.raises(Invalid) as caught:
        read(file)

    assert message in caught.value.message


@pytest.mark.parametrize("file", [b"", b"\n", b"#domain,#severity\n", b"[]", b"# nobody\n"])
def test_what_is_empty_says_nothing(file: bytes) -> None:
    """Whether that is to be believed is not decided here."""
    assert read(file).entries == ()


@pytest.mark.parametrize("file", [b"a.example\n" * (MOST + 1), b"#" * (LARGEST + 1)])
def test_what_is_too_large_is_refused(file: bytes) -> None:
    """Before it is understood."""
    with pytest.raises(TooLarge):
        read(file)


def test_what_a_list_writes_is_a_line_of_text() -> None:
    """Its publisher has no say about a terminal or a page, nor about how much there is to keep."""
    turned = "a\u202eb\x1b[2J\u009bc\u2066"
    many = ",".join(f"label {number}" for number in range(60))
    items = [
        {"domain": "bad.example", "comment": turned * 1000, "labels": [turned]},
        {"domain": "loud.example", "labels": many},
        {"account": "https://far.example/users/\u202eeve", "domain": None},
    ]

    bad, loud = read(encode(items), people=False).entries

    assert bad.comment.startswith("a b [2J c a b")
    assert (len(bad.comment), bad.labels) == (1000, ("a b [2J c",))
    assert (len(loud.labels), loud.labels[-1]) == (50, "label 49")


def test_a_comment_in_an_old_encoding_harms_nobody() -> None:
    """Spreadsheets write what they like."""
    file = "domain,severity,public_comment\nbad.example,suspend,Belästigung\n".encode("cp1252")

    assert read(file).entries == (Entry(subject="bad.example", comment="Belästigung"),)


@example(b"\x00\r\x00", Format.AUTO)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)), st.sampled_from(Format))
def test_nothing_breaks_it(data: bytes, format_: Format) -> None:
    """Whatever stands there, it is a list or it is said why not."""
    with suppress(SmallfedError):
        found = read(data, format_=format_)

        assert all(entry.subject for entry in found.entries)


HOSTS = st.from_regex(r"[a-z]{1,8}\.[a-z]{2,8}\.example", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)


@given(
    st.lists(
        st.builds(
            DomainBlock,
            id=st.just(1),
            created_at=st.just(NOW),
            domain=HOSTS,
            severity=st.sampled_from(Severity),
            reject_media=st.booleans(),
            reject_reports=st.booleans(),
            public_comment=TEXTS.filter(lambda text: "canary" not in text.lower()),
            private_comment=TEXTS,
            obfuscate=st.booleans(),
        ),
        min_size=1,
        unique_by=lambda block: block.domain,
    )
)
def test_what_we_write_is_read_the_same(blocks: list[DomainBlock]) -> None:
    """All but what was for the owner's eyes."""
    expected = tuple(
        Entry(
            subject=one.domain,
            severity=one.severity,
            reject_media=one.reject_media,
            reject_reports=one.reject_reports,
            comment=one.public_comment,
            obfuscate=one.obfuscate,
        )
        for one in blocks
    )

    assert read(write(blocks).encode()).entries == expected


def test_oliphants_lists() -> None:
    """Both forms say the same, and nothing is lost but what is there to be lost."""
    folder = shared("blocklists") / "oliphant"
    plain = read((folder / "_unified_tier0_blocklist.csv").read_bytes())
    mastodon = read((folder / "_unified_tier0_blocklist.mastodon.csv").read_bytes())

    assert plain == mastodon
    assert (len(plain.entries), plain.dropped) == (449, ())
    assert plain.entries[3] == Entry(
        subject="13bells.com", comment="iftas:hate-speech;online-harassment", obfuscate=True
    )


def test_the_list_of_iftas() -> None:
    """Its canary is no server."""
    found = read((shared("blocklists") / "oliphant" / "iftas-aud.csv").read_bytes())

    assert found.entries[1] == Entry(
        subject="abyss.fun", severity=Severity.SILENCE, comment="iftas:disinformation;cib;spam", obfuscate=True
    )
    assert [drop.examples for drop in found.dropped] == [("aud.invalid",)]
