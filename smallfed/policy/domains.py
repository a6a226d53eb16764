"""Which hosts a list of domains covers: the domain itself and everything below it."""

from collections.abc import Collection


def covered(host: str, domains: Collection[str]) -> bool:
    """Whether ``host`` (lower case, perhaps with a port) is one of ``domains`` or below one of them."""
    if not domains:
        return False
    labels = host.partition(":")[0].split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels)))


def obfuscated(domain: str) -> str:
    """Return a domain as it is shown where its name is not to be read: of its middle only the dots are left."""
    visible = len(domain) // 4
    return "".join(
        "*" if visible < place < len(domain) - visible and letter != "." else letter
        for place, letter in enumerate(domain)
    )
