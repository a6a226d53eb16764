"""What somebody may have meant who wrote a name that is not known."""

from collections.abc import Sequence
from difflib import get_close_matches

from smallfed.config.options import OPTIONS, SECTIONS

# Names that other servers have as options, where ours are to be found elsewhere or spelled as one.
_ELSEWHERE = {
    "domain": "the domain is not configuration: it is set once by `smallfed setup --domain D` or on the first page",
    "host": 'the address and the port are one option: bind = "HOST:PORT" under [server]',
    "port": 'the address and the port are one option: bind = "HOST:PORT" under [server]',
    "data": "the data directory is chosen by --data DIR or SMALLFED_DATA, not in the file, which may lie in it",
}


def suggest_option(section: str, key: str) -> str:
    """Return the advice for an unknown ``key`` in ``section``; without a section, for an unknown name at the top."""
    if key in _ELSEWHERE:
        return _ELSEWHERE[key]
    namesakes = [option for option in OPTIONS.values() if option.key == key]
    if namesakes:
        return f"did you mean {key} under [{namesakes[0].section}]?"
    near = [option.key for option in OPTIONS.values() if option.section == section]
    if not section:
        near = [*SECTIONS, *(option.key for option in OPTIONS.values())]
    meant = get_close_matches(key, near, n=1) or get_close_matches(f"{section}.{key}", list(OPTIONS), n=1)
    if meant:
        return f"did you mean {_spelled(meant[0])}?"
    known = ", ".join(near) if section else ", ".join(f"[{name}]" for name in SECTIONS)
    return f"known {'here' if section else 'sections'}: {known}"


def suggest_variable(variable: str, known: Sequence[str]) -> str:
    """Return the advice for an unknown variable of the environment."""
    if (word := variable.rpartition("_")[2].lower()) in _ELSEWHERE:
        return _ELSEWHERE[word]
    meant = get_close_matches(variable, known, n=1)
    return f"did you mean {meant[0]}?" if meant else "`smallfed config --sample` names all there are"


def _spelled(name: str) -> str:
    if name in SECTIONS:
        return f"[{name}]"
    option = OPTIONS.get(name)
    return f"{option.key} under [{option.section}]" if option else name
