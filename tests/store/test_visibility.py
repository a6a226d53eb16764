"""The condition in SQL and the rule in words agree, in whatever world."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.policy.domains import covered
from smallfed.policy.visibility import Sight, may_see
from smallfed.store import blocks, follows, mentions, posts
from smallfed.store.tx import Tx
from tests import world

PEOPLE = ("alice@home.example", "bob@far.example", "carol@sub.far.example", "dave@other.example:8443")
DOMAINS = ("far.example", "sub.far.example", "other.example", "r.example", "example")
Pairs = set[tuple[int, int]]
pairs = st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)))


class Scene:
    """People, what is between them, and posts, stored and remembered."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.people = [world.acquaint(tx, PEOPLE[0], local=True)]
        self.people += [world.acquaint(tx, handle) for handle in PEOPLE[1:]]
        self.blocked_domains: set[str] = set()
        self.named: set[tuple[int, int]] = set()

    def relate(self, following: Pairs, accepted: bool, blocking: Pairs, domains: set[str]) -> None:
        """Let people follow and block each other, and the owner block domains."""
        for one, other in following:
            if one != other:
                world.befriend(self.tx, self.people[one], self.people[other], accepted=accepted)
        for one, other in blocking:
            if one != other:
                uri = f"https://blocks.example/{one}/{other}"
                blocks.put(self.tx, self.people[one].id, self.people[other].id, uri)
        for domain in domains:
            world.keep_away(self.tx, domain)
        self.blocked_domains = domains

    def publish(
        self, written: list[tuple[int, Visibility, set[int], bool]], boosts: list[tuple[int, int, Visibility]]
    ) -> list[Post]:
        """Let people write and boost, and return it all."""
        originals = []
        for author, seen_by, named, removed in written:
            visibility = Visibility.DIRECT if author and seen_by is Visibility.LOCAL else seen_by  # only the owner's
            post = world.say(self.tx, self.people[author], visibility=visibility, removed=removed)
            originals.append(post)
            for index in named:
                mentions.put(self.tx, post.id, self.people[index].id, silent=index % 2 == 0)
                self.named.add((post.id, self.people[index].id))
        wrappers = {
            (booster, index): shown
            for booster, index, shown in boosts
            if index < len(originals) and shown is not Visibility.LOCAL
        }
        return originals + [
            world.wrap(self.tx, self.people[booster], originals[index], visibility=shown)
            for (booster, index), shown in wrappers.items()
        ]

    def concerns(self, post: Post, person: Account) -> bool:
        """Whether ``person`` is more than a stranger to ``post``: named in it, or a follower of its author."""
        return (post.id, person.id) in self.named or follows.has(self.tx, person.id, post.account_id)

    def _is_away(self, person: Account) -> bool:
        """Whether the house wants nothing of the server of ``person``."""
        hosts = (person.host, person.uri.split("/")[2])
        return not person.local and any(covered(host, self.blocked_domains) for host in hosts)

    def sight(self, post: Post, viewer: Account | None) -> Sight:
        """Return what stands between ``viewer`` and ``post``, by what was stored."""
        boosted = None if post.boost_of_id is None else self.sight(posts.get(self.tx, post.boost_of_id), viewer)
        author = next(person for person in self.people if person.id == post.account_id)
        away = self._is_away(author)
        if viewer is None:
            return Sight(visibility=post.visibility, removed=post.removed, boosted=boosted, shut_out=away)
        return Sight(
            visibility=post.visibility,
            removed=post.removed,
            wrote=post.account_id == viewer.id,
            shut_out=away or blocks.has(self.tx, post.account_id, viewer.id) or self._is_away(viewer),
            named=(post.id, viewer.id) in self.named,
            follows=follows.has(self.tx, viewer.id, post.account_id),
            boosted=boosted,
        )


@settings(max_examples=60, deadline=None)
@given(
    following=pairs,
    accepted=st.booleans(),
    blocking=pairs,
    domains=st.sets(st.sampled_from(DOMAINS)),
    written=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(Visibility), st.sets(st.integers(0, 3)), st.booleans()), max_size=4
    ),
    boosts=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(Visibility)), max_size=3),
)
def test_sql_and_rule_agree(
    following: Pairs,
    accepted: bool,
    blocking: Pairs,
    domains: set[str],
    written: list[tuple[int, Visibility, set[int], bool]],
    boosts: list[tuple[int, int, Visibility]],
) -> None:
    """For every post and every viewer, strangers included."""
    scene = Scene(world.empty_tx())
    scene.relate(following, accepted, blocking, domains)
    every = scene.publish(written, boosts)

    for viewer in (None, *scene.people):
        number = None if viewer is None else viewer.id
        by_sql = set(posts.several_visible(scene.tx, [post.id for post in every], number))
        by_rule = {post.id for post in every if may_see(scene.sight(post, viewer))}
        one_by_one = {post.id for post in every if posts.find_visible(scene.tx, post.id, number)}
        assert by_sql == by_rule == one_by_one

    others = scene.people[1:]  # a server may see what anybody may who lives there: it would get it anyway
    for name in {person.uri.split("/")[2] for person in others}:
        living = [person for person in others if person.uri.split("/")[2] == name]
        concerned = {
            post.id: [scene.sight(post, person) for person in living if scene.concerns(post, person)] for post in every
        }
        at_once = {post.id for post in every if posts.find_visible_at(scene.tx, post.id, name)}
        assert at_once == {post for post, sights in concerned.items() if any(map(may_see, sights))}
