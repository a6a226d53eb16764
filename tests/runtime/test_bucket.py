"""A bucket that checks signatures: what is put there, how large files go, and what is said when it refuses."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from smallfed.config.s3 import S3
from smallfed.config.values import Secret
from smallfed.errors import Misconfigured, Unreachable
from smallfed.runtime.bucket import PART, Bucket, Whole, in_use, opened
from tests.bucket import NAME, Moto, moto
from tests.processes import ask, free_port

DATA = b"a small picture"
PATIENCE = timedelta(seconds=5)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    with moto(tmp_path_factory.mktemp("moto")) as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_bytes(DATA)
    return path


def test_there_read_and_gone(store: Moto, file: Path) -> None:
    bucket = store.client()

    bucket.put(file, "files/a.jpg")
    found = (bucket.size("files/a.jpg"), bucket.read("files/a.jpg", 2, 7), bucket.whole("files/a.jpg"))
    for _ in range(2):
        bucket.remove("files/a.jpg")

    assert found == (len(DATA), b"small", Whole(len(DATA), sha256(DATA).digest()))
    assert (bucket.size("files/a.jpg"), bucket.read("files/a.jpg", 0, 1), bucket.whole("files/a.jpg")) == (None,) * 3


def test_objects_say_what_they_are_and_that_they_never_change(store: Moto, file: Path) -> None:
    """The prefix stands before the name; types are those of our list, and nothing else is taken for a page."""
    import obstore

    bucket = Bucket(store.settings(prefix="/smallfed/"), store.secret)
    bucket.put(file, "files/a.jpg")
    bucket.put(file, "files/a.html")

    reader = store.client()
    said = [obstore.get(reader._store(PATIENCE), f"smallfed/files/a.{end}").attributes for end in ("jpg", "html")]
    forever = "public, max-age=31536000, immutable"
    assert said == [
        {"Content-Type": kind, "Cache-Control": forever, "Content-Disposition": f'inline; filename="a.{end}"'}
        for end, kind in (("jpg", "image/jpeg"), ("html", "application/octet-stream"))
    ]


def test_a_large_file_goes_in_parts_and_is_whole(store: Moto, tmp_path: Path) -> None:
    data = bytes(range(256)) * ((2 * PART + 1000) // 256)
    (tmp_path / "film.mp4").write_bytes(data)
    bucket, read = store.client(), bytearray()

    bucket.put(tmp_path / "film.mp4", "files/film.mp4")

    assert bucket.whole("files/film.mp4", read.extend) == Whole(len(data), sha256(data).digest())
    assert read == data


def test_strangers_are_refused(store: Moto, file: Path) -> None:
    """Otherwise the test of the secret would show nothing."""
    store.client().put(file, "files/a.jpg")

    assert ask(f"{store.url}/{NAME}/files/a.jpg", method="PUT", body=b"x").status == 403


ACTS: dict[str, Callable[[Bucket, Path], Any]] = {
    "put": lambda bucket, file: bucket.put(file, "files/a.jpg"),
    "read": lambda bucket, file: bucket.read("files/a.jpg", 0, 1),
    "whole": lambda bucket, file: bucket.whole("files/a.jpg"),
    "remove": lambda bucket, file: bucket.remove("files/a.jpg"),
    "probe": lambda bucket, file: bucket.probe("probe"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"access_key": "AKIA0000000000000000"}, "it does not know the access key: correct s3.access_key"),
        ({"bucket": "nobodys"}, "there is no bucket of this name: create it, or correct s3.bucket"),
        ({"secret": Secret("?")}, "it refuses the secret: correct s3.secret or s3.secret_file"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    store: Moto, file: Path, act: str, wrong: dict[str, Any], said: str
) -> None:
    store.client().put(file, "files/a.jpg")
    bucket = opened(store.settings(**wrong))
    assert bucket is not None

    with pytest.raises(Unreachable) as caught:
        ACTS[act](bucket, file)

    assert said in caught.value.message
    assert caught.value.message.startswith(f"the bucket {bucket.in_use.place}: ")
    assert store.secret not in caught.value.message + caught.value.detail


def test_a_bucket_that_is_away_is_said_in_one_line(store: Moto, file: Path) -> None:
    bucket = opened(store.settings(endpoint=f"http://127.0.0.1:{free_port()}"))
    assert bucket is not None

    with pytest.raises(Unreachable) as caught:
        bucket.put(file, "files/a.jpg")

    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 400


def test_a_bucket_that_says_nothing_does_not_hold_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading has a time limit of its own, which is shorter here."""
    from datetime import timedelta

    monkeypatch.setattr("smallfed.runtime.bucket.READING", timedelta(milliseconds=200))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = S3(endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}", bucket="b", access_key="a")
        with pytest.raises(Unreachable):
            Bucket(settings, "s").size("files/a.jpg")


# Configuration --------------------------------------------------------------------------------------------------------
FULL = S3(bucket="b", endpoint="https://s3.example", access_key="a", secret=Secret("s"))


def test_no_bucket_is_no_bucket() -> None:
    assert opened(S3()) is None


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"bucket": ""}, "s3.bucket: is missing"),
        ({"access_key": ""}, "s3.access_key: is missing"),
        ({"secret": Secret("")}, "s3.secret_file: is missing"),
        ({"secret_file": Path("/dev/null")}, "s3.secret: is given twice"),
        ({"secret": Secret(""), "secret_file": Path("/dev/null")}, "/dev/null is empty"),
        ({"secret": Secret(""), "secret_file": Path("/nowhere")}, "/nowhere cannot be read"),
    ],
)
def test_what_is_missing_is_said_with_what_to_write(over: dict[str, Any], said: str) -> None:
    from msgspec import structs

    with pytest.raises(Misconfigured, match=said):
        opened(structs.replace(FULL, **over))


def test_the_secret_of_a_file_is_its_first_line(tmp_path: Path) -> None:
    from msgspec import structs

    (tmp_path / "secret").write_text("\n  s3cr3t \nand a remark\n")

    bucket = opened(structs.replace(FULL, secret=Secret(""), secret_file=tmp_path / "secret"))

    assert bucket is not None
    assert bucket._secret == "s3cr3t"


@pytest.mark.parametrize(
    ("settings", "place", "public"),
    [
        (FULL, "https://s3.example/b", ""),
        (S3(bucket="b", region="eu-north-1"), "https://s3.eu-north-1.amazonaws.com/b", ""),
        (
            S3(bucket="b", endpoint="https://s3.example", prefix="/one/two/", public_url="https://cdn.example/x"),
            "https://s3.example/b/one/two",
            "https://cdn.example/x/one/two",
        ),
    ],
)
def test_where_it_is(settings: S3, place: str, public: str) -> None:
    assert (in_use(settings).place, in_use(settings).public) == (place, public)
