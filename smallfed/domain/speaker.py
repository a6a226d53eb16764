"""Speakers: in whose name something leaves the house, and whose key signs it."""

from enum import StrEnum


class Speaker(StrEnum):
    """The actors that live here."""

    OWNER = "owner"
    SERVER = "server"
    """The server itself, as ``House.instance_actor``."""
    RELAY = "relay"
    """The server as relays of the LitePub kind know it: ``House.relay_actor``."""
