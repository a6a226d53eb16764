"""Activities between two: follows and their answers, and distance."""

from smallfed.domain.house import House
from smallfed.protocol.emitted import Activity


def follow(house: House, *, uri: str, target: str) -> Activity:
    """Return the Follow ``uri`` of ``target``."""
    return Activity(id=uri, type="Follow", actor=house.actor, to=(target,), object=target)


def accept_follow(house: House, *, uri: str, follow: str, follower: str) -> Activity:
    """Return the Accept ``uri`` of the Follow that ``follower`` sent; its id ``follow`` is given back byte for byte."""
    return _answer("Accept", house, uri, follow, follower)


def reject_follow(house: House, *, uri: str, follow: str, follower: str) -> Activity:
    """Return the Reject ``uri`` of the Follow that ``follower`` sent, also some time after it was accepted."""
    return _answer("Reject", house, uri, follow, follower)


def reject_server_follow(*, uri: str, follow: str, follower: str, server: str) -> Activity:
    """Return the Reject ``uri``, by the actor ``server`` of the server's, of a Follow of it."""
    asked = Activity(id=follow, type="Follow", actor=follower, object=server)
    return Activity(id=uri, type="Reject", actor=server, to=(follower,), object=asked)


def block(house: House, *, uri: str, target: str) -> Activity:
    """Return the Block ``uri`` of ``target``."""
    return Activity(id=uri, type="Block", actor=house.actor, to=(target,), object=target)


def _answer(kind: str, house: House, uri: str, follow: str, follower: str) -> Activity:
    asked = Activity(id=follow, type="Follow", actor=follower, object=house.actor)
    return Activity(id=uri, type=kind, actor=house.actor, to=(follower,), object=asked)
