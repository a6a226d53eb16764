"""Requests as no app would make them all: every route, with parameters that are right, nearly right, and wrong.

What answers bring is used in later requests: an id that a list showed is asked for, answered, pinned, deleted.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct

from tests.documented.answers import types_of
from tests.documented.notation import entities

Route = tuple[str, str]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000"
    "fdd49a730000001649444154789c633c9162c4c0c0c0c4c0c0c0c0c0000011280162a6202aa00000000049454e44ae426082"
)
WORDS = ("garden", "beans", "Straße", "日本語", "two words", '"a phrase"', "from:me", "-not", "#tag", "@bob", "🌱", "")
JUNK: Sequence[Any] = (
    *(
        "",
        "0",
        "-1",
        "1.5",
        "9" * 30,
        "null",
        "true",
        "x" * 9000,
        "\0",
        "%00",
        "../..",
        "'; --",
        "\ud800",
        "🌱" * 99,
        "[]",
    ),
    *(None, True, 0, -1, 2**70, 1e400, [], {}, [[]], {"a": {"b": [None]}}, [None, 1, "x"], [{}] * 50),
)
# Which entity's id stands in a path, by what comes before it.
IN_PATHS = (
    (r"/accounts/$|/follow_requests/$|/suggestions/$", "Account"),
    (r"/filters/keywords/$", "FilterKeyword"),
    (r"/filters/statuses/$", "FilterStatus"),
    (r"/api/v1/filters/$", "FilterV1"),
    (r"/api/v2/filters/$", "FilterV2"),
    (r"/scheduled_statuses/$", "ScheduledStatus"),
    (r"/statuses/$|/quotes/$", "Status"),
    (r"/lists?/$", "List"),
    (r"/media/$", "MediaAttachment"),
    (r"/polls/$", "Poll"),
    (r"/conversations/$", "Conversation"),
    (r"/requests/$", "NotificationRequest"),
    (r"/api/v1/notifications/$", "Notification"),
    (r"/api/v2/notifications/$", "group_key"),
    (r"/featured_tags/$", "FeaturedTag"),
    (r"/announcements/$", "Announcement"),
    (r"/admin/domain_blocks/$", "AdminDomainBlock"),
    (r"/admin/domain_allows/$", "AdminDomainAllow"),
    (r"/admin/reports/$", "AdminReport"),
    (r"/admin/tags/$", "Tag"),
    (r"/reports/$", "Report"),
)


class Request(Struct, frozen=True, kw_only=True):
    """A request, ready to be sent. ``right``: nothing about it is meant to be wrong."""

    method: str
    route: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    right: bool


class Asker:
    """Makes requests, one after the other, by its dice."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.known: defaultdict[str, list[str]] = defaultdict(list)

    def learn(self, method: str, path: str, value: Any) -> None:
        """Remember the ids in an answer."""
        for type_ in types_of(method, path.partition("?")[0]):
            self._learn(value, type_)

    def _learn(self, value: Any, type_: str) -> None:
        type_ = type_.removesuffix("?")
        if isinstance(value, list):
            for one in value[:40]:
                self._learn(one, type_[1:-1] if type_[0] == "[" else "any")
        elif isinstance(value, dict) and type_ in entities():
            for name, field in entities()[type_].items():
                if name == "id" or name == "group_key":
                    self._keep(type_.removeprefix("Credential") if name == "id" else name, value.get(name))
                elif field.type.strip("[]?") in entities():
                    self._learn(value.get(name), field.type)

    def _keep(self, kind: str, one: Any) -> None:
        known = self.known["Status" if kind == "DeletedStatus" else kind]
        if one is not None and str(one) not in known:
            known.append(str(one))
            del known[:-60]

    def request(self, route: Route) -> Request:
        """Return a request of this route; one in four is wrong somewhere."""
        method, template = route
        wrong = self.dice.random() < 0.25
        path = self._path(template, wrong)
        values = self._values(route, wrong)
        encode = self.dice.choice(ENCODINGS) if method not in ("GET", "HEAD") else _as_query
        if template.endswith("/media") and method == "POST":
            encode = _as_multipart
        query, headers, body = encode(values)
        if body is not None and wrong and self.dice.random() < 0.1:
            body = body[: len(body) // 2] + b"\xff\0{"
        return Request(method=method, route=template, path=path + query, headers=headers, body=body, right=not wrong)

    def _path(self, template: str, wrong: bool) -> str:
        pieces = re.split(r"<\w+>", template)
        path = pieces[0]
        for piece in pieces[1:]:
            junk = wrong and self.dice.random() < 0.3
            part = str(self.dice.choice(JUNK))[:2000] if junk else self._part(path)
            path += quote(part or "-", safe="", errors="replace") + piece
        return path

    def _part(self, before: str) -> str:
        if re.search(r"tags?/$", before) and "featured" not in before and "admin" not in before:
            return self.dice.choice(("garden", "beans", "Straße", "日本語"))
        if re.search(r"react[a-z_]*/$|reactions?/$", before):
            return self.dice.choice(("👍", "🌱", "nosuch"))
        if before.endswith("/terms_of_service/"):
            return datetime.now(UTC).date().isoformat()
        kind = next((kind for pattern, kind in IN_PATHS if re.search(pattern, before)), "")
        return self.id_of(kind)

    def id_of(self, kind: str) -> str:
        """Return the id of something of that kind, mostly one that was seen."""
        known = self.known[kind]
        return self.dice.choice(known) if known and self.dice.random() < 0.95 else str(self.dice.randrange(1, 2**62))

    def _values(self, route: Route, wrong: bool) -> dict[str, Any]:
        needed = [*self.dice.choice(ALSO.get(route, (NEEDED.get(route, ()),)))]
        if wrong and needed and self.dice.random() < 0.3:
            needed.remove(self.dice.choice(needed))
        others = [name for name in USUAL.get(route[0], ()) if self.dice.random() < 0.12]
        values = {name: VALUES[name](self) for name in others}
        for one in needed:
            name, _, meant = one.partition("=")
            values[name] = VALUES[meant or name](self)
        if wrong and values:
            values[self.dice.choice(sorted(values))] = self.dice.choice(JUNK)
        if wrong and self.dice.random() < 0.2:
            values[self.dice.choice(("unknown", "a[b][c]", "x[]", "[", "]]", "status[]"))] = self.dice.choice(JUNK)
        return values


# How values travel ----------------------------------------------------------------------------------------------------
Encoded = tuple[str, dict[str, str], bytes | None]


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    match value:
        case dict():
            return [pair for key, one in value.items() for pair in _flat(f"{name}[{key}]", one)]
        case list():
            return [pair for one in value for pair in _flat(f"{name}[]", one)]
        case bool():
            return [(name, "true" if value else "0")]
        case None:
            return [(name, "")]
        case _:
            return [(name, str(value))]


def _pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [pair for name, value in values.items() for pair in _flat(name, value)]


def _as_query(values: Mapping[str, Any]) -> Encoded:
    query = urlencode(_pairs(values), errors="replace")[:4000]
    return (f"?{query}" if query else ""), {}, None


def _as_form(values: Mapping[str, Any]) -> Encoded:
    body = urlencode(_pairs(values), errors="replace").encode()
    return "", {"Content-Type": "application/x-www-form-urlencoded"}, body


def _as_json(values: Mapping[str, Any]) -> Encoded:
    return "", {"Content-Type": "application/json"}, json.dumps(values).encode("utf-8", "replace")


def _as_multipart(values: Mapping[str, Any]) -> Encoded:
    lines = []
    for name, value in _pairs({key: value for key, value in values.items() if key not in FILES}):
        head = f'--edge\r\nContent-Disposition: form-data; name="{quote(name, safe="[]_", errors="replace")}"\r\n\r\n'
        lines.append(f"{head}{value}\r\n".encode("utf-8", "replace"))
    for name in FILES & values.keys():
        content = values[name] if isinstance(values[name], bytes) else str(values[name]).encode("utf-8", "replace")
        head = f'--edge\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\n\r\n'
        lines.append(head.encode() + content + b"\r\n")
    return "", {"Content-Type": "multipart/form-data; boundary=edge"}, b"".join(lines) + b"--edge--\r\n"


FILES = {"file", "thumbnail"}
ENCODINGS: Sequence[Callable[[Mapping[str, Any]], Encoded]] = (_as_json, _as_json, _as_form, _as_multipart, _as_query)


# What parameters mean -------------------------------------------------------------------------------------------------
Value = Callable[[Asker], Any]


def _one_of(*values: Any) -> Value:
    return lambda asker: asker.dice.choice(values)


def _id(kind: str) -> Value:
    return lambda asker: asker.id_of(kind)


def _ids(kind: str) -> Value:
    return lambda asker: [asker.id_of(kind) for _ in range(asker.dice.randrange(1, 4))]


def _some(*values: str) -> Value:
    return lambda asker: asker.dice.sample(values, asker.dice.randrange(1, len(values) + 1))


def _text(asker: Asker) -> str:
    return " ".join(asker.dice.choice(WORDS) for _ in range(3)) + f" {asker.dice.randrange(10**9)}"


def _number(least: int, most: int) -> Value:
    return lambda asker: asker.dice.randrange(least, most)


_flag = _one_of(True, False, "true", "1", "0")
_word = _one_of("garden", "beans", "Straße", "日本語")
_domain = _one_of("spam.example", "worse.example", "*.bad.example", "ünder.example")

VALUES: Mapping[str, Value] = {
    **dict.fromkeys(("status", "spoiler_text", "comment", "note", "title", "phrase", "keyword", "description"), _text),
    **dict.fromkeys(("display_name", "private_comment", "public_comment", "text"), _text),
    **dict.fromkeys(("sensitive", "resolve", "following", "only_media", "local", "remote", "exclude_replies"), _flag),
    **dict.fromkeys(
        ("exclude_reblogs", "pinned", "reblogs", "notify", "notifications", "exclusive", "whole_word"), _flag
    ),
    **dict.fromkeys(
        ("locked", "bot", "discoverable", "indexable", "hide_collections", "irreversible", "forward"), _flag
    ),
    **dict.fromkeys(("obfuscate", "reject_media", "reject_reports", "include_filtered", "local_only"), _flag),
    "limit": _number(0, 90),
    "offset": _number(0, 30),
    "max_id": _id("Status"),
    "since_id": _id("Status"),
    "min_id": _id("Status"),
    "in_reply_to_id": _id("Status"),
    "quoted_status_id": _id("Status"),
    "status_id": _id("Status"),
    "status_ids": _ids("Status"),
    "account_id": _id("Account"),
    "account_ids": _ids("Account"),
    "id": _ids("Status"),
    "ids": _ids("Account"),
    "notification": _id("Notification"),
    "requests": _ids("NotificationRequest"),
    "media_ids": lambda asker: [asker.id_of("MediaAttachment")],
    "visibility": _one_of("public", "unlisted", "private", "direct"),
    "language": _one_of("en", "de", "ja"),
    "languages": _some("en", "de"),
    "quote_approval_policy": _one_of("public", "followers", "nobody"),
    "reply_approval_policy": _one_of("public", "followers", "following", "nobody"),
    "scheduled_at": _one_of("2136-01-01T00:00:00.000Z", "2137-05-05T05:05:05Z"),
    "poll": _one_of(
        {"options": ["a", "b"], "expires_in": 3600}, {"options": ["x", "y"], "expires_in": 600, "multiple": True}
    ),
    "choices": _one_of([0], ["1"]),
    "duration": _number(0, 10_000),
    "expires_in": _number(600, 100_000),
    "replies_policy": _one_of("followed", "list", "none"),
    "context": _some("home", "notifications", "public", "thread", "account"),
    "filter_action": _one_of("warn", "hide", "blur"),
    "keywords_attributes": _one_of(
        [{"keyword": "spam", "whole_word": True}], [{"keyword": "日本"}, {"keyword": "x y"}]
    ),
    "domain": _domain,
    "severity": _one_of("silence", "noop", "suspend"),
    "name": _word,
    "acct": _one_of("alice", "nobody@nowhere.example"),
    "q": lambda asker: asker.dice.choice(WORDS) or "a",
    "type": _one_of("accounts", "statuses", "hashtags"),
    "types": _some("mention", "favourite", "follow", "poll"),
    "exclude_types": _some("mention", "reblog"),
    "grouped_types": _some("favourite", "reblog", "follow"),
    "any": _some("garden", "beans"),
    "none": _some("nothing"),
    "url": _one_of("https://news.example/garden", "https://news.example/other"),
    "timeline": _some("home", "notifications"),
    "home": lambda asker: {"last_read_id": asker.id_of("Status")},
    "file": lambda asker: PNG,
    "focus": _one_of("0.5,-0.5", "0,0"),
    "fields_attributes": _one_of([{"name": "a", "value": "b"}], {"0": {"name": "c", "value": "d"}}),
    "source": _one_of({"privacy": "unlisted"}, {"language": "de", "sensitive": "false"}),
    "category": _one_of("spam", "violation", "other"),
    "for_not_following": _one_of("filter"),
    "subscription": lambda asker: {
        "endpoint": "https://push.example/one",
        "keys": {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    },
    "data": _one_of({"alerts": {"mention": True, "follow": "0"}, "policy": "all"}, {"alerts": {}}),
    "keys": _some("active_users", "new_users", "interactions", "software_versions", "space_usage", "languages"),
    "start_at": _one_of("2026-01-01", "2026-10-01T00:00:00Z"),
    "end_at": _one_of("2026-01-08", "2026-10-20T00:00:00Z"),
    "frequency": _one_of("day", "month"),
    "email": _one_of("a@b.example"),
    "alias": _one_of("bob@far.example", "@bob@far.example"),
    "also_known_as_uris": _one_of(["https://far.example/users/bob"], []),
    "own": lambda asker: f"https://home.example/@alice/{asker.id_of('Status')}",
}
PAGING = ("limit", "max_id", "since_id", "min_id", "offset")
USUAL: Mapping[str, Sequence[str]] = {
    "GET": (
        *PAGING,
        "only_media",
        "local",
        "remote",
        "exclude_replies",
        "exclude_reblogs",
        "types",
        "exclude_types",
        "any",
        "none",
    ),
    "POST": ("sensitive", "spoiler_text", "visibility", "language", "expires_in", "notify", "reblogs", "notifications"),
    "PUT": ("sensitive", "spoiler_text", "language", "expires_in", "filter_action"),
    "PATCH": ("display_name", "note", "bot", "discoverable", "indexable", "fields_attributes", "source"),
}
# What a route must be told; "name=meaning" where the name alone does not say what.
NEEDED: Mapping[Route, Sequence[str]] = {
    ("GET", "/api/v1/accounts/lookup"): ("acct",),
    ("GET", "/api/v1/accounts/search"): ("q",),
    ("GET", "/api/v1/accounts/relationships"): ("id=ids",),
    ("POST", "/api/v1/accounts/<account>/note"): ("comment",),
    ("POST", "/api/v1/accounts/<account>/mute"): ("duration",),
    ("POST", "/api/v1/statuses"): ("status",),
    ("PUT", "/api/v1/statuses/<number>"): ("status",),
    ("GET", "/api/v1/statuses"): ("id",),
    ("PUT", "/api/v1/statuses/<number>/interaction_policy"): ("quote_approval_policy", "reply_approval_policy"),
    ("PUT", "/api/v1/scheduled_statuses/<number>"): ("scheduled_at",),
    ("POST", "/api/v1/polls/<number>/votes"): ("choices",),
    ("POST", "/api/v1/media"): ("file", "description"),
    ("POST", "/api/v2/media"): ("file", "focus"),
    ("PUT", "/api/v1/media/<number>"): ("description",),
    ("GET", "/api/v1/timelines/link"): ("url",),
    ("GET", "/api/oembed"): ("url=own",),
    ("POST", "/api/v1/accounts/alias"): ("also_known_as_uris",),
    ("PUT", "/api/pleroma/aliases"): ("alias",),
    ("DELETE", "/api/pleroma/aliases"): ("alias",),
    ("GET", "/api/v2/search"): ("q",),
    ("GET", "/api/v1/search"): ("q",),
    ("GET", "/api/v1/markers"): ("timeline",),
    ("POST", "/api/v1/markers"): ("home",),
    ("POST", "/api/v1/domain_blocks"): ("domain",),
    ("DELETE", "/api/v1/domain_blocks"): ("domain",),
    ("POST", "/api/v1/featured_tags"): ("name",),
    ("POST", "/api/v1/lists"): ("title", "replies_policy"),
    ("PUT", "/api/v1/lists/<number>"): ("title",),
    ("POST", "/api/v1/lists/<number>/accounts"): ("account_ids",),
    ("DELETE", "/api/v1/lists/<number>/accounts"): ("account_ids",),
    ("POST", "/api/v1/filters"): ("phrase", "context"),
    ("PUT", "/api/v1/filters/<number>"): ("phrase", "context"),
    ("POST", "/api/v2/filters"): ("title", "context", "keywords_attributes"),
    ("PUT", "/api/v2/filters/<number>"): ("title",),
    ("POST", "/api/v2/filters/<number>/keywords"): ("keyword",),
    ("PUT", "/api/v2/filters/keywords/<number>"): ("keyword",),
    ("POST", "/api/v2/filters/<number>/statuses"): ("status_id",),
    ("POST", "/api/v1/notifications/dismiss"): ("id=notification",),
    ("POST", "/api/v1/notifications/requests/accept"): ("id=requests",),
    ("POST", "/api/v1/notifications/requests/dismiss"): ("id=requests",),
    ("PUT", "/api/v2/notifications/policy"): ("for_not_following",),
    ("POST", "/api/v1/push/subscription"): ("subscription", "data"),
    ("PUT", "/api/v1/push/subscription"): ("data",),
    ("POST", "/api/v1/reports"): ("account_id", "status_ids", "category"),
    ("POST", "/api/v1/admin/domain_blocks"): ("domain", "severity"),
    ("PUT", "/api/v1/admin/domain_blocks/<number>"): ("severity",),
    ("POST", "/api/v1/admin/domain_allows"): ("domain",),
    ("POST", "/api/v1/admin/measures"): ("keys", "start_at", "end_at"),
    ("POST", "/api/v1/admin/dimensions"): ("keys", "start_at", "end_at"),
    ("POST", "/api/v1/admin/retention"): ("start_at", "end_at", "frequency"),
}
# And where there are several ways.
ALSO: Mapping[Route, Sequence[Sequence[str]]] = {
    ("POST", "/api/v1/statuses"): (
        ("status",),
        ("status", "in_reply_to_id"),
        ("status", "poll"),
        ("status", "quoted_status_id", "quote_approval_policy"),
        ("status", "reply_approval_policy"),
        ("status", "scheduled_at"),
        ("status", "media_ids"),
        ("status", "local_only"),
    ),
}
