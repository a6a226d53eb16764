"""What a person reads when the server has started."""

import os

from smallfed.domain.house import House


def first_words(listening: str, *, house: House | None, token: str | None) -> str:
    """Return the lines to print. ``listening`` is a URL or ``unix:PATH``; ``token`` opens the setup page."""
    if house is not None and house.left_at is not None:
        return (
            f"@{house.handle} has left. Everything at {house.base}/ is answered 410 (Gone), for good.\n"
            "How far the farewell has got: `smallfed farewell --status`"
        )
    if house is not None:
        where = f"{house.base}/" if house.trial else f"{house.base}/ (a reverse proxy should point to {listening})"
        return f"@{house.handle} is at home: {where}"
    if listening.startswith("unix:"):
        return (
            f"Not set up yet. Listening on {listening}: open /setup?token={token} through your reverse proxy,\n"
            "or use `smallfed setup --help`."
        )
    lines = ["Welcome! Open this address in a browser to begin; it works until you have set your server up:", ""]
    lines.append(f"  {_local(listening)}/setup?token={token}")
    if os.environ.get("SSH_CONNECTION"):
        port = listening.rpartition(":")[2]
        lines += [
            "",
            "Is this machine far away? Then first type this on the one you sit at, and leave it running:",
            f"  ssh -L {port}:127.0.0.1:{port} {os.environ.get('USER', 'you')}@this-machine",
        ]
    return "\n".join(lines)


def _local(listening: str) -> str:
    """Browsers treat localhost as a safe place, which an address is not to all of them."""
    return listening.replace("://127.0.0.1:", "://localhost:").replace("://0.0.0.0:", "://localhost:")
