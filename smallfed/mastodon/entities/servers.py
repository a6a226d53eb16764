"""Entities about the server.

Spec: CLIENT_API §14: InstanceV1, InstanceV2 and their parts; §15 for ``account_domain`` and ``max_toot_chars``.
"""

from smallfed.mastodon.entities.about import Rule
from smallfed.mastodon.entities.configuration import Configuration
from smallfed.mastodon.entities.kinds import Count, Entity, Name, Url
from smallfed.mastodon.entities.people import Account


class Users(Entity, frozen=True, kw_only=True):
    """How many people post here."""

    active_month: Count


class Usage(Entity, frozen=True, kw_only=True):
    """How much the server is used."""

    users: Users


class Thumbnail(Entity, frozen=True, kw_only=True):
    """The picture of the server; ``versions``: the same for other densities of pixels."""

    url: Url
    blurhash: str | None = None
    description: str = ""
    versions: dict[str, Url]


class Registrations(Entity, frozen=True, kw_only=True):
    """That nobody else can join."""

    enabled: bool = False
    approval_required: bool = False
    reason_required: bool = False
    message: str | None = None
    min_age: int | None = None
    url: Url | None = None


class Contact(Entity, frozen=True, kw_only=True):
    """Who runs the server. The address may be empty, but is a string."""

    email: str = ""
    account: Account | None


class Icon(Entity, frozen=True, kw_only=True):
    """The sign of the server, of a size as ``512x512``."""

    src: Url
    size: Name


class ApiVersions(Entity, frozen=True, kw_only=True):
    """What apps may expect, by the numbers of Mastodon's API."""

    mastodon: Count


class InstanceV2(Entity, frozen=True, kw_only=True):
    """The server. ``description`` is plain text."""

    domain: Name
    account_domain: Name
    title: str
    version: Name
    source_url: Url
    description: str
    usage: Usage
    thumbnail: Thumbnail
    icon: list[Icon]
    languages: list[str]
    configuration: Configuration
    registrations: Registrations
    api_versions: ApiVersions
    contact: Contact
    rules: list[Rule]


class UrlsV1(Entity, frozen=True, kw_only=True):
    """Where streaming is."""

    streaming_api: str


class Stats(Entity, frozen=True, kw_only=True):
    """Numbers about the server."""

    user_count: Count = 1
    status_count: Count
    domain_count: Count


class InstanceV1(Entity, frozen=True, kw_only=True):
    """The server in the older form. ``uri`` is the bare domain."""

    uri: Name
    account_domain: Name
    title: str
    short_description: str
    description: str
    email: str = ""
    version: Name
    urls: UrlsV1
    stats: Stats
    thumbnail: Url | None
    languages: list[str]
    registrations: bool = False
    approval_required: bool = False
    invites_enabled: bool = False
    configuration: Configuration
    contact_account: Account | None
    rules: list[Rule]
    max_toot_chars: Count
