"""Sites: under which name those are counted who may have as many hosts as they like."""

from ipaddress import ip_address

from smallfed.domain.uris import bare


def site(host: str) -> str:
    """Return under which name a host (perhaps with a port) is counted: no subdomain or port makes it another."""
    return registrable(bare(host))


def registrable(host: str) -> str:
    """Return what somebody probably registered: the last two labels, or an address as it is.

    This is a heuristic without a list of public suffixes: everybody below ``co.uk`` shares one budget, which is large
    enough for them, and nobody gets a second one with a second subdomain.
    """
    if ":" in host or host[-1:].isdigit():  # no name of the public network ends in a digit
        try:
            return str(ip_address(host.strip("[]")))
        except ValueError:
            pass
    return ".".join(host.split(".")[-2:])
