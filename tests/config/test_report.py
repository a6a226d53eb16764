"""The configuration told to people."""

from ipaddress import ip_network
from pathlib import Path

from smallfed.config import Alarm, Config, Limits, Network, Proxy, alarms
from smallfed.config.report import Effective, effective

DATA = Path("/srv")


def test_a_normal_server_has_no_alarms() -> None:
    assert alarms(Config(data=DATA)) == []


def test_everything_for_laboratories_raises_an_alarm() -> None:
    config = Config(
        data=DATA,
        network=Network(
            allow=(ip_network("10.0.0.0/8"),),
            ca_file=Path("/ca.pem"),
            resolve={},
            proxy=Proxy("socks5", "tor", 9050, ("me", "hush")),
        ),
        limits=Limits(rate=False),
        origins={"network.allow": "smallfed.toml:3"},
    )

    assert alarms(config) == [
        Alarm(
            name="network.allow",
            value='["10.0.0.0/8"]',
            origin="smallfed.toml:3",
            meaning="requests may go to these private networks",
        ),
        Alarm(
            name="network.ca_file",
            value='"/ca.pem"',
            origin="default",
            meaning="certificates signed by these authorities are believed",
        ),
        Alarm(
            name="network.proxy",
            value='"socks5://***:***@tor:9050"',
            origin="default",
            meaning="requests to other servers go through this proxy",
        ),
        Alarm(
            name="limits.rate",
            value="false",
            origin="default",
            meaning="request and login limits are off: anybody may ask, and guess passwords, as fast as they can",
        ),
    ]


def test_the_effective_values_begin_with_the_places() -> None:
    config = Config(data=DATA, origins={"data": "--data"})

    assert effective(config)[:3] == [
        Effective(name="data", value="/srv", origin="--data"),
        Effective(name="config", value=None, origin="default"),
        Effective(name="server.bind", value="127.0.0.1:8420", origin="default"),
    ]
