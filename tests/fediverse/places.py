"""Places: where in the apps of an owner, and on the pages of their house, something of others may be met."""

from tests.fediverse.houses import JSON, House

Asked = tuple[str, JSON]
"""A path of the client API, and with what it is asked."""

PAGES = {
    "page": "/@alice",
    "feed": "/@alice/feed",
    "outbox": "/users/alice/outbox?page=true",
}


def in_apps(*, me: str, post: str, a_list: str, word: str) -> dict[str, Asked]:
    """Return the places by their names, around ``post`` of the owner's; others' posts say ``word``, one is bob."""
    return {
        "home": ("/api/v1/timelines/home", {"limit": 40}),
        "list": (f"/api/v1/timelines/list/{a_list}", {"limit": 40}),
        "members": (f"/api/v1/lists/{a_list}/accounts", {}),
        "public": ("/api/v1/timelines/public", {"limit": 40}),
        "hashtag": ("/api/v1/timelines/tag/wildlife", {"limit": 40}),
        "notifications": ("/api/v1/notifications", {"limit": 80}),
        "conversations": ("/api/v1/conversations", {}),
        "thread": (f"/api/v1/statuses/{post}/context", {}),
        "likers": (f"/api/v1/statuses/{post}/favourited_by", {}),
        "boosters": (f"/api/v1/statuses/{post}/reblogged_by", {}),
        "quotes": (f"/api/v1/statuses/{post}/quotes", {}),
        "favourites": ("/api/v1/favourites", {"limit": 40}),
        "bookmarks": ("/api/v1/bookmarks", {"limit": 40}),
        "search for posts": ("/api/v2/search", {"q": word, "type": "statuses"}),
        "search for people": ("/api/v2/search", {"q": "bob", "type": "accounts"}),
        "directory": ("/api/v1/directory", {}),
        "followers": (f"/api/v1/accounts/{me}/followers", {}),
        "following": (f"/api/v1/accounts/{me}/following", {}),
        "own boosts": (f"/api/v1/accounts/{me}/statuses", {"limit": 40}),
    }


async def shown(house: House, path: str) -> str:
    """Return what a stranger is shown: the document below /users, otherwise the page."""
    answer = await house.visit(path, "application/activity+json" if path.startswith("/users") else "text/html")
    assert answer.status == 200, (path, answer.status)
    return answer.body.decode()
