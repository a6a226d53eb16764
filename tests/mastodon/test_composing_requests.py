"""What clients ask to be said: every form of it, and what is refused with which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from smallfed.domain.post import Visibility
from smallfed.domain.wish import Wish
from smallfed.errors import Invalid, SmallfedError
from smallfed.mastodon import composing
from smallfed.mastodon.composing import MAX_CHARACTERS
from smallfed.pages.brackets import Value
from smallfed.pages.trees import Tree, read_form, read_json

FULL = Wish(
    text="Hello *world*",
    content_type="text/markdown",
    visibility=Visibility.PRIVATE,
    summary="A greeting",
    sensitive=True,
    language="pt-BR",
    in_reply_to_id=7,
)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(
            read_form(
                b"status=Hello+*world*&content_type=text/markdown&visibility=private&spoiler_text=A+greeting"
                b"&sensitive=true&language=pt_br&in_reply_to_id=7&media_ids[]=&poll[options][]=&unknown[a][]=1"
            ),
            id="form",
        ),
        pytest.param(
            read_json(
                b'{"status": "Hello *world*", "content_type": "text/markdown", "visibility": "private",'
                b' "spoiler_text": " A greeting ", "sensitive": "True", "language": "PT-br", "in_reply_to_id": "7",'
                b' "media_ids": [], "poll": null, "scheduled_at": null, "quoted_status_id": null, "local_only": "no"}'
            ),
            id="json",
        ),
        pytest.param(
            {
                "status": "Hello *world*",
                "content_type": "text/markdown",
                "visibility": "private",
                "spoiler_text": "A greeting",
                "sensitive": 1,
                "language": "pt-BR",
                "in_reply_to_id": 7,
                "media_ids": None,
                "scheduled_at": "",
            },
            id="values",
        ),
    ],
)
def test_every_form_of_body_says_the_same(values: dict[str, Value]) -> None:
    assert composing.read(Tree(values)) == FULL


def test_what_is_empty_or_null_is_left_open() -> None:
    asked = Tree({"status": "Hello", "visibility": "", "language": None, "in_reply_to_id": "", "sensitive": ""})

    assert composing.read(asked) == Wish(text="Hello")


@pytest.mark.parametrize(
    "said",
    [{"local_only": "true"}, {"local_only": True, "visibility": "public"}, {"federated": 0}, {"visibility": "local"}],
)
def test_what_shall_stay_here(said: dict[str, Value]) -> None:
    """As Glitch and Hometown, GoToSocial, and Akkoma have it said."""
    assert composing.read(Tree({"status": "Psst", **said})) == Wish(text="Psst", local=True)


def test_a_warning_without_a_text_is_the_text() -> None:
    assert composing.read(Tree({"status": " \n", "spoiler_text": "Boo"})) == Wish(text="Boo")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Validation failed: Text can't be blank"),
        ({"status": " \n\t"}, "Validation failed: Text can't be blank"),
        (
            {"status": "a" * (MAX_CHARACTERS + 1)},
            f"Validation failed: Text character limit of {MAX_CHARACTERS} exceeded",
        ),
        (
            {"status": "a" * (MAX_CHARACTERS - 1), "spoiler_text": "ab"},
            f"Validation failed: Text character limit of {MAX_CHARACTERS} exceeded",
        ),
        ({"status": "a", "visibility": "secret"}, "visibility should be one of: public, unlisted, private, direct"),
        ({"status": "a", "content_type": "text/html"}, "content_type should be one of: text/plain, text/markdown"),
        ({"status": "a", "language": "klingon!"}, "language should be a code such as en or pt-BR"),
        ({"status": "a", "in_reply_to_id": "x"}, "in_reply_to_id should be a whole number"),
        ({"status": "a", "media_ids": ["x"]}, "media_ids should be a whole number"),
        ({"status": "a", "media_ids": [*map(str, range(17))]}, "Validation failed: Cannot attach more than 16 files"),
        (
            {"status": "a", "media_ids": ["1"], "poll": {"options": ["a", "b"], "expires_in": 300}},
            "Validation failed: A post has either media or a poll, not both",
        ),
        (
            {"status": "a", "media_ids": ["1"], "media_attributes": [{"id": "1", "focus": "left"}]},
            'focus should be two numbers from -1 to 1 with a comma between them, such as "0.5,-0.25"',
        ),
        (
            {"status": "a", "quote_approval_policy": "friends"},
            "quote_approval_policy should be one of: public, followers, nobody",
        ),
        ({"status": "a\0b"}, "status contains a NUL character"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(values: dict[str, Value], words: str) -> None:
    with pytest.raises(Invalid) as caught:
        composing.read(Tree(values))

    assert caught.value.message == words


def test_addresses_and_handles_count_as_they_are_seen() -> None:
    text = "a" * (MAX_CHARACTERS - 23 - 2 - 2) + " https://example.org/" + "b" * 500 + " @c@peer.example"

    assert composing.read(Tree({"status": text})).text == text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from([*structs.asdict(FULL), "status", "spoiler_text", "poll", "media_ids"]), json_values
    )
)
def test_whatever_is_asked_there_is_a_wish_or_a_clear_refusal(values: dict[str, Value]) -> None:
    """A wish says or shows something."""
    try:
        wish = composing.read(Tree(values))
        said = bool(wish.text.strip() or wish.media)
    except SmallfedError as error:
        said = bool(error.message.strip())

    assert said
