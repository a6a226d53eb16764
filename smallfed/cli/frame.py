"""The command line as a whole: its commands, found when they are used, and the flags they share."""

from collections.abc import Callable, Mapping
from importlib import import_module

import click

from smallfed import __version__
from smallfed.cli.context import remember
from smallfed.cli.exits import MEANING

COMMANDS: Mapping[str, str] = {
    "run": "Start the server. The first time, it prints the address of a page to set it up.",
    "setup": "Set the server up without a page: domain, name and password.",
    "config": "Print the configuration in effect and where each value came from.",
    "check": "Verify the database and the files.",
    "token": "Print an access token for a script or a bot.",
    "password": "Replace a lost password.",
    "login": "Say what your login asks for besides the password; let the password be enough again.",
    "apps": "List the apps you have let in, and show them out.",
    "compatibility": "Say what your apps asked for that this server does not have.",
    "announce": "Announce something to yourself, in every app of yours.",
    "drafts": "Show drafts and posts for later, publish them or drop them.",
    "emoji": "Add and change your own custom emoji, bring them along and take them along.",
    "preferences": "Say who may quote and answer you, and to whom counts are shown.",
    "boosts": "Hide the boosts of people whom you follow, of a server, or of all.",
    "media": "Show what takes how much room and why; prune, verify, fetch again; a bucket.",
    "relays": "Have public posts passed on to you, and yours to others; see what it costs.",
    "queue": "Look at what waits to be delivered to other servers; retry it or drop it.",
    "replay": "Look at activities that were ignored or wait for something; handle them again.",
    "conversations": "Show which conversations were made whole, and what that cost.",
    "block": "Keep a server or somebody away; list what is kept away.",
    "limit": "Keep a server out of sight, without pictures, or quiet.",
    "allow": "Let a server in, whatever lists and the mode of this server say.",
    "unblock": "Lift a block or a limit; see first what comes back.",
    "severed": "List the follows that blocks of servers have come between.",
    "rules": "Make rules about what comes: by who sends it, by what it says.",
    "lists": "Subscribe to block lists of others; see what they would cut, agree, undo.",
    "ledger": "Look at what was refused and why; let it in after all.",
    "purge": "Remove a post, somebody or a file for good, and keep it from coming back.",
    "requests": "Look at who asks to follow you and why they wait; let them in, or not.",
    "reports": "Look at complaints, yours and those about you; do something about them.",
    "review": "Look at what strangers sent and you were not told of; release or bin it.",
    "calm": "Let only your followers notify you for a while, in a thread or at all.",
    "alias": "Name other accounts of yours, so that they can be moved here.",
    "move": "Move to another account of yours and take your followers along.",
    "import": "Bring follows, blocks, mutes or bookmarks from another server.",
    "export": "Write your follows, followers, blocks, mutes or bookmarks to a file.",
    "farewell": "Leave the fediverse for good: everybody is told, everything is deleted.",
}

MODULES: Mapping[str, str] = {"import": "importing", "export": "exporting"}
"""Where a command lives whose name cannot be that of a module."""

_EXIT_CODES = "\n".join(f"  {code:<4} {meaning}" for code, meaning in MEANING.items())

_HELP = f"""\
A small server for one person in the fediverse: your posts, your followers, the apps you already use.

Start with `smallfed run`; it needs no configuration. Commands that change something work while the server runs.

\b
Where settings come from, from weak to strong:
  defaults, smallfed.toml, environment (SMALLFED_SERVER_BIND, ...), flags
  `smallfed config` shows the outcome, `smallfed config --sample` all options.

\b
Exit codes:
{_EXIT_CODES}
"""


def shared_options() -> list[click.Option]:
    """Return the flags that every command takes, before and after its name."""
    return [
        click.Option(
            ["--data"],
            metavar="DIR",
            expose_value=False,
            callback=remember("data"),
            help="Data directory; otherwise SMALLFED_DATA, otherwise ~/.local/share/smallfed.",
        ),
        click.Option(
            ["--config"],
            metavar="FILE",
            expose_value=False,
            callback=remember("config"),
            help="Configuration file; otherwise SMALLFED_CONFIG, otherwise smallfed.toml in the data directory.",
        ),
        click.Option(
            ["--log-format"],
            type=click.Choice(["text", "json"]),
            expose_value=False,
            callback=remember("log.format"),
            help="How events are written on standard error.",
        ),
    ]


def share(command: click.Command) -> click.Command:
    r"""Give ``command`` and the commands below it the shared flags, once.

    Help texts are raw strings: what is written ``\b`` in them is click's mark for a paragraph to leave as it is.
    """
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    taken = {parameter.name for parameter in command.params}
    command.params.extend(option for option in shared_options() if option.name not in taken)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            share(below)
    return command


def load_command(name: str) -> click.Command:
    """Import the module of a command and return its ``command``."""
    command: click.Command = import_module(f"smallfed.cli.{MODULES.get(name, name)}").command
    return share(command)


class Frame(click.Group):
    """A group whose commands are listed without importing them."""

    def __init__(self, commands: Mapping[str, str], load: Callable[[str], click.Command], help_text: str) -> None:
        settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
        super().__init__(
            "smallfed", params=[*shared_options()], no_args_is_help=True, help=help_text, context_settings=settings
        )
        self.known = commands
        self.load = load

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order they are listed."""
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is none of that name."""
        return self.load(cmd_name) if cmd_name in self.known else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that ``args`` begins with; say what may have been meant when there is none."""
        name = args[0]
        if name not in self.known:
            from difflib import get_close_matches

            near = get_close_matches(name, self.known, n=1)
            advice = f"did you mean `smallfed {near[0]}`?" if near else f"there are: {', '.join(self.known)}"
            raise click.UsageError(f"there is no command {name!r}; {advice}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their lines."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.known.items()))


def frame() -> Frame:
    """Return the whole command line."""
    version = click.version_option(__version__, message="smallfed %(version)s")
    return version(Frame(COMMANDS, load_command, _HELP))
