"""What smallfed tells about itself: its log.

Never to be logged, in whatever field: passwords and their hashes, access tokens, authorisation codes, the one-time
token of the first page, client secrets, private keys, cookies, values of request headers that carry them
(Authorization, Cookie, Signature), bodies of requests and answers, text of posts, search terms. Name the thing by its
id instead. Of a request target only the path may be logged: secrets belong into bodies, headers or query strings.
"""

from smallfed.observe.logging import event, set_up

__all__ = ["event", "set_up"]
