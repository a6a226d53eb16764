"""Entities: what client apps are answered, field for field, with what may be null and what may be missing.

Spec: CLIENT_API §14.
"""

from smallfed.mastodon.entities.kinds import Entity, maybe, moment
from smallfed.mastodon.entities.people import (
    Account,
    CredentialAccount,
    CustomEmoji,
    FamiliarFollowers,
    Field,
    Marker,
    MutedAccount,
    Preferences,
    Relationship,
    Role,
    Source,
)
from smallfed.mastodon.entities.posts import (
    Application,
    Context,
    Focus,
    History,
    MediaAttachment,
    Mention,
    Meta,
    Notification,
    Search,
    ShallowTag,
    Size,
    Status,
    StatusEdit,
    StatusSource,
    Tag,
)

__all__ = [
    "Account",
    "Application",
    "Context",
    "CredentialAccount",
    "CustomEmoji",
    "Entity",
    "FamiliarFollowers",
    "Field",
    "Focus",
    "History",
    "Marker",
    "MediaAttachment",
    "Mention",
    "Meta",
    "MutedAccount",
    "Notification",
    "Preferences",
    "Relationship",
    "Role",
    "Search",
    "ShallowTag",
    "Size",
    "Source",
    "Status",
    "StatusEdit",
    "StatusSource",
    "Tag",
    "maybe",
    "moment",
]
