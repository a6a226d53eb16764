import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.text.scan import Kind, hashtags, normal_handle, normal_tag, scan


def found(text: str, kind: Kind) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.value) for span in scan(text) if span.kind is kind]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("@bob", ["bob"]),
        ("(@bob), @Al.i-ce_x. @_", ["bob", "Al.i-ce_x", "_"]),
        ("@bob@peer.example.", ["bob@peer.example"]),
        ("@bob@Peer.Example's", ["bob@Peer.Example"]),
        ("@bob@münchen.example", ["bob@münchen.example"]),
        ("@bob@localhost:8420! @bob@host:3", ["bob@localhost:8420", "bob@host"]),
        ("@bob@", ["bob"]),
        ("こんにちは @bob さん", ["bob"]),
        ("me@peer.example x/@bob =@bob @@bob @bobé @", []),
        ("https://peer.example/@bob", []),
    ],
)
def test_mentions(text: str, values: list[str]) -> None:
    assert [value for _, value in found(text, Kind.MENTION)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("#cats (#dogs) #a_b #1st #_", ["cats", "dogs", "a_b", "1st", "_"]),
        ("#a·b· #foo-bar #Ünï", ["a·b", "foo", "Ünï"]),
        ("#日本語タグ、#हिन्दी", ["日本語タグ", "हिन्दी"]),
        ("#123 #१२ #1·2 #· # ## a#b &#39; /#a ##y", []),
        ("https://e.example/#frag", []),
    ],
)
def test_hashtags(text: str, values: list[str]) -> None:
    assert [value for _, value in found(text, Kind.HASHTAG)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("https://e.example", ["https://e.example"]),
        ("(see https://e.example/a).", ["https://e.example/a"]),
        ("https://e.example/Foo_(bar)), x", ["https://e.example/Foo_(bar)"]),
        ("https://e.example/a?b=1&c=[2]... HTTP://E.EXAMPLE/", ["https://e.example/a?b=1&c=[2]", "HTTP://E.EXAMPLE/"]),
        ('<https://e.example/a> "https://e.example/b" \'https://e.example/c\'',
         ["https://e.example/a", "https://e.example/b", "https://e.example/c"]),
        ("これhttps://例え.example/パス。次", ["https://例え.example/パス"]),
        ("https://[::1]:8420/a **https://e.example**", ["https://[::1]:8420/a", "https://e.example"]),
        ("https://e.example/@bob#x:y:", ["https://e.example/@bob#x:y"]),
        ("[https://e.example/a] https://e.example/b[", ["https://e.example/a", "https://e.example/b"]),
        ("http:// https://. https://) xhttps://e.example ftp://e.example https:e.example", []),
    ],
)  # fmt: skip
def test_links(text: str, values: list[str]) -> None:
    assert [value for _, value in found(text, Kind.LINK)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [(":blob: (:blob_cat:)!", ["blob", "blob_cat"]), (":a: x:bb: :bb:x :bb::cc: 12:30:45 :b-b: ::", [])],
)
def test_emojis(text: str, values: list[str]) -> None:
    assert [value for _, value in found(text, Kind.EMOJI)] == values


@given(st.text(alphabet="@#:/.·_()[]ab1 é\u200dhttps", max_size=40) | st.text(max_size=40))
def test_spans_are_in_order_and_say_what_stands_there(text: str) -> None:
    position = 0
    for span in scan(text):
        assert position <= span.start < span.end <= len(text)
        assert span.value
        assert span.value in text[span.start : span.end]
        position = span.end


@pytest.mark.parametrize(
    "unit",
    [
        "@",
        "@a.",
        "#a",
        ":a",
        "https://(",
        "https://)",
        "https://_",
        "https://a]",
        "https://a[",
        "@a@",
        ":aa",
        "#·",
        "@a-",
    ],
)
def test_long_repetitions_are_scanned_once(unit: str) -> None:
    assert len(scan(unit * 100_000)) <= 100_000


def test_normal_forms() -> None:
    assert normal_tag("#ＣａｔS") == normal_tag("cats") == "cats"
    assert normal_handle("@Bob@Peer.Example") == "bob@peer.example"


def test_each_once_in_order() -> None:
    assert hashtags("#Cats #dogs #cats") == ["Cats", "dogs"]
