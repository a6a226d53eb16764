"""The server, as clients ask for it before anything else.

Spec: CLIENT_API §1, §13 items 1–4; RULINGS 25; https://docs.joinmastodon.org/methods/instance/.
"""

from msgspec import structs

from smallfed import MASTODON, __version__
from smallfed.config import Config
from smallfed.config.media import Media
from smallfed.config.showing import Instance
from smallfed.domain.account import Account
from smallfed.domain.house import House
from smallfed.filming.formats import Means, supported
from smallfed.filming.planning import MATRIX, RATE
from smallfed.imaging.pictures import OWNER_PIXELS
from smallfed.mastodon import ballots, enclosures, profiles
from smallfed.mastodon.access import OPEN, anyone
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.composing import MAX_CHARACTERS
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import servers
from smallfed.mastodon.entities.configuration import (
    AccountLimits,
    Configuration,
    MediaLimits,
    PollLimits,
    StatusLimits,
    TimelinesAccess,
    Translation,
    Urls,
    Vapid,
)
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting.people import OWN_HEADER
from smallfed.mastodon.routes.about import ruled
from smallfed.pages import assets
from smallfed.services import pinning, tagging
from smallfed.store import accounts, houses, statistics
from smallfed.text.markup import CONTENT_TYPES, LINK_COUNTS
from smallfed.text.sanitise import plain

API_VERSION = 7  # of Mastodon's API: quotes, and everything before; the next would be profiles

LIMITS = Configuration(
    accounts=AccountLimits(
        max_featured_tags=tagging.MOST,
        max_pinned_statuses=pinning.MOST,
        max_display_name_length=profiles.NAME,
        max_note_length=profiles.NOTE,
        max_profile_fields=profiles.FIELDS,
        profile_field_name_limit=profiles.LABEL,
        profile_field_value_limit=profiles.VALUE,
    ),
    statuses=StatusLimits(
        max_characters=MAX_CHARACTERS,
        max_media_attachments=0,  # as configured and installed, like all that is empty: see _limits
        characters_reserved_per_url=LINK_COUNTS,
        supported_mime_types=list(CONTENT_TYPES),
    ),
    media_attachments=MediaLimits(
        supported_mime_types=[],
        description_limit=enclosures.LONGEST,
        image_size_limit=0,
        image_matrix_limit=OWNER_PIXELS,
        video_size_limit=0,
        video_frame_rate_limit=RATE,
        video_matrix_limit=MATRIX,
    ),
    polls=PollLimits(
        max_options=ballots.MOST,
        max_characters_per_option=ballots.LONGEST,
        min_expiration=ballots.SHORTEST,
        max_expiration=ballots.SPAN,
    ),
)


def _limits(media: Media, means: Means) -> Configuration:
    """Return what can be done here, as it is configured, with what is installed."""
    return structs.replace(
        LIMITS,
        statuses=structs.replace(LIMITS.statuses, max_media_attachments=media.per_post),
        media_attachments=structs.replace(
            LIMITS.media_attachments,
            supported_mime_types=supported(means),
            image_size_limit=media.picture_bytes,
            video_size_limit=media.film_bytes,
        ),
    )


def register(door: Door) -> None:
    """Hang the routes."""
    door.get("/api/v1/instance", OPEN, v1)
    door.get("/api/v2/instance", OPEN, v2)
    door.get("/api/v1/instance/peers", anyone("read"), peers)


async def v2(ask: Ask) -> object:
    """Answer with the server."""
    means = ask.parts.processing.means
    return await ask.read(_v2, ask.parts.config, means, ask.parts.identity.vapid_key)


def _v2(show: Presenter, config: Config, means: Means, vapid: str) -> servers.InstanceV2:
    owner, here = accounts.owner(show.tx), show.house
    counts = statistics.counts(show.tx)
    return servers.InstanceV2(
        domain=here.domain,
        account_domain=here.account_domain,
        title=_title(owner),
        version=_version(),
        source_url=here.base,
        description=plain(owner.note),
        usage=servers.Usage(users=servers.Users(active_month=int(counts.active))),
        thumbnail=_picture(_thumbnail(here, owner), _title(owner)),
        icon=[servers.Icon(src=here.base + assets.url("icon.svg"), size="512x512")],
        languages=_languages(show),
        configuration=structs.replace(
            _limits(config.media, means),
            urls=_urls(here, config.instance),
            vapid=Vapid(public_key=vapid),
            translation=Translation(),
            timelines_access=TimelinesAccess(),
        ),
        registrations=servers.Registrations(),
        api_versions=servers.ApiVersions(mastodon=API_VERSION),
        contact=servers.Contact(email=config.instance.email, account=show.account(owner)),
        rules=ruled(config.instance.rules),
    )


async def v1(ask: Ask) -> object:
    """Answer with the server in the older form."""
    return await ask.read(_v1, ask.parts.config, ask.parts.processing.means)


def _v1(show: Presenter, config: Config, means: Means) -> servers.InstanceV1:
    owner, here = accounts.owner(show.tx), show.house
    counts = statistics.counts(show.tx)
    return servers.InstanceV1(
        uri=here.domain,
        account_domain=here.account_domain,
        title=_title(owner),
        short_description=plain(owner.note),
        description=owner.note,
        email=config.instance.email,
        version=_version(),
        urls=servers.UrlsV1(streaming_api=_streaming(here)),
        stats=servers.Stats(status_count=counts.posts, domain_count=counts.hosts),
        thumbnail=_thumbnail(here, owner),
        languages=_languages(show),
        configuration=_limits(config.media, means),
        contact_account=show.account(owner),
        rules=ruled(config.instance.rules),
        max_toot_chars=MAX_CHARACTERS,
    )


def _urls(here: House, written: Instance) -> Urls:
    """Return where streaming is, and the page that says what is written; of what is not written, there is none."""
    about = here.page("/about")
    return Urls(
        streaming=_streaming(here),
        about=about,
        privacy_policy=about if written.privacy_policy.strip() else None,
        terms_of_service=about if written.terms.strip() else None,
    )


def _version() -> str:
    return f"{MASTODON} (compatible; smallfed {__version__})"


def _title(owner: Account) -> str:
    return owner.name or owner.username


def _thumbnail(here: House, owner: Account) -> str:
    return here.shown(owner.header or here.page(OWN_HEADER))


def _picture(url: str, name: str) -> servers.Thumbnail:
    return servers.Thumbnail(url=url, description=name, versions={"@1x": url, "@2x": url})


def _languages(show: Presenter) -> list[str]:
    language = houses.owner(show.tx).language
    return ["en" if language is None else language]


def _streaming(here: House) -> str:
    return f"{'wss' if here.scheme == 'https' else 'ws'}://{here.domain}"


async def peers(ask: Ask) -> object:
    """Answer with the servers we know, to the owner: whom the owner deals with is nobody else's business."""
    if ask.viewer is None:
        return []
    return await ask.long_read(lambda show: statistics.peers(show.tx))
