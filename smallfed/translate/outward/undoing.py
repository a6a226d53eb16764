"""What takes something back."""

from msgspec import UNSET, structs

from smallfed.protocol.emitted import Activity


def undo(activity: Activity) -> Activity:
    """Return the Undo of an activity of ours, embedded with what everybody needs to find it, to the same audience."""
    undone = structs.replace(activity, published=UNSET, to=UNSET, cc=UNSET)
    return Activity(
        id=f"{activity.id}#undo",
        type="Undo",
        actor=activity.actor,
        to=activity.to,
        cc=activity.cc,
        audience=activity.audience,
        object=undone,
    )
