"""Documents that carry signatures: nobody may read them otherwise than we do."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Malformed, SmallfedError, TooLarge
from smallfed.protocol.signatures import documents


def test_bytes_and_what_they_parse_to_are_the_same_document() -> None:
    body = b'{"id":"https://a.example/1","n":[1,2.5,null,true,"\xc3\xa9"],"o":{}}'

    read = documents.strict(body)

    assert read == {"id": "https://a.example/1", "n": [1, 2.5, None, True, "é"], "o": {}}
    assert documents.strict(read) == read
    assert documents.strict(read) is not read


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"a":1,"a":1}', "a name twice"),
        (b'{"o":[{"a":1,"\\u0061":2}]}', "a name twice"),
        (b"[]", "must be a JSON object"),
        (b"", "not JSON"),
        (b'{"a":NaN}', "not JSON"),
        (b'{"a":"\xff"}', "not JSON"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "nested more than"),
        (b'{"a":' * 20000 + b"1" + b"}" * 20000, "not JSON|nested"),
        (b'{"o":{"@graph":[]}}', "@graph"),
    ],
)
def test_bytes_that_can_be_read_in_two_ways_are_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        documents.strict(body)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"bytes", {1, 2}])
def test_what_json_cannot_express_is_refused(value: object) -> None:
    with pytest.raises(Malformed, match="JSON cannot express"):
        documents.strict({"a": value})


def test_a_document_that_holds_itself_is_refused() -> None:
    document: dict[str, object] = {}
    document["a"] = document

    with pytest.raises(Malformed, match="JSON cannot express"):
        documents.strict(document)


def test_a_document_may_have_only_so_many_bytes() -> None:
    room = documents.LONGEST - len(b'{"a":""}')

    assert documents.strict(b'{"a":"' + b"x" * room + b'"}') == {"a": "x" * room}
    with pytest.raises(TooLarge, match=str(documents.LONGEST)):
        documents.strict(b'{"a":"' + b"x" * (room + 1) + b'"}')


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:1aN\\u0', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        document = documents.strict(body)
    except SmallfedError:
        return

    assert documents.strict(document) == document


def test_times_are_written_in_utc() -> None:
    here = timezone(timedelta(hours=2))

    assert documents.moment(datetime(2026, 11, 23, 4, 0, 0, 999, tzinfo=here)) == "2026-11-23T02:00:00Z"
    assert documents.moment(datetime(2026, 11, 23, 2, tzinfo=UTC)) == "2026-11-23T02:00:00Z"
