"""Strength, origins, the data directory, and errors that say what to write instead."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest

from smallfed.config import Config, Endpoint, Limits, Log, Network, Proxy, Server, Web, load
from smallfed.config.options import SECTIONS
from smallfed.errors import Misconfigured

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a configuration file and returns its path."""

    def write(text: str) -> Path:
        path = tmp_path / "given.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refusal(flags: dict[str, str], environ: dict[str, str]) -> str:
    with pytest.raises(Misconfigured) as caught:
        load(flags, {"HOME": "/nowhere", **environ})
    return caught.value.message


def test_without_anything_there_are_defaults() -> None:
    config = load({}, {"HOME": "/nowhere"})

    assert config == Config(
        data=Path("/nowhere/.local/share/smallfed"), origins={"data": "default", "config": "default"}
    )


def test_every_option_can_be_set_in_the_file(write: Write, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    file = write("""
        [server]
        bind = "0.0.0.0:80"
        trusted_proxies = []
        [log]
        format = "json"
        level = "debug"
        [network]
        allow = ["127.0.0.0/8"]
        ca_file = "ca.pem"
        resolve = { "a.example" = "127.0.0.1:1" }
        proxy = "http://proxy:3128"
        [limits]
        rate = false
        [web]
        replies = "none"
    """)

    config = load({"config": str(file), "data": str(tmp_path)}, {})

    assert config == Config(
        data=tmp_path,
        file=file,
        server=Server(bind=Endpoint("0.0.0.0", 80), trusted_proxies=()),
        log=Log(format="json", level="debug"),
        network=Network(
            allow=(ip_network("127.0.0.0/8"),),
            ca_file=tmp_path / "ca.pem",
            resolve={"a.example": Endpoint("127.0.0.1", 1)},
            proxy=Proxy("http", "proxy", 3128),
        ),
        limits=Limits(rate=False),
        web=Web(replies="none"),
        origins={
            "data": "--data",
            "config": "--config",
            "server.bind": f"{file}:3",
            "server.trusted_proxies": f"{file}:4",
            "log.format": f"{file}:6",
            "log.level": f"{file}:7",
            "network.allow": f"{file}:9",
            "network.ca_file": f"{file}:10",
            "network.resolve": f"{file}:11",
            "network.proxy": f"{file}:12",
            "limits.rate": f"{file}:14",
            "web.replies": f"{file}:16",
        },
    )


def test_the_environment_is_split_into_values() -> None:
    environ = {
        "HOME": "/nowhere",
        "PATH": "/bin",
        "SMALLFED_DATA": "/srv/smallfed",
        "SMALLFED_LIMITS_RATE": "False",
        "SMALLFED_NETWORK_ALLOW": "127.0.0.21/32, 10.0.0.0/8",
        "SMALLFED_NETWORK_PROXY": "",
        "SMALLFED_NETWORK_RESOLVE": "a.example=127.0.0.1:1,b.example=[::1]:2",
        "SMALLFED_SERVER_TRUSTED_PROXIES": "",
    }

    config = load({}, environ)

    assert config == Config(
        data=Path("/srv/smallfed"),
        server=Server(trusted_proxies=()),
        network=Network(
            allow=(ip_network("127.0.0.21/32"), ip_network("10.0.0.0/8")),
            resolve={"a.example": Endpoint("127.0.0.1", 1), "b.example": Endpoint("::1", 2)},
        ),
        limits=Limits(rate=False),
        origins={
            "data": "SMALLFED_DATA",
            "config": "default",
            **{
                name: f"SMALLFED_{name.replace('.', '_').upper()}"
                for name in (
                    "limits.rate",
                    "network.allow",
                    "network.proxy",
                    "network.resolve",
                    "server.trusted_proxies",
                )
            },
        },
    )


def test_the_stronger_source_wins(write: Write) -> None:
    file = write('[log]\nformat = "json"\nlevel = "debug"\n[web]\nreplies = "all"\n')
    environ = {"HOME": "/nowhere", "SMALLFED_LOG_LEVEL": "error", "SMALLFED_WEB_REPLIES": "none"}

    config = load({"config": str(file), "web.replies": "known"}, environ)

    assert (config.log, config.web) == (Log(format="json", level="error"), Web(replies="known"))
    assert dict(config.origins) == {
        "data": "default",
        "config": "--config",
        "log.format": f"{file}:2",
        "log.level": "SMALLFED_LOG_LEVEL",
        "web.replies": "--web-replies",
    }


def test_a_file_in_the_data_directory_is_read_unless_another_is_named(tmp_path: Path, write: Write) -> None:
    (tmp_path / "smallfed.toml").write_text('log.level = "error"')
    other = write('log.level = "debug"')

    found = load({"data": str(tmp_path)}, {})
    named = load({"data": str(tmp_path)}, {"SMALLFED_CONFIG": str(other)})

    assert (found.file, found.log.level, found.origins["config"]) == (
        tmp_path / "smallfed.toml",
        "error",
        "found in the data directory",
    )
    assert (named.file, named.log.level, named.origins["config"]) == (other, "debug", "SMALLFED_CONFIG")


@pytest.mark.parametrize(
    ("flags", "environ", "data"),
    [
        ({}, {}, "/home/me/.local/share/smallfed"),
        ({}, {"XDG_DATA_HOME": "/x"}, "/x/smallfed"),
        ({}, {"XDG_DATA_HOME": "relative"}, "/home/me/.local/share/smallfed"),
        ({}, {"XDG_DATA_HOME": ""}, "/home/me/.local/share/smallfed"),
        ({}, {"XDG_DATA_HOME": "/x", "SMALLFED_DATA": "/s"}, "/s"),
        ({}, {"SMALLFED_DATA": ""}, "/home/me/.local/share/smallfed"),
        ({"data": "/f"}, {"SMALLFED_DATA": "/s"}, "/f"),
    ],
)
def test_the_data_directory(flags: dict[str, str], environ: dict[str, str], data: str) -> None:
    assert load(flags, {"HOME": "/home/me", **environ}).data == Path(data)


def test_relative_places_start_from_where_the_command_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("")

    config = load({"data": "here", "config": "mine.toml"}, {})

    assert (config.data, config.file) == (tmp_path / "here", tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[server]\nbnid = ''", "2: there is no option server.bnid; did you mean bind under [server]?"),
        ("[server]\n\nallow = []", "3: there is no option server.allow; did you mean allow under [network]?"),
        ("[server]\nxyz = 1", "2: there is no option server.xyz; known here: bind, trusted_proxies"),
        ("[sever]\nbind = ''", "1: there is no section sever; did you mean [server]?"),
        (
            "[quux]",
            f"1: there is no section quux; known sections: {', '.join(SECTIONS)}",
        ),
        ("\nbind = ''", "2: there is no option bind; did you mean bind under [server]?"),
        ("server = 1", "1: server is a section; write [server] and its options below it"),
        (
            "[server]\nport = 80",
            "2: there is no option server.port; "
            'the address and the port are one option: bind = "HOST:PORT" under [server]',
        ),
        (
            "domain = 'example.org'",
            "1: there is no option domain; "
            "the domain is not configuration: it is set once by `smallfed setup --domain D` or on the first page",
        ),
        (
            "[server]\nbind = 8420",
            "2: server.bind must be text in double quotes, not 8420; "
            'write for example: bind = "unix:/run/smallfed/smallfed.sock"',
        ),
        (
            "[log]\n# a remark\nlevel = 'loud'",
            "3: log.level must be one of debug, info, warning, error, not 'loud'; "
            'write for example: level = "warning"',
        ),
        (
            "[limits]\nrate = 'off'",
            "2: limits.rate must be true or false, not 'off'; write for example: rate = false",
        ),
        ("[server]\nbind = 127.0.0.1", "2: is not TOML: Expected newline or end of document after a statement"),
        ("[log]\nlevel = 'a'\nlevel = 'b'", "3: is not TOML: Cannot overwrite a value"),
        ("[log]\nlevel = 'a", "2: is not TOML: "),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(write: Write, text: str, said: str) -> None:
    file = write(text)

    message = refusal({"config": str(file)}, {})

    assert message.startswith(f"{file}:{said}")
    assert message.removeprefix(f"{file}:{said}") in ("", " (text stands in double quotes)") or said.endswith("TOML: ")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (
            "SMALLFED_SERVER_BIN",
            "x",
            "SMALLFED_SERVER_BIN: there is no such variable; did you mean SMALLFED_SERVER_BIND?",
        ),
        (
            "SMALLFED_DOMAIN",
            "x",
            "SMALLFED_DOMAIN: there is no such variable; "
            "the domain is not configuration: it is set once by `smallfed setup --domain D` or on the first page",
        ),
        (
            "SMALLFED_QQ",
            "x",
            "SMALLFED_QQ: there is no such variable; `smallfed config --sample` names all there are",
        ),
        (
            "SMALLFED_LIMITS_RATE",
            "0",
            "SMALLFED_LIMITS_RATE: limits.rate must be true or false, not '0'; "
            "write for example: SMALLFED_LIMITS_RATE=false",
        ),
        (
            "SMALLFED_NETWORK_RESOLVE",
            "a.example",
            "SMALLFED_NETWORK_RESOLVE: network.resolve must be name=address:port, with commas between several; "
            "write for example: SMALLFED_NETWORK_RESOLVE=social.example=127.0.0.21:8443",
        ),
    ],
)
def test_what_is_wrong_in_the_environment_is_told_with_its_variable(variable: str, value: str, said: str) -> None:
    assert refusal({}, {variable: value}) == said


def test_what_is_wrong_in_a_flag_is_told_with_the_flag() -> None:
    assert refusal({"server.bind": "80"}, {}) == (
        "--server-bind: server.bind has no port: '80'; write for example: "
        "--server-bind=unix:/run/smallfed/smallfed.sock"
    )


def test_a_wrong_value_is_told_even_when_a_stronger_one_overrules_it(write: Write) -> None:
    file = write("[log]\nlevel = 'loud'")

    assert refusal({"config": str(file), "log.level": "info"}, {}).startswith(f"{file}:2: log.level must be")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            {"config": "/nowhere/x.toml"},
            "--config: there is no file /nowhere/x.toml; `smallfed config --sample` prints one to begin with",
        ),
        ({"config": ""}, "--config: names nothing; write a path"),
        ({"config": "/"}, "/: cannot be read (Is a directory)"),
        ({"data": "/dev/null"}, "--data: the data directory /dev/null is a file; name a directory"),
    ],
)
def test_wrong_places_are_told(flags: dict[str, str], said: str) -> None:
    assert refusal(flags, {}) == said


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(b"\xff\xfe")

    assert refusal({"config": str(file)}, {}) == f"{file}: is not UTF-8 text; save it as UTF-8"
