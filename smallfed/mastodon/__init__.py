"""DOOR of client apps: the Mastodon API.

Spec: CLIENT_API; https://docs.joinmastodon.org/api/.
"""

from quart_trio import QuartTrio

from smallfed.mastodon import uploads
from smallfed.mastodon.door import Door
from smallfed.mastodon.routes import (
    about,
    accounts,
    admin_accounts,
    admin_dashboard,
    admin_domains,
    admin_reports,
    aliases,
    announcements,
    bookmarks,
    conversations,
    custom_emojis,
    endorsements,
    favourites,
    featured_tags,
    filters,
    follow_requests,
    grouped_notifications,
    instance,
    interactions,
    kept_away,
    links,
    lists,
    markers,
    media,
    notification_policies,
    notification_requests,
    notifications,
    oembed,
    polls,
    profile,
    push,
    quotes,
    reactions,
    relating,
    reports,
    scheduled_statuses,
    search,
    single_filters,
    statuses,
    stubs,
    suggestions,
    tags,
    threads,
    timelines,
    trends,
    versions,
)

PAGES = (
    instance,
    about,
    oembed,
    profile,
    accounts,
    relating,
    reports,
    admin_accounts,
    admin_reports,
    admin_domains,
    admin_dashboard,
    endorsements,
    aliases,
    kept_away,
    follow_requests,
    statuses,
    scheduled_statuses,
    versions,
    threads,
    quotes,
    interactions,
    reactions,
    timelines,
    links,
    conversations,
    notifications,
    grouped_notifications,
    notification_policies,
    notification_requests,
    push,
    search,
    bookmarks,
    favourites,
    custom_emojis,
    featured_tags,
    lists,
    filters,
    single_filters,
    media,
    polls,
    tags,
    trends,
    suggestions,
    announcements,
    markers,
    stubs,
)


def register(app: QuartTrio) -> None:
    """Hang the client API into ``app``."""
    uploads.register(app)
    door = Door(app)
    for page in PAGES:
        page.register(door)
    door.close()
