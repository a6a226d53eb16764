"""The parts of a running house, as its doors may use them."""

from dataclasses import dataclass, field
from pathlib import Path

from smallfed.config import Config
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.identity import Identity
from smallfed.runtime.pace import Pace
from smallfed.runtime.room import Room
from smallfed.runtime.storage import Storage
from smallfed.workers.conversing import Conversing
from smallfed.workers.fetching import Fetcher
from smallfed.workers.list_sources import Sources
from smallfed.workers.lookup import Finder
from smallfed.workers.mirroring import Mirroring
from smallfed.workers.noticing import Noticing
from smallfed.workers.outboxes import Outboxes
from smallfed.workers.processing import Processing
from smallfed.workers.relaying import Relaying
from smallfed.workers.trusting import Trusting


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What ``app`` has put together. Bells ring for the loops: ``inbound``, ``deliveries``, ``fetches``."""

    config: Config
    data: Path
    clock: Clock
    dice: Dice
    aside: Aside
    db: Database
    hub: Hub
    identity: Identity
    http: Http
    storage: Storage
    mirroring: Mirroring
    fetcher: Fetcher
    finder: Finder
    conversing: Conversing
    outboxes: Outboxes
    processing: Processing
    list_sources: Sources
    trusting: Trusting
    pace: Pace
    room: Room
    relaying: Relaying
    inbound: Bell
    deliveries: Bell
    fetches: Bell
    noticing: Noticing = field(default_factory=Noticing)
