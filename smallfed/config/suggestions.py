"""What somebody may have meant who wrote a name that is not known."""

from collections.abc import Sequence

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
    from difflib import get_close_matches

    if key in _ELSEWHERE:
        return _ELSEWHERE[key]
    known = SECTIONS if not section else [option.key for option in OPTIONS.values() if option.section == section]
    homes = {option.key: option.section for option in OPTIONS.values()} | dict.fromkeys(known, section)
    if not (meant := get_close_matches(key, known, n=1) or get_close_matches(key, homes, n=1)):
        return f"known {'here' if section else 'sections'}: {', '.join(known)}"
    name = meant[0]
    return f"did you mean [{name}]?" if name in SECTIONS else f"did you mean {name} under [{homes[name]}]?"


def suggest_variable(variable: str, known: Sequence[str]) -> str:
    """Return the advice for an unknown variable of the environment."""
    from difflib import get_close_matches

    if (word := variable.rpartition("_")[2].lower()) in _ELSEWHERE:
        return _ELSEWHERE[word]
    names = {name.removeprefix("SMALLFED_"): name for name in known}  # the common beginning would make all alike
    meant = get_close_matches(variable.removeprefix("SMALLFED_"), names, n=1)
    return f"did you mean {names[meant[0]]}?" if meant else "`smallfed config --sample` names all there are"
