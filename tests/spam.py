"""Waves of spam as strangers send them, and what others have honestly to say; written for the tests.

Modelled on the wave of February 2024 (throw-away accounts with random names on abandoned servers, a picture, a link to
a chat, many names) and on what came later (SAFETY §5). Nothing here was ever sent by anybody.
"""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.incoming import IncomingMention, IncomingPost
from smallfed.domain.post import Attachment
from smallfed.store.tx import Tx
from tests.world import acquaint

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
CAN = "UBL_:9Rj~qof-;ayWBay~qj[M{j[t7ofWBay"  # a blurhash
TEXT = (
    "This message is a gift from our server to yours. We are a group of high school students who do not like what"
    " was said about us, and until it is taken back you will hear from us every day. Have fun reading this!"
)
JAPANESE = (
    "こちらは荒らし共栄圏の公式サーバーです。私たちは中学生と高校生の集まりで、世界中のサーバーに挨拶をしています。"
    "参加希望の方は下のリンクからどうぞ。皆様の健康と平和をお祈りします。"
)
SHOP = (
    "Earn a second income from your sofa with our new trading robot, nothing to lose, ask me how it has worked for me!"
)
TWINS = str.maketrans("aeopcxi", "аеорсхі")


class Spammers:
    """Accounts on servers that nobody looks after."""

    def __init__(self, tx: Tx, dice: random.Random, *, accounts: int, hosts: int) -> None:
        self.tx, self.dice = tx, dice
        names = [f"old{number}.example" for number in range(hosts)]
        self.people = [acquaint(tx, f"{self.word(10)}@{names[n % hosts]}", name="") for n in range(accounts)]
        self._number = 0

    def word(self, length: int) -> str:
        """Return random letters."""
        return "".join(self.dice.choice(LETTERS) for _ in range(length))

    def post(self, owner: Account, text: str, **fields: object) -> IncomingPost:
        """Return a post of one of them that names the owner."""
        self._number += 1
        author = self.dice.choice(self.people)
        named = (owner.uri, *fields.pop("others", ()))  # type: ignore[misc]
        return IncomingPost(
            author=author.uri,
            **{
                "kind": "Note",
                "uri": f"{author.uri}/notes/{self._number}",
                "mentions": tuple(IncomingMention(href=uri) for uri in named),
                "content": f"<p>{text}</p>",
                "to": (PUBLIC,),
                "cc": (author.followers or "", *named),
                "published_at": self.tx.now,
                **fields,
            },
        )


Shape = Callable[[Spammers, Account], IncomingPost]


def picture(blurhash: str) -> Attachment:
    """Return a picture as it comes."""
    url = "https://files.example/media/1.webp"
    return Attachment(id=0, kind="image", media_type="image/webp", url=url, blurhash=blurhash)


def link(url: str) -> str:
    """Return a link as it comes."""
    return f'<a href="{url}" rel="nofollow noopener" target="_blank">{url}</a>'


def of_2024(they: Spammers, owner: Account) -> IncomingPost:
    """A picture of a can, a link to a chat, and a few names."""
    others = tuple(f"https://old{they.dice.randrange(80)}.example/users/{they.word(10)}" for _ in range(5))
    text = f"{JAPANESE}<br>{link('https://discord.example/invite/ctkp')}"
    return they.post(owner, text, attachments=(picture(CAN),), others=others)


def bombs(they: Spammers, owner: Account) -> IncomingPost:
    """Many names, and little else."""
    others = tuple(f"https://old{they.dice.randrange(80)}.example/users/{they.word(8)}" for _ in range(14))
    return they.post(owner, they.word(30), others=others)


def copies(they: Spammers, owner: Account) -> IncomingPost:
    """The same words with another tail each time, and no link: nothing to be seen in one of them."""
    return they.post(owner, f"{TEXT} {' '.join(they.word(6) for _ in range(8))}")


def disguised(they: Spammers, owner: Account) -> IncomingPost:
    """The same words in letters that only look alike, with what cannot be seen between them."""
    text = "".join(letter + ("\u200b" if they.dice.random() < 0.2 else "") for letter in TEXT)
    return they.post(owner, text.translate(TWINS) if they.dice.random() < 0.5 else text.upper())


def japanese(they: Spammers, owner: Account) -> IncomingPost:
    """A text in Japanese alone, with a tail."""
    return they.post(owner, f"{JAPANESE}{they.dice.randrange(10**6)}")


def seller(they: Spammers, owner: Account) -> IncomingPost:
    """An offer, told anew each time in its beginning."""
    return they.post(owner, f"{they.word(5)} {they.word(7)}! {SHOP}")


def links(they: Spammers, owner: Account) -> IncomingPost:
    """A link with a tail for each, and random words."""
    return they.post(
        owner, f"{they.word(9)} {they.word(9)} {link(f'https://shop.example/deal?utm_source={they.word(4)}')}"
    )


SHAPES: tuple[Shape, ...] = (of_2024, bombs, copies, disguised, japanese, seller, links)


class Step(Struct, frozen=True):
    """One thing of a wave, and when it comes."""

    at: datetime
    post: IncomingPost
    genuine: bool


def mixed(
    they: Spammers,
    owner: Account,
    shapes: tuple[Shape, ...],
    genuine: list[IncomingPost],
    *,
    many: int,
    over: timedelta,
) -> Iterator[Step]:
    """Yield ``many`` spam posts spread over a time, with genuine ones anywhere in between."""
    places = set(they.dice.sample(range(many), len(genuine)))
    rest = iter(genuine)
    begin = they.tx.now
    for number in range(many):
        at = begin + over * (number / many)
        if number in places:
            yield Step(at, next(rest), True)
        yield Step(at, they.dice.choice(shapes)(they, owner), False)
