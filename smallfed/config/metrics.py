"""Options: figures for whoever watches the server by machine."""

from pathlib import Path
from typing import Annotated

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.addresses import Bind
from smallfed.config.kinds import OPTIONAL_BIND, OPTIONAL_FILE


class Metrics(Struct, frozen=True, kw_only=True):
    """Figures for Prometheus. Without one of these options there are none; strangers never get any."""

    listen: Annotated[
        Bind | None,
        About(
            kind=OPTIONAL_BIND,
            doc="Where figures can be read without further ado, at /metrics: an IP address with a port, or a unix "
            "socket. Whoever reaches it may read them, so keep it on loopback or in a private network.",
            example='"127.0.0.1:9420"',
        ),
    ] = None
    token_file: Annotated[
        Path | None,
        About(
            kind=OPTIONAL_FILE,
            doc="A file with a secret of 16 characters or more. With it /metrics is answered at the usual address of "
            "the server to who brings the secret (Authorization: Bearer), and does not exist for anybody else.",
            example='"metrics-token"',
        ),
    ] = None
