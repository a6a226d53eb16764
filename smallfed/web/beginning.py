"""The form of the setup page: what was typed, and what is wrong with it, field by field."""

import re
from collections.abc import Callable

from msgspec import Struct

from smallfed.config.addresses import Bind, Endpoint
from smallfed.errors import Invalid
from smallfed.pages.trees import Tree
from smallfed.policy.passwords import require_good
from smallfed.services.settling import clean_domain, clean_username

PUBLIC, TRIAL = "public", "trial"
_LOCAL = re.compile(r"(?:localhost|[a-z0-9-]+\.localhost|127\.[0-9.]+)(?::[0-9]{1,5})?")


class Typed(Struct, frozen=True, kw_only=True):
    """What was typed, as it was typed."""

    token: str
    username: str = ""
    name: str = ""
    password: str = ""
    place: str = PUBLIC
    domain: str = ""
    account_domain: str = ""


class Checked(Struct, frozen=True, kw_only=True):
    """What it means."""

    username: str
    name: str
    password: str
    trial: bool
    domain: str
    account_domain: str


def blank(token: str, host: str) -> Typed:
    """Return the form as it is first shown at ``host``: a public host is probably the domain."""
    return Typed(token=token, domain="" if is_local(host) else host)


def read(form: Tree) -> Typed:
    """Return what was typed; no password is stripped of anything."""
    return Typed(**{name: form.text(name) or "" for name in Typed.__struct_fields__})


def check(typed: Typed, *, here: str | None) -> Checked | dict[str, str]:
    """Return what it means, or what is wrong: field → sentence. ``here`` is the address of a trial, if there is one."""
    problems: dict[str, str] = {}
    trial = typed.place == TRIAL
    username = _field(problems, "username", lambda: _username(typed.username))
    _field(problems, "password", lambda: _password(typed.password))
    if trial:
        domain = account_domain = here or ""
        if here is None:
            problems["place"] = "For a trial, open this page at an address that begins with http://localhost."
    else:
        domain = _field(problems, "domain", lambda: _domain(typed.domain))
        account_domain = _field(problems, "account_domain", lambda: _account_domain(typed.account_domain, domain))
    if problems:
        return problems
    return Checked(
        username=username,
        name=typed.name.strip(),
        password=typed.password,
        trial=trial,
        domain=domain,
        account_domain=account_domain,
    )


def trial_domain(host: str, bind: Bind) -> str | None:
    """Return where a trial lives: at the local address the page was opened at, or at the port we listen on."""
    if is_local(host):
        return host.lower()
    return f"localhost:{bind.port}" if isinstance(bind, Endpoint) and bind.port else None


def is_local(host: str) -> bool:
    """Whether ``host`` (with or without a port) is this machine's own name for itself."""
    return _LOCAL.fullmatch(host.lower()) is not None


def _field(problems: dict[str, str], name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Invalid as error:
        problems[name] = error.message[:1].upper() + error.message[1:] + "."
        return ""


def _username(text: str) -> str:
    if not text.strip():
        raise Invalid("please choose a handle, for example your first name")
    return clean_username(text)


def _password(text: str) -> str:
    if not text:
        raise Invalid("please choose a password")
    require_good(text)
    return text


def _domain(text: str) -> str:
    if not text.strip():
        raise Invalid("please fill in the domain that will point to this server")
    return clean_domain(text, trial=False)


def _account_domain(text: str, domain: str) -> str:
    return clean_domain(text, trial=False) if text.strip() else domain
