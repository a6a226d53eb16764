"""Every option is documented, can be set everywhere, and the sample file is current."""

import re
import tomllib
from pathlib import Path

import pytest

from smallfed.config import Config, load
from smallfed.config.kinds import as_text
from smallfed.config.options import OPTIONS, SECTIONS, Option
from smallfed.config.report import sample

ROOT = Path(__file__).parents[2]

every_option = pytest.mark.parametrize("option", OPTIONS.values(), ids=OPTIONS)


def test_the_sample_in_examples_is_current() -> None:
    written = (ROOT / "examples" / "smallfed.toml").read_text(encoding="utf-8")

    assert written == sample(), "run `smallfed config --sample > examples/smallfed.toml`"


def test_the_sample_sets_nothing() -> None:
    assert tomllib.loads(sample()) == {section: {} for section in SECTIONS}


def test_the_sample_without_its_hashes_sets_every_option_to_its_default(tmp_path: Path) -> None:
    file = tmp_path / "smallfed.toml"
    file.write_text(re.sub(r"^#(?=\w)", "", sample(), flags=re.MULTILINE), encoding="utf-8")

    config = load({"data": str(tmp_path)}, {})

    assert set(config.origins) == {"data", "config", *OPTIONS}
    assert {name: option.value(config) for name, option in OPTIONS.items()} == {
        name: option.default for name, option in OPTIONS.items()
    }


def test_sections_of_the_table_are_those_of_the_configuration() -> None:
    assert {name: type(getattr(Config(data=ROOT), name)) for name in SECTIONS} == SECTIONS


@every_option
def test_an_option_is_explained(option: Option) -> None:
    assert option.about.doc.endswith(".")
    assert len(option.about.doc) > 40
    assert option.default == option.value(Config(data=ROOT))


@every_option
def test_the_example_of_an_option_works_in_the_file_and_in_one_line_and_is_no_default(
    option: Option, tmp_path: Path
) -> None:
    raw = tomllib.loads(f"example = {option.about.example}")["example"]
    for file in ("laboratory-ca.pem", "metrics-token", "bucket-secret"):
        (tmp_path / file).write_text("")

    from_file = option.about.kind.read(raw, tmp_path)
    from_line = option.about.kind.read(option.about.kind.split(as_text(raw)), tmp_path)

    assert from_file == from_line != option.default
    shown = option.about.kind.show(from_file)
    if option.about.kind.hidden:
        assert shown == "***"
    else:
        assert option.about.kind.read(shown, tmp_path) == from_file


@every_option
def test_the_names_of_an_option_are_unmistakable(option: Option) -> None:
    assert [other.name for other in OPTIONS.values() if other.variable == option.variable] == [option.name]
    assert [other.name for other in OPTIONS.values() if other.flag == option.flag] == [option.name]
    assert option.variable not in ("SMALLFED_DATA", "SMALLFED_CONFIG")
