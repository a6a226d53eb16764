"""Settling in: the house is set up once, and its owner's password replaced when lost."""

import re

from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.events import HouseSetUp, PasswordChanged, TokensRevoked
from smallfed.domain.house import House
from smallfed.domain.post import Visibility
from smallfed.errors import Conflict, Invalid
from smallfed.store import accounts, codes, houses
from smallfed.store.houses import Owner
from smallfed.store.tx import Tx

_USERNAME = re.compile(r"[A-Za-z0-9_]{1,30}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+(?::[0-9]{{1,5}})?")
_LOCAL = re.compile(r"(?:localhost|[a-z0-9-]+\.localhost|127\.[0-9.]+)(?::[0-9]{1,5})?")
RESERVED = frozenset({"actor", "inbox", "relay", "admin", "root", "api", "oauth", "setup"})


class Beginning(Struct, frozen=True, kw_only=True):
    """What the owner decides. ``password`` is a hash; ``keys`` is name → (algorithm, private PEM, public PEM)."""

    username: str
    name: str
    password: str
    domain: str
    account_domain: str
    trial: bool
    keys: dict[str, tuple[str, str, str]]


def clean_username(text: str) -> str:
    """Return a username as it may be; Invalid says what is wrong."""
    text = text.strip().removeprefix("@")
    if not _USERNAME.fullmatch(text):
        raise Invalid("the handle may have letters a–z, digits and _ only, at most 30 of them")
    if text.lower() in RESERVED:
        raise Invalid(f"the handle {text!r} has a meaning of its own in smallfed; choose another")
    return text


def clean_domain(text: str, *, trial: bool) -> str:
    """Return a domain (host[:port]) in its normal form; Invalid says what is wrong."""
    domain = text.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    try:
        domain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError as error:
        raise Invalid(f"{text!r} is not a domain name") from error
    if trial:
        if not _LOCAL.fullmatch(domain):
            raise Invalid("a trial runs on localhost, for example localhost:8420")
    elif _LOCAL.fullmatch(domain) or not _DOMAIN.fullmatch(domain) or domain.split(":")[0][-1].isdigit():
        raise Invalid(f"{text!r} is not a public domain name; it should look like social.example.org")
    return domain


def set_up(tx: Tx, beginning: Beginning) -> House:
    """Create the owner and the house; Conflict when it is set up already, Invalid for unusable names."""
    if houses.find(tx) is not None:
        raise Conflict("this server is set up already")
    username = clean_username(beginning.username)
    domain = clean_domain(beginning.domain, trial=beginning.trial)
    account_domain = clean_domain(beginning.account_domain or domain, trial=beginning.trial)
    house = House(
        scheme="http" if beginning.trial else "https",
        domain=domain,
        account_domain=account_domain,
        username=username,
        trial=beginning.trial,
        created_at=tx.now,
    )
    owner = _owner(tx, house, beginning.name.strip() or username)
    accounts.put(tx, owner)
    houses.put(tx, scheme=house.scheme, domain=domain, account_domain=account_domain, trial=beginning.trial)
    houses.put_owner(tx, _settings(owner.id, beginning.password))
    for name, (algorithm, private, public) in beginning.keys.items():
        houses.put_key(tx, name, algorithm=algorithm, private_pem=private, public_pem=public)
    houses.make_signet(tx)
    houses.put_secret(tx, "setup-token", None)
    tx.announce(HouseSetUp(account=owner.id))
    return houses.get(tx)


def _owner(tx: Tx, house: House, name: str) -> Account:
    return Account(
        id=tx.new_id(),
        uri=house.actor,
        local=True,
        username=house.username,
        host=house.account_domain,
        name=name,
        url=house.profile,
        inbox=house.inbox,
        shared_inbox=house.shared_inbox,
        outbox=house.outbox,
        followers=house.followers,
        following=house.following,
        featured=house.featured,
        discoverable=True,
        published_at=tx.now,
        created_at=tx.now,
        fetched_at=tx.now,
    )


def _settings(account: int, password: str) -> Owner:
    return Owner(
        account_id=account,
        password=password,
        note="",
        fields=(),
        visibility=Visibility.PUBLIC,
        sensitive=False,
        language=None,
    )


def replace_password(tx: Tx, password: str) -> None:
    """Store a new hash, end all sessions of browsers; tokens of apps stay until they are revoked.

    Whoever was inside may just have let an app in: what it has not come for yet, it does not get.
    """
    houses.put_owner(tx, structs.replace(houses.owner(tx), password=password))
    houses.end_sessions(tx)
    codes.drop_fresh(tx)
    tx.announce(PasswordChanged())


def revoke_all_tokens(tx: Tx) -> int:
    """Revoke every access token; return how many there were."""
    tokens = houses.drop_tokens(tx)
    tx.announce(TokensRevoked(tokens=tokens))
    return len(tokens)


def place_media(tx: Tx, host: str | None) -> House:
    """Serve media at ``host``, None for where all the rest is; make the key for those of others if it is missing."""
    houses.move_media(tx, host)
    if houses.get(tx).signet is None:  # a house from before it had a proxy
        houses.make_signet(tx)
    return houses.get(tx)


def lend_key(tx: Tx, name: str, key: tuple[str, str, str]) -> dict[str, tuple[str, str]]:
    """Give the house another key (algorithm, private and public PEM); return all it has then."""
    algorithm, private, public = key
    houses.put_key(tx, name, algorithm=algorithm, private_pem=private, public_pem=public)
    return houses.keys(tx)
