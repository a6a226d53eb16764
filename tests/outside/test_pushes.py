"""Web Push by a real process to a push service over TLS: what arrives, what survives a kill, what is never dialled."""

from collections.abc import Iterator

import pytest

from tests.apps import Phone, introduced
from tests.outside.conftest import ALICE
from tests.outside.looking import rows
from tests.outside.test_outbound import Trap
from tests.processes import Laboratory, Server, eventually
from tests.strangers import Stranger

PATH = "/api/v1/push/subscription"


class Service(Stranger):
    """A push service: it keeps what it is sent as it came."""

    def __init__(self, lab: Laboratory, domain: str) -> None:
        self.pushes: list[tuple[dict[str, str], bytes]] = []
        super().__init__(lab, domain)

    def take(self, body: bytes) -> None:
        self.pushes.append((self.asked[-1][2], body))


@pytest.fixture(scope="module")
def service(lab: Laboratory) -> Iterator[Service]:
    opened = Service(lab, "push.example")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def alice(lab: Laboratory, bob: Stranger, service: Service) -> Iterator[Server]:
    server = lab.server("home.example")
    server.setup("alice")
    yield server.start()
    server.kill()


@pytest.mark.parametrize("standard", [True, False])
def test_a_mention_arrives(alice: Server, bob: Stranger, service: Service, standard: bool) -> None:
    phone, token = Phone("https://push.example/phone"), alice.token()
    subscription = alice.api("POST", PATH, token, **phone.asks("mention", standard=standard))
    service.pushes.clear()

    assert bob.post(alice, bob.create(bob.mention(ALICE, "<p>knock knock</p>"))).status == 202

    headers, body = eventually(lambda: service.pushes and service.pushes[0])
    said = phone.read(headers, body)
    notification = alice.api("GET", f"/api/v1/notifications/{said['notification_id']}", token)
    assert (said["access_token"], said["body"], notification["type"]) == (token, "knock knock", "mention")
    assert introduced(headers, subscription["server_key"])["aud"] == "https://push.example"
    alice.api("DELETE", PATH, token)


def test_killed_while_the_service_is_away(alice: Server, bob: Stranger, service: Service) -> None:
    """What waited is told by the next life."""
    phone, token = Phone("https://push.example/phone"), alice.token()
    alice.api("POST", PATH, token, **phone.asks("mention"))
    service.pushes.clear()
    service.inbox_status = 503
    assert bob.post(alice, bob.create(bob.mention(ALICE, "<p>are you there?</p>"))).status == 202
    eventually(lambda: rows(alice, "SELECT 1 FROM pushes WHERE attempts > 0"))
    waits = alice.command("queue").stdout

    alice.kill()
    service.inbox_status = 202
    service.pushes.clear()
    alice.start()

    assert "push.example" in waits
    assert "HTTP 503" in waits
    headers, body = eventually(lambda: service.pushes and service.pushes[0], within=60)
    assert phone.read(headers, body)["body"] == "are you there?"
    assert rows(alice, "SELECT count(*) FROM pushes") == [(0,)]


def test_forbidden_ground_is_never_dialled(alice: Server, bob: Stranger, lab: Laboratory) -> None:
    """An endpoint may be any address; only those that everybody can reach are asked."""
    trap = Trap("127.0.0.99")
    token = alice.token()
    phone = Phone(f"https://127.0.0.99:{trap.port}/phone")
    alice.api("POST", PATH, token, **phone.asks("mention"))

    assert bob.post(alice, bob.create(bob.mention(ALICE))).status == 202

    ((why,),) = eventually(lambda: rows(alice, "SELECT answer FROM pushes WHERE state = 'failed'"))
    trap.close()
    assert trap.dialled == 0
    assert "127.0.0.99" in why
