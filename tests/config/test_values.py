"""Values as people write them, right and wrong."""

from pathlib import Path

import pytest

from smallfed.config import values

BASE = Path("/etc/smallfed")


def test_a_file_is_found_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")

    assert values.read_optional_file("ca.pem", tmp_path) == tmp_path / "ca.pem"
    assert values.read_optional_file("", tmp_path) is None


def test_a_missing_file_is_named_in_full(tmp_path: Path) -> None:
    with pytest.raises(ValueError) as caught:
        values.read_optional_file("ca.pem", tmp_path)

    assert str(caught.value) == f"names a file that does not exist: {str(tmp_path / 'ca.pem')!r}"


def test_a_secret_is_never_shown() -> None:
    secret = values.read_secret(" hush ", BASE)

    assert (secret.value, str(secret), repr(secret)) == ("hush", "***", "Secret('***')")
    assert (bool(values.Secret("")), str(values.Secret(""))) == (False, "")
    with pytest.raises(ValueError) as caught:
        values.read_secret(["hush"], BASE)
    assert "hush" not in str(caught.value)
