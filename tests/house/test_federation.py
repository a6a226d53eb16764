"""FEDERATION.md cannot lie: what it names is here, and what is here it names."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from smallfed.protocol import quirks
from smallfed.protocol.vocabulary import ACTIVITIES, ACTORS, COLLECTIONS, KEYS, POSTS
from smallfed.translate.activities import READERS
from tests.fediverse import severities

ROOT = Path(__file__).parents[2]
FEP = re.compile(r"FEP-([0-9a-z]{4})\b")
MODULE = re.compile(r"`([a-z0-9_/]+)(?:\.([a-z0-9_]+))?`")
TEST = re.compile(r"([PSRT]) ([A-Za-z0-9_/]+)(?:::(test_\w+))?")
NONE = "–"
QUIRKS = 58  # the numbers of PROTOCOL §10
DONE = ["follow", "post", "reply", "like", "boost", "reaction", "poll", "quote", "edit", "delete", "move"]

Row = dict[str, str]


def tables() -> dict[str, list[Row]]:
    """Return the rows of the table in each section, by the names of its columns."""
    found: dict[str, list[Row]] = {}
    for section in (ROOT / "FEDERATION.md").read_text().split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        lines = [line for line in text.splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        if cells:
            found[title] = [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]
    return found


TABLES = tables()
ROWS = [
    pytest.param(row, id=f"{title}: {next(iter(row.values()))[:40]}") for title, rows in TABLES.items() for row in rows
]
TESTED = ["test", *DONE]


def names(section: str, column: str, *, but: str = "") -> set[str]:
    """Return the names in the first column of the rows that have anything in the column ``but``."""
    return {
        name for row in TABLES[section] if not but or row[but] != NONE for name in re.findall(r"[A-Z]\w+", row[column])
    }


def modules(row: Row) -> Iterator[tuple[str, str | None]]:
    """Return the modules that a row points to, each with a name in it or None."""
    for path, name in MODULE.findall(row.get("module", row.get("where", ""))):
        yield ("protocol/quirks" if path == "quirks" else path), name or None


def source(module: str) -> str | None:
    """Return the text of a module (or of a whole package), None when there is none."""
    file, package = ROOT / "smallfed" / f"{module}.py", ROOT / "smallfed" / module
    if file.is_file():
        return file.read_text()
    return "\n".join(each.read_text() for each in sorted(package.rglob("*.py"))) if package.is_dir() else None


def file_of(kind: str, name: str) -> Path:
    """Return the file that holds what a reference names."""
    room, _, file = name.rpartition("/")
    match kind:
        case "P":
            return ROOT / "tests" / "wire" / f"{name}.json"
        case "S":
            return ROOT / "tests" / "fediverse" / f"test_{name}.py"
        case "R":
            return ROOT / "tests" / "peers" / f"test_{name}.py"
        case _:
            return ROOT / "tests" / room / f"test_{file}.py"


def missing(cell: str) -> list[str]:
    """Return the tests named in a cell that are not there, and whatever in it names no test."""
    return [] if cell == NONE else [reference for reference in cell.split(", ") if not is_there(reference)]


def is_there(reference: str) -> bool:
    """Whether a reference names a file, or a function in it, that exists."""
    match = TEST.fullmatch(reference)
    if match is None or not file_of(match[1], match[2]).is_file():
        return False
    function = rf"^(async )?def {match[3]}\("
    return match[3] is None or re.search(function, file_of(match[1], match[2]).read_text(), re.MULTILINE) is not None


@pytest.mark.parametrize("row", ROWS)
def test_every_module_that_is_named_exists(row: Row) -> None:
    for path, name in modules(row):
        text = source(path)

        assert text is not None, f"there is no smallfed/{path}.py"
        assert name is None or re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{path} has no {name}"


@pytest.mark.parametrize("row", ROWS)
def test_every_test_that_is_named_exists(row: Row) -> None:
    assert [wrong for column in TESTED if column in row for wrong in missing(row[column])] == []


@pytest.mark.parametrize("row", ROWS)
def test_what_has_a_module_has_a_test(row: Row) -> None:
    """Only what needs nothing of us has neither."""
    if list(modules(row)):
        assert row["test"] not in ("", NONE)


# FEPs -----------------------------------------------------------------------------------------------------------------
def test_every_fep_that_the_code_names_is_listed() -> None:
    code = {fep for module in (ROOT / "smallfed").rglob("*.py") for fep in FEP.findall(module.read_text())}
    listed = [FEP.findall(row["FEP"])[0] for row in TABLES["FEPs"]]

    assert sorted(code - set(listed)) == []
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("row", TABLES["FEPs"], ids=lambda row: row["FEP"][1:9])
def test_every_fep_that_is_listed_is_named_where_it_is_said_to_be(row: Row) -> None:
    fep = FEP.findall(row["FEP"])[0]

    assert [path for path, _ in modules(row) if f"FEP-{fep}" not in (source(path) or "")] == []
    assert f"/fep/{fep}/fep-{fep}.md" in row["FEP"]


# Activities and objects -----------------------------------------------------------------------------------------------
def emitted() -> set[str]:
    """Return the types of the activities that are made in translate, wherever Activity is made."""
    found: set[str] = set()
    for module in (ROOT / "smallfed" / "translate").rglob("*.py"):
        tree = ast.parse(module.read_text())
        imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names}
        if "Activity" in imported:
            constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            found |= ACTIVITIES & {value for value in constants if isinstance(value, str)}
    return found


def test_every_activity_that_is_read_is_listed() -> None:
    assert sorted(READERS.keys() - names("Activities", "activity", but="we receive")) == []


def test_every_activity_that_is_sent_is_listed() -> None:
    assert sorted(emitted() ^ names("Activities", "activity", but="we send")) == []


def test_every_activity_that_is_listed_has_a_name_we_know() -> None:
    assert sorted(names("Activities", "activity") - ACTIVITIES) == []


def test_every_object_is_listed() -> None:
    known = POSTS | ACTORS | COLLECTIONS | KEYS | {"Tombstone"}

    assert sorted(known - names("Objects", "object")) == []


# Quirks ---------------------------------------------------------------------------------------------------------------
FUNCTIONS = sorted(
    name
    for name, function in inspect.getmembers(quirks, inspect.isfunction)
    if not name.startswith("_") and function.__module__.startswith(quirks.__name__)
)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_quirk_is_listed(name: str) -> None:
    assert any(f"`quirks.{name}`" in row["where"] for row in TABLES["Quirks"]), f"no row of Quirks names quirks.{name}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_quirk_has_a_test_that_calls_it(name: str) -> None:
    text = (ROOT / "tests" / "protocol" / "test_quirks.py").read_text()

    assert f"quirks.{name}(" in text, f"no test in tests/protocol/test_quirks.py calls quirks.{name}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_quirk_says_where_it_is_documented(name: str) -> None:
    assert "://" in (inspect.getdoc(getattr(quirks, name)) or ""), f"quirks.{name} has no link"


def test_every_number_of_the_brief_is_dealt_with() -> None:
    numbers = {int(number) for row in TABLES["Quirks"] for number in row["number"].split(", ")}

    assert sorted(numbers ^ set(range(1, QUIRKS + 1))) == []


# Interoperability -----------------------------------------------------------------------------------------------------
def test_everything_that_people_do_has_a_column() -> None:
    assert all(list(row) == ["implementation", *DONE] for row in TABLES["Interoperability"])


@pytest.mark.parametrize("row", TABLES["Interoperability"], ids=lambda row: row["implementation"])
def test_every_implementation_is_tried(row: Row) -> None:
    """Each cell names payloads, stories or processes, or nothing, and some are not empty."""
    cells = [row[what] for what in DONE]

    assert all(cell == NONE or re.match("[PSR] ", cell) for cell in cells)
    assert any(cell != NONE for cell in cells)


def test_payloads_of_twenty_implementations() -> None:
    tried = [row for row in TABLES["Interoperability"] if any(row[what].startswith("P ") for what in DONE)]

    assert len(tried) >= 20


def test_every_payload_is_of_an_implementation_that_is_listed() -> None:
    """A folder of payloads belongs to a row, by the name of the software without blanks."""
    listed = re.sub("[^a-z]", "", "".join(row["implementation"] for row in TABLES["Interoperability"]).lower())
    folders = {path.parent.name for path in (ROOT / "tests" / "wire").glob("*/*.json")}

    assert sorted(folder for folder in folders if folder not in listed) == []


def test_what_each_severity_does_is_what_the_stories_show() -> None:
    assert severities.TABLE in (ROOT / "FEDERATION.md").read_text()
