"""What each activity says: a reader for each type, by what it is about. This is the whole table.

Spec: ActivityPub §7, PROTOCOL §4.2.
"""

from smallfed.translate.activities import (
    featuring,
    flagging,
    following,
    moving,
    publishing,
    reacting,
    requesting,
    undoing,
)
from smallfed.translate.activities.reading import Reader

READERS: dict[str, Reader] = {
    **featuring.READERS,
    **flagging.READERS,
    **following.READERS,
    **moving.READERS,
    **publishing.READERS,
    **reacting.READERS,
    **requesting.READERS,
    **undoing.READERS,
}
