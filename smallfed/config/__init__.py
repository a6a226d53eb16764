"""What the owner may set, in four strengths: defaults < ``smallfed.toml`` < ``SMALLFED_*`` environment < flags.

The public domain is no option: it lives in the database and configuration cannot change it.
"""

from smallfed.config.addresses import Bind, Endpoint, Proxy, UnixSocket
from smallfed.config.federating import Federation
from smallfed.config.loading import load
from smallfed.config.options import Config, Limits, Log, Network, Server, Web
from smallfed.config.reading import Away, Conversations, Past
from smallfed.config.report import Alarm, alarms

__all__ = [
    "Alarm",
    "Away",
    "Bind",
    "Config",
    "Conversations",
    "Endpoint",
    "Federation",
    "Limits",
    "Log",
    "Network",
    "Past",
    "Proxy",
    "Server",
    "UnixSocket",
    "Web",
    "alarms",
    "load",
]
