"""Why another server gave no answer we take, in a form that programs read."""

from typing import Literal

from smallfed.errors import Unreachable

Kind = Literal[
    "url",  # not a URL we ask for
    "dns",  # the name has no address
    "refused-address",  # it has, and none may be dialled
    "connect",
    "tls",
    "timeout",
    "protocol",  # not HTTP, or HTTP beyond our limits
    "encoding",  # a Content-Encoding, although none was accepted
    "redirects",
    "proxy",  # the owner's proxy failed, not the other server
]


class NoAnswer(Unreachable):
    """Another server gave no answer; ``kind`` says where it went wrong.

    ``elsewhere``: not at the host that was asked for, but where it redirected to. Whoever keeps count of the troubles
    of hosts must not put those on its account, or an open redirect would be enough to have a host taken for dead.
    """

    def __init__(self, kind: Kind, message: str, *, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.kind: Kind = kind
        self.elsewhere = False
