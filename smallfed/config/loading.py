"""Put the configuration together, from weak to strong, and choose the data directory.

Spec: XDG Base Directory Specification 0.8 for the default place of the data.
"""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from msgspec import structs

from smallfed.config.options import SECTIONS, Config
from smallfed.config.sources import from_environment, from_file, from_flags
from smallfed.errors import Misconfigured

FILE_NAME = "smallfed.toml"


def load(flags: Mapping[str, str], environ: Mapping[str, str]) -> Config:
    """Return the effective configuration; raise Misconfigured, naming the place and the way out, when one is wrong.

    ``flags`` maps ``data``, ``config`` and names of options such as ``log.format`` to text. A value that is overruled
    by a stronger one must be right all the same. The data directory need not exist.
    """
    data, data_origin = data_directory(flags, environ)
    file, file_origin = _file(data, flags, environ)
    found: dict[str, dict[str, object]] = {section: {} for section in SECTIONS}
    origins = {"data": data_origin, "config": file_origin}
    for setting in chain(from_file(file) if file else (), from_environment(environ), from_flags(_options(flags))):
        found[setting.option.section][setting.option.key] = setting.value()
        origins[setting.option.name] = setting.origin
    defaults = Config(data=data, file=file, origins=MappingProxyType(origins))
    sections = {name: structs.replace(getattr(defaults, name), **values) for name, values in found.items()}
    return structs.replace(defaults, **sections)


def data_directory(flags: Mapping[str, str], environ: Mapping[str, str]) -> tuple[Path, str]:
    """Return the data directory, absolute, and who chose it: ``--data``, ``SMALLFED_DATA`` or the default."""
    text, origin = _chosen("data", flags, environ)
    path = Path.cwd() / Path(text).expanduser() if text else _data_home(environ) / "smallfed"
    if path.exists() and not path.is_dir():
        raise Misconfigured(f"{origin}: the data directory {path} is a file; name a directory")
    return path, origin


def _data_home(environ: Mapping[str, str]) -> Path:
    chosen = Path(environ.get("XDG_DATA_HOME", ""))
    if chosen.is_absolute():  # the specification has relative ones ignored
        return chosen
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / ".local" / "share"


def _file(data: Path, flags: Mapping[str, str], environ: Mapping[str, str]) -> tuple[Path | None, str]:
    text, origin = _chosen("config", flags, environ)
    if not text:
        path = data / FILE_NAME
        return (path, "found in the data directory") if path.exists() else (None, origin)
    path = Path.cwd() / Path(text).expanduser()
    if not path.exists():
        raise Misconfigured(f"{origin}: there is no file {path}; `smallfed config --sample` prints one to begin with")
    return path, origin


def _chosen(name: str, flags: Mapping[str, str], environ: Mapping[str, str]) -> tuple[str, str]:
    if name in flags:
        if not flags[name]:
            raise Misconfigured(f"--{name}: names nothing; write a path")
        return flags[name], f"--{name}"
    variable = f"SMALLFED_{name}".upper()
    return (environ[variable], variable) if environ.get(variable) else ("", "default")


def _options(flags: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in flags.items() if name not in ("data", "config")}
