"""What smallfed tells about itself: its log and its counters.

Never to be logged, in whatever field: passwords and their hashes, access tokens, authorisation codes, the one-time
token of the first page, client secrets, private keys, cookies, values of request headers that carry them
(Authorization, Cookie, Signature), bodies of requests and answers, text of posts, search terms. Name the thing by its
id instead. A request target goes through ``without_values`` first. Secrets therefore belong into bodies, headers or
query strings, never into a path.
"""

from smallfed.observe.counters import Counters
from smallfed.observe.logging import event, set_up, without_values

__all__ = ["Counters", "event", "set_up", "without_values"]
