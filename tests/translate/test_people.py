"""Actor documents of others."""

from typing import Any

import pytest
from msgspec import structs

from smallfed.domain.account import Field, Kind
from smallfed.domain.incoming import IncomingAccount, IncomingKey
from smallfed.errors import Invalid
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.protocol.signatures.keys import generate_ed25519, generate_rsa
from smallfed.translate import inward

BEA = "https://masto.example/users/bea"
RSA = generate_rsa().public
ED25519 = generate_ed25519().public
KEY = {"id": f"{BEA}#main-key", "owner": BEA, "publicKeyPem": RSA.pem()}
MULTIKEY = {"id": f"{BEA}#ed", "type": "Multikey", "controller": BEA, "publicKeyMultibase": ED25519.multibase()}
THE_KEY = IncomingKey(key_id=f"{BEA}#main-key", algorithm="rsa-v1_5-sha256", der=RSA.der)
THE_MULTIKEY = IncomingKey(key_id=f"{BEA}#ed", algorithm="ed25519", der=ED25519.der, proves=True)


def read(**properties: Any) -> IncomingAccount:
    """Read Bea's actor with these properties."""
    actor = {"type": "Person", "id": BEA, "preferredUsername": "bea", "inbox": f"{BEA}/inbox"}
    return inward.account(Document({**actor, **properties}))


def test_the_least_an_actor_needs() -> None:
    """Everything else has a default."""
    assert read() == IncomingAccount(uri=BEA, kind=Kind.PERSON, username="bea", inbox=f"{BEA}/inbox")


@pytest.mark.parametrize(
    "properties",
    [
        {"id": None},
        {"id": "acct:bea@masto.example"},
        {"type": "Note"},
        {"inbox": None},
        {"inbox": "javascript:x"},
        {"preferredUsername": None, "id": "https://masto.example/?a=1"},
    ],
)
def test_refused(properties: dict[str, Any]) -> None:
    """Without id, type, inbox or a name there is no account."""
    with pytest.raises(Invalid):
        read(**properties)


@pytest.mark.parametrize(
    ("properties", "username", "claim"),
    [
        ({}, "bea", None),
        ({"webfinger": "b@other.example"}, "bea", "b@other.example"),
        ({"webfinger": "acct:b@other.example"}, "bea", "b@other.example"),
        ({"webfinger": "<b>@x"}, "bea", None),
        ({"webfinger": ["b@other.example"]}, "bea", "b@other.example"),
        ({"preferredUsername": "a b", "webfinger": "b@other.example"}, "b", "b@other.example"),
        ({"preferredUsername": None, "id": "https://masto.example/u/jo/"}, "jo", None),
        ({"preferredUsername": "x" * 3000}, "bea", None),
        ({"preferredUsername": "Ünïcode.dot-dash"}, "Ünïcode.dot-dash", None),
    ],
)
def test_names(properties: dict[str, Any], username: str, claim: str | None) -> None:
    """A handle is put together from what there is; it stays a claim."""
    account = read(**properties)

    assert (account.username, account.claim) == (username, claim)


@pytest.mark.parametrize(
    ("properties", "shared"),
    [
        ({"endpoints": {"sharedInbox": "https://masto.example/inbox"}}, "https://masto.example/inbox"),
        ({"endpoints": None, "sharedInbox": "https://masto.example/inbox"}, "https://masto.example/inbox"),
        ({"endpoints": "https://masto.example/endpoints"}, None),
        ({"endpoints": {"sharedInbox": "file:///etc/passwd"}}, None),
    ],
)
def test_shared_inbox(properties: dict[str, Any], shared: str | None) -> None:
    """It is in endpoints, or at the top."""
    assert read(**properties).shared_inbox == shared


def test_collections_of_another_origin_are_left_out() -> None:
    """An actor cannot claim somebody else's followers."""
    account = read(followers="https://other.example/f", outbox={"id": f"{BEA}/outbox"}, featured=[f"{BEA}/featured"])

    assert (account.followers, account.outbox, account.featured) == (None, f"{BEA}/outbox", f"{BEA}/featured")


def test_a_page_elsewhere_is_nobodys() -> None:
    """People are found by their pages, and blocked and purged by them: nobody has that of somebody else."""
    assert read(url="https://bob.example/@bob").url is None
    assert read(url=["https://bob.example/@bob", "https://masto.example/@bea"]).url == "https://masto.example/@bea"


def test_mail_may_go_elsewhere() -> None:
    """Where it goes is for the actor to say; it gives nobody any authority."""
    account = read(inbox="https://mail.example/in", endpoints={"sharedInbox": "https://mail.example/all"})

    assert (account.inbox, account.shared_inbox) == ("https://mail.example/in", "https://mail.example/all")


@pytest.mark.parametrize(
    "icon",
    [
        "https://m.example/a.png",
        {"type": "Image", "url": "https://m.example/a.png"},
        {"type": "Image", "url": {"type": "Link", "href": "https://m.example/a.png"}},
        {"type": "Link", "href": "https://m.example/a.png"},
        [{"type": "Image", "url": "javascript:x"}, {"type": "Image", "url": ["https://m.example/a.png"]}],
    ],
)
def test_avatar(icon: Any) -> None:
    """One URL for every shape."""
    assert read(icon=icon).avatar == "https://m.example/a.png"


def test_texts_are_made_safe() -> None:
    """Bio and fields are sanitised HTML, names are plain text."""
    account = read(
        name="<b>\u202eBea\n",
        summary="<p onclick=x>hi</p><script>x</script>",
        attachment=[
            {"type": "PropertyValue", "name": "<i>Site</i>", "value": '<a href="javascript:x">x</a>'},
            {"type": "Note", "name": "About", "content": "<p>text</p>"},
            {"type": "PropertyValue", "name": "", "value": "nameless"},
            {"type": "IdentityProof", "name": "x"},
        ],
    )

    assert (account.name, account.note) == ("<b>Bea", "<p>hi</p>")
    assert account.fields == (Field(name="Site", value="x"), Field(name="About", value="<p>text</p>"))


def test_limits() -> None:
    """Lists and texts are cut."""
    account = read(
        name="x" * 5000,
        summary="y" * 50_000,
        alsoKnownAs=[f"https://a.example/{n}" for n in range(500)] + ["tag:x"],
        attachment=[{"type": "PropertyValue", "name": str(n), "value": "v"} for n in range(50)],
    )

    assert (len(account.name), len(account.note)) == (limits.NAME, limits.BIO)
    assert (len(account.also_known_as), len(account.fields)) == (limits.ALIASES, limits.FIELDS)


def test_flags() -> None:
    """Only a plain yes is yes."""
    account = read(
        manuallyApprovesFollowers=True,
        discoverable="true",
        indexable=1,
        suspended=True,
        memorial=True,
        movedTo={"id": "https://new.example/u"},
        type=["Person", "Service"],
    )

    assert (account.locked, account.discoverable, account.indexable, account.suspended) == (True, True, False, True)
    assert (account.memorial, account.moved_to, account.kind) == (True, "https://new.example/u", Kind.PERSON)


@pytest.mark.parametrize(
    ("said", "domains"),
    [
        (["blog.example", "Bücher.example", "blog.example"], ("blog.example", "xn--bcher-kva.example")),
        ("blog.example", ("blog.example",)),
        ([{"id": "blog.example"}, None, 1, ["x.example"], "a b", "https://"], ()),
        ({"blog.example": True}, ()),
        (["a" * 300 + ".example"] + [f"{n}.example" for n in range(500)], None),
    ],
)
def test_who_may_name_it_as_an_author(said: Any, domains: tuple[str, ...] | None) -> None:
    """Texts only: by an object others could be spoofed (GHSA-rwcw-vq68-g34p)."""
    found = read(attributionDomains=said).attribution_domains

    assert found == domains or (domains is None and len(found) <= limits.ATTRIBUTIONS)


def test_what_a_profile_shows() -> None:
    plain = read(icon={"type": "Image", "url": "https://a.example/1.png"})
    told = read(
        icon={"type": "Image", "url": "https://a.example/1.png", "summary": "A <b>face</b>"},
        image={"type": "Image", "url": "https://a.example/2.png", "name": "A beach"},
        showMedia=False,
        showRepliesInMedia=False,
        showFeatured=False,
    )

    assert (plain.avatar_description, plain.show_media, plain.show_media_replies, plain.show_featured) == (
        "",
        True,
        True,
        True,
    )
    assert (told.avatar_description, told.header_description) == ("A face", "A beach")
    assert (told.show_media, told.show_media_replies, told.show_featured) == (False, False, False)


@pytest.mark.parametrize(
    ("properties", "keys"),
    [
        ({"publicKey": KEY}, (THE_KEY,)),
        ({"publicKey": [KEY, KEY], "assertionMethod": [MULTIKEY]}, (THE_KEY, THE_MULTIKEY)),
        ({"publicKey": {**KEY, "owner": None}}, (THE_KEY,)),
        ({"publicKey": {**KEY, "owner": "https://masto.example/users/other"}}, ()),
        ({"publicKey": {**KEY, "id": "https://victim.example/users/v#main-key"}}, ()),
        ({"publicKey": {**KEY, "publicKeyPem": "no key"}, "assertionMethod": MULTIKEY}, (THE_MULTIKEY,)),
        ({"assertionMethod": {**MULTIKEY, "controller": "https://evil.example/x"}}, ()),
        ({"assertionMethod": {**MULTIKEY, "publicKeyMultibase": "zzzz0"}}, ()),
        ({"publicKey": MULTIKEY}, (structs.replace(THE_MULTIKEY, proves=False),)),
        ({"assertionMethod": {**MULTIKEY, "controller": None}}, (structs.replace(THE_MULTIKEY, proves=False),)),
        ({"assertionMethod": {**KEY, "type": "Multikey"}}, (THE_KEY,)),
        ({"publicKey": f"{BEA}#main-key"}, ()),
    ],
)
def test_keys(properties: dict[str, Any], keys: tuple[IncomingKey, ...]) -> None:
    """Keys that are the actor's own and can be used; the others are left out. Only an Ed25519 Multikey makes proofs."""
    assert read(**properties).keys == keys


def test_keys_of_a_stub() -> None:
    """GoToSocial's stub has no inbox, but its key counts."""
    stub = Document({"type": "Person", "id": BEA, "publicKey": KEY})

    assert inward.keys(stub) == (THE_KEY,)


def test_bare_key() -> None:
    """A document that is only a key names its owner."""
    assert inward.bare_key(Document({"type": "Key", **KEY})) == (BEA, THE_KEY)
    assert inward.bare_key(Document(MULTIKEY)) == (BEA, structs.replace(THE_MULTIKEY, proves=False))


@pytest.mark.parametrize("document", [{}, {**KEY, "owner": None}, {**KEY, "publicKeyPem": ""}, {**KEY, "id": None}])
def test_no_bare_key(document: dict[str, Any]) -> None:
    """Without owner, id or key there is nothing."""
    with pytest.raises(Invalid):
        inward.bare_key(Document(document))
