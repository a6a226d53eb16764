"""The configuration told to people: the effective values with their origin, the alarms, the sample file."""

import textwrap
from collections.abc import Iterator

from msgspec import Struct

from smallfed.config.kinds import Plain, as_toml
from smallfed.config.options import OPTIONS, SECTIONS, Config, Option

WIDTH = 100

HEAD = """\
# smallfed.toml: every option there is, with its default.
#
# Printed by `smallfed config --sample`. Nothing here has to be set; to set an option, take away the
# "#" before it. smallfed reads the file named by --config or SMALLFED_CONFIG, otherwise the
# smallfed.toml in its data directory when there is one. Stronger than the file is the environment
# (SMALLFED_SERVER_BIND and so on), stronger still are flags. `smallfed config` prints the values in
# effect and where each came from.
"""


class Effective(Struct, frozen=True, kw_only=True):
    """One value in effect, without credentials, and where it came from."""

    name: str
    value: Plain | None
    origin: str


class Alarm(Struct, frozen=True, kw_only=True):
    """An option that weakens the server is set; to be said loudly at every start."""

    name: str
    value: str
    origin: str
    meaning: str


def effective(config: Config) -> list[Effective]:
    """Return the data directory, the file and every option, in the order of the table."""
    places = (("data", str(config.data)), ("config", str(config.file) if config.file else None))
    return [
        *(Effective(name=name, value=value, origin=_origin(config, name)) for name, value in places),
        *(
            Effective(name=name, value=_shown(option, config), origin=_origin(config, name))
            for name, option in OPTIONS.items()
        ),
    ]


def alarms(config: Config) -> list[Alarm]:
    """Return one alarm for each laboratory option that is not at its default; a normal server has none."""
    return [
        Alarm(
            name=name,
            value=as_toml(_shown(option, config)),
            origin=_origin(config, name),
            meaning=option.about.alarm,
        )
        for name, option in OPTIONS.items()
        if option.about.alarm and option.value(config) != option.default
    ]


def sample() -> str:
    """Return the sample file: valid TOML in which every option is explained and none is set."""
    return HEAD + "".join(f"\n{_comment(SECTIONS[name].__doc__ or '')}\n[{name}]\n{_keys(name)}" for name in SECTIONS)


def _keys(section: str) -> str:
    return "".join(_entry(option) for option in OPTIONS.values() if option.section == section)


def _entry(option: Option) -> str:
    about = option.about
    example = f"#   {option.key} = {about.example}\n"
    default = f"#{option.key} = {as_toml(about.kind.show(option.default))}\n"
    return f"\n{_comment(about.doc)}\n# For example:\n{example}{default}"


def _comment(text: str) -> str:
    return "\n".join(_wrapped(" ".join(text.split())))


def _wrapped(text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return (f"# {line}" for line in lines)


def _shown(option: Option, config: Config) -> Plain:
    return option.about.kind.show(option.value(config))


def _origin(config: Config, name: str) -> str:
    return config.origins.get(name, "default")
