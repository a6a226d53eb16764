"""Activities about collections, an actor's own or a group's."""

from smallfed.domain.incoming.activity import Incoming


class Add(Incoming, frozen=True, kw_only=True):
    """``actor`` puts ``object`` into the collection ``target``. ``hashtag`` (as written) is set for one."""

    object: str
    target: str
    hashtag: str = ""


class Remove(Incoming, frozen=True, kw_only=True):
    """``actor`` takes ``object`` out of the collection ``target``. ``hashtag`` (as written) is set for one."""

    object: str
    target: str
    hashtag: str = ""
