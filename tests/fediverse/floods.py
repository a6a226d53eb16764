"""Spam as it is delivered: every kind that SAFETY §5 knows of, by accounts that are made to be thrown away.

Modelled on the wave of February 2024 and what came later. Nothing here was ever sent by anybody.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tests.fediverse.crowds import PUBLIC, Crowd, Person
from tests.fediverse.houses import JSON
from tests.spam import CAN, JAPANESE, SHOP, TEXT, TWINS, link

TAGS = tuple(
    f"{first}{second}"
    for first in ("crypto", "invest", "money", "casino", "bonus")
    for second in ("now", "today", "free", "online", "pro", "club", "tips", "world", "king", "deal")
)
TEASERS = ("check my profile", "dm me", "look at my bio", "i have something for you", "so true, more on my page", "hot")


class Spammers:
    """A crowd's worst: ``many`` accounts on ``hosts`` servers, at most two days old as far as they say.

    With ``aged`` these were made long ago, or taken over. With ``wildcard`` each has a server of its own below one
    domain, which says nothing of when accounts began.
    """

    def __init__(
        self,
        crowd: Crowd,
        *,
        many: int,
        hosts: int,
        now: datetime,
        owner: str,
        posts: Sequence[str],
        wildcard: bool = False,
        aged: bool = False,
    ) -> None:
        self.crowd, self.dice, self.owner, self.posts = crowd, crowd.dice, owner, posts
        self.victims = [crowd.join(f"town{number}.example").uri for number in range(40)]
        self.people = [
            crowd.join(f"{crowd.word(8)}.wild.example")
            if wildcard
            else crowd.join(
                f"old{number % hosts}.example", began=now - timedelta(days=self.dice.randrange(3) + 400 * aged)
            )
            for number in range(many)
        ]

    def one(self) -> Person:
        """Return one of them."""
        return self.dice.choice(self.people)

    def post(self, content: str, *others: str, **fields: object) -> JSON:
        """Return a post by one of them that names the owner."""
        at = f'<p><span class="h-card"><a href="{self.owner}" class="u-url mention">@alice</a></span> {content}</p>'
        return self.crowd.says(self.one(), at, names=(self.owner, *others), **fields)  # type: ignore[arg-type]

    def others(self, many: int) -> list[str]:
        """Return the ids of some of those who get it, too."""
        return self.dice.sample(self.victims, many)

    def words(self, many: int) -> str:
        """Return random words."""
        return " ".join(self.crowd.word(self.dice.randrange(3, 9)) for _ in range(many))


Kind = Callable[[Spammers], JSON]


def picture(they: Spammers, blurhash: str | None) -> JSON:
    """Return a picture as it comes."""
    hashed = {} if blurhash is None else {"blurhash": blurhash}
    return {
        "type": "Document",
        "mediaType": "image/webp",
        "url": f"https://files.example/{they.crowd.word(12)}.webp",
        **hashed,
    }


def pictures(they: Spammers) -> JSON:
    """A picture and no word, as in February 2024."""
    return they.post("", *they.others(4), attachment=[picture(they, CAN)])


def bare_pictures(they: Spammers) -> JSON:
    """A picture of which nothing is known but where it is."""
    return they.post("", attachment=[picture(they, None)])


def links(they: Spammers) -> JSON:
    """A link below a wildcard, with random words."""
    return they.post(f"{they.words(3)} {link(f'https://{they.crowd.word(6)}.shop.example/{they.crowd.word(5)}')}")


def copies(they: Spammers) -> JSON:
    """The same words with another tail each time."""
    return they.post(f"{TEXT} {they.words(8)}")


def disguised(they: Spammers) -> JSON:
    """The same words in letters that only look alike, with what cannot be seen between them."""
    text = "".join(letter + ("\u200b" if they.dice.random() < 0.2 else "") for letter in TEXT)
    return they.post(text.translate(TWINS) if they.dice.random() < 0.5 else text.upper())


def varied(they: Spammers) -> JSON:
    """One text, told anew each time in its beginning, in two languages."""
    return they.post(
        f"{they.words(3)} {SHOP}" if they.dice.random() < 0.5 else f"{JAPANESE}{they.dice.randrange(10**6)}"
    )


def bombs(they: Spammers) -> JSON:
    """Many names, and little else."""
    return they.post(they.words(3), *they.others(14))


def hashtags(they: Spammers) -> JSON:
    """Twenty-five hashtags in any order."""
    chosen = they.dice.sample(TAGS, 25)
    tags = [{"type": "Hashtag", "name": f"#{tag}", "href": f"https://old1.example/tags/{tag}"} for tag in chosen]
    shown = " ".join(f'<a href="https://old1.example/tags/{tag}" class="mention hashtag">#{tag}</a>' for tag in chosen)
    return they.post(shown, tags=tags)


def follows(they: Spammers) -> JSON:
    """A Follow."""
    return they.crowd.does(they.one(), "Follow", they.owner)


def likes(they: Spammers) -> JSON:
    """A Like of a post of the owner."""
    return they.crowd.does(they.one(), "Like", they.dice.choice(they.posts))


def boosts(they: Spammers) -> JSON:
    """An Announce of a post of the owner."""
    return they.crowd.does(they.one(), "Announce", they.dice.choice(they.posts), to=[PUBLIC], cc=[they.owner])


def direct(they: Spammers) -> JSON:
    """A word in private."""
    text = they.dice.choice(
        [f"{SHOP} {they.words(2)}", f"{they.words(4)} {link(f'https://chat.example/{they.crowd.word(6)}')}"]
    )
    return they.post(text, to=(they.owner,))


def quotes(they: Spammers) -> JSON:
    """A post of the owner, quoted with an offer."""
    quoted = they.dice.choice(they.posts)
    return they.crowd.says(they.one(), f"<p>{they.words(2)} {SHOP}</p>", quote=quoted, quoteUrl=quoted)


def polls(they: Spammers) -> JSON:
    """A question without words, with an offer for each answer."""
    options = [{"type": "Note", "name": f"{SHOP} {they.words(1)}"}, {"type": "Note", "name": TEXT}]
    return they.post("", type="Question", oneOf=options, endTime="2027-01-01T00:00:00Z")


def replies(they: Spammers) -> JSON:
    """A few words under a post of the owner that many read."""
    return they.post(f"{they.dice.choice(TEASERS)} {they.crowd.word(5)}", inReplyTo=they.posts[0])


KINDS: tuple[Kind, ...] = (
    pictures,
    bare_pictures,
    links,
    copies,
    disguised,
    varied,
    bombs,
    hashtags,
    follows,
    likes,
    boosts,
    direct,
    quotes,
    polls,
    replies,
)
