"""smallfed run: the server."""

import click

from smallfed.cli.context import Invocation, pass_invocation, setting


@click.command()
@setting("server.bind")
@pass_invocation
def command(invocation: Invocation) -> None:
    """Start the server and stay in the foreground.

    The first time, without any configuration, it creates the data directory, the database and the keys, and prints
    one address with a token that works once: open it in a browser to choose your handle, password and domain.

    Ctrl-C or SIGTERM stops it in order within a few seconds; nothing is lost, whenever and however it stops.
    For the internet, put a reverse proxy with TLS in front: examples/ has files for Caddy and nginx.
    """
    from smallfed.deferring import defer
    from smallfed.sparing import spare

    spare()
    defer()
    import trio

    from smallfed.observe.logging import set_up
    from smallfed.running import run

    config = invocation.config
    set_up(config.log.format, config.log.level)
    trio.run(run, config)
