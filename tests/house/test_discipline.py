"""What the house forbids itself, beyond what the import contracts can see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "smallfed").rglob("*.py"))
CLOCKS = {"datetime.now", "datetime.utcnow", "time.time", "date.today", "os.urandom", "uuid.uuid4"}
CHANCE = {"random", "secrets"}
SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|PRAGMA)\b", re.DOTALL
)


def room(module: Path) -> str:
    return module.relative_to(ROOT / "smallfed").parts[0].removesuffix(".py")


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            yield f"{node.func.value.id}.{node.func.attr}"


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def strings(tree: ast.AST) -> Iterator[str]:
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_clock_and_chance_come_from_runtime(module: Path) -> None:
    """Time and chance are arguments everywhere else, so that tests can run days in milliseconds."""
    if room(module) == "runtime":
        return
    tree = ast.parse(module.read_text())

    assert not CLOCKS.intersection(calls(tree))
    assert not CHANCE.intersection(imported(tree))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sql_is_spoken_in_the_store(module: Path) -> None:
    """Whoever looks for a statement looks in one room."""
    if room(module) in ("store", "runtime"):
        return

    spoken = [text for text in strings(ast.parse(module.read_text())) if SQL.match(text)]

    assert spoken == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(module: Path) -> None:
    """One line at the top, ending in a full stop or a question mark."""
    said = ast.get_docstring(ast.parse(module.read_text()))

    assert said
    assert said.splitlines()[0].rstrip("…").endswith((".", "?", ":")) or len(said.splitlines()) > 1


def test_no_module_is_a_drawer() -> None:
    """Names that say nothing collect what belongs elsewhere."""
    drawers = {"utils", "util", "helpers", "helper", "common", "base", "misc"}

    assert [module for module in MODULES if module.stem in drawers] == []


WRITING = re.compile(r"\b(UPDATE posts\b|DELETE FROM posts\b|UPDATE accounts\b|DELETE FROM accounts\b)")


@pytest.mark.parametrize("module", sorted((ROOT / "smallfed" / "store").glob("*.py")), ids=lambda path: path.stem)
def test_who_changes_posts_or_accounts_lets_the_call_forget_them(module: Path) -> None:
    """Rows of both are read once in a call (``tx.known``), which must not outlive what they say."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef) and any(WRITING.search(text) for text in strings(node)):
            source = ast.unparse(node)
            assert "tx.known" in source or "_forget(tx" in source, f"{module.name}: {node.name}"
