"""What was written where: the settings of the file, the environment and the flags, not yet read as values."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from smallfed.config.kinds import as_text
from smallfed.config.lines import Lines, line_of, scan
from smallfed.config.options import OPTIONS, SECTIONS, Option
from smallfed.config.suggestions import suggest_option, suggest_variable
from smallfed.errors import Misconfigured

PREFIX = "SMALLFED_"
PLACES = ("SMALLFED_DATA", "SMALLFED_CONFIG")


class Setting(Struct, frozen=True, kw_only=True):
    """One option as somebody wrote it. ``origin`` is where; ``example`` a right way to write it in that place."""

    option: Option
    raw: object
    base: Path
    origin: str
    example: str

    def value(self) -> object:
        """Return the value; raise Misconfigured when it cannot be read."""
        try:
            return self.option.about.kind.read(self.raw, self.base)
        except ValueError as error:
            raise misread(self.origin, self.option, error, self.example) from None


def misread(origin: str, option: Option, reason: ValueError, example: str) -> Misconfigured:
    """Return the error that says what is wrong with an option, where, and what to write instead."""
    return Misconfigured(f"{origin}: {option.name} {reason}; write for example: {example}")


def from_file(file: Path) -> Iterator[Setting]:
    """Yield the settings of a TOML file. Raises Misconfigured with the line for what is no TOML and no option."""
    text = _text(file)
    lines = scan(text)
    for section, content in _parse(file, text).items():
        if section not in SECTIONS or not isinstance(content, dict):
            raise _misplaced(file, lines, section, content)
        for key, raw in content.items():
            origin = f"{file}:{line_of(lines, (section, key))}"
            option = OPTIONS.get(f"{section}.{key}")
            if option is None:
                raise Misconfigured(f"{origin}: there is no option {section}.{key}; {suggest_option(section, key)}")
            example = f"{key} = {option.about.example}"
            yield Setting(option=option, raw=raw, base=file.parent, origin=origin, example=example)


def from_environment(environ: Mapping[str, str]) -> Iterator[Setting]:
    """Yield the settings of all ``SMALLFED_*`` variables; one that is not known raises Misconfigured."""
    options = {option.variable: option for option in OPTIONS.values()}
    for variable in sorted(name for name in environ if name.startswith(PREFIX) and name not in PLACES):
        option = options.get(variable)
        if option is None:
            known = [*options, *PLACES]
            raise Misconfigured(f"{variable}: there is no such variable; {suggest_variable(variable, known)}")
        yield _from_text(option, environ[variable], variable, f"{variable}={_quoted(_example(option))}")


def from_flags(flags: Mapping[str, str]) -> Iterator[Setting]:
    """Yield the settings of flags, given as name of the option → text."""
    for name, text in flags.items():
        option = OPTIONS[name]
        yield _from_text(option, text, option.flag, f"{option.flag}={_quoted(_example(option))}")


def _from_text(option: Option, text: str, origin: str, example: str) -> Setting:
    try:
        raw = option.about.kind.split(text)
    except ValueError as error:
        raise misread(origin, option, error, example) from None
    return Setting(option=option, raw=raw, base=Path.cwd(), origin=origin, example=example)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Misconfigured(f"{file}: is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise Misconfigured(f"{file}: cannot be read ({error.strerror})") from None


def _parse(file: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        at = re.search(r" \(at line (\d+), column \d+\)$", reason)
        line = at[1] if at else str(text.count("\n") + 1)
        said = reason[: at.start()] if at else reason.removesuffix(" (at end of document)")
        raise Misconfigured(f"{file}:{line}: is not TOML: {said} (text stands in double quotes)") from None


def _misplaced(file: Path, lines: Lines, name: str, content: object) -> Misconfigured:
    where = f"{file}:{line_of(lines, (name,))}"
    if name in SECTIONS:
        return Misconfigured(f"{where}: {name} is a section; write [{name}] and its options below it")
    what = "section" if isinstance(content, dict) else "option"
    return Misconfigured(f"{where}: there is no {what} {name}; {suggest_option('', name)}")


def _example(option: Option) -> str:
    return as_text(tomllib.loads(f"example = {option.about.example}")["example"])


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_./:,=@-]+", text) else f"'{text}'"
