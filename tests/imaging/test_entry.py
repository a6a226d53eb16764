import subprocess
import sys

import msgspec
import pytest

from smallfed.errors import Invalid
from smallfed.imaging import defaults, pictures
from smallfed.imaging.entry import ENTRY, Job, main, request, result
from smallfed.imaging.pictures import Picture
from tests.imaging.samples import drawn, saved

DATA = saved(drawn(), "PNG")


@pytest.mark.parametrize(
    ("job", "data", "picture"),
    [
        ("avatar", DATA, pictures.avatar(DATA)),
        ("header", DATA, pictures.header(DATA)),
        ("default_avatar", b"alice", defaults.default_avatar("alice")),
        ("default_header", b"alice", defaults.default_header("alice")),
        ("missing_avatar", b"", defaults.missing_avatar()),
    ],
)
def test_each_job_arrives_and_its_picture_returns(job: Job, data: bytes, picture: Picture) -> None:
    assert result(main(request(job, data))) == picture


def test_the_reason_of_a_refusal_arrives() -> None:
    with pytest.raises(Invalid, match="1 megapixels are allowed"):
        result(main(request("avatar", saved(drawn(1100, 1000), "PNG"), max_pixels=1_000_000)))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff",
        b"\x80",
        msgspec.msgpack.encode(Picture(data=b"<script>", media_type="text/html", width=1, height=1)),
        msgspec.msgpack.encode(Picture(data=DATA, media_type="image/jpeg", width=1, height=1)),
        msgspec.msgpack.encode({"type": "Refused", "message": b"\xff", "detail": ""}),
    ],
)
def test_a_child_is_not_believed(answer: bytes) -> None:
    with pytest.raises(Invalid, match="This picture cannot be processed"):
        result(answer)


def test_a_request_nobody_wrote_is_a_mistake_of_ours() -> None:
    with pytest.raises(msgspec.ValidationError):
        main(b'{"job":"delete"}\n')


def test_the_parent_never_loads_pillow() -> None:
    code = "import sys; from smallfed.imaging import entry; entry.request('avatar', b''); print('PIL' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)

    assert done.stdout.strip() == b"False"


def test_the_entry_names_main() -> None:
    assert f"{main.__module__}:{main.__name__}" == ENTRY
