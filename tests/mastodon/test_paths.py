"""Paths: whose template a path is of, and which pages have to be imported for it."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

from smallfed.mastodon import routes
from smallfed.mastodon.paths import Paths, split
from smallfed.mastodon.routes import PAGES
from tests.mastodon.api import routes_taken

TEMPLATES = ("/a", "/a/b", "/a/<x>", "/a/<x>/c", "/a/b/<y>/d", "/a/<x>/<z>/e", "/a/b/c/<w>")


@pytest.fixture
def paths() -> Paths[str]:
    known: Paths[str] = Paths()
    for template in TEMPLATES:
        known.put(template, template)
    return known


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/a", ("/a", {})),
        ("/a/", ("/a", {})),
        ("/a//", None),
        ("/a/b", ("/a/b", {})),
        ("/a/1", ("/a/<x>", {"x": "1"})),
        ("/a/b ü/", ("/a/<x>", {"x": "b ü"})),
        ("/a/1/c", ("/a/<x>/c", {"x": "1"})),
        ("/a/b/c", ("/a/<x>/c", {"x": "b"})),
        ("/a/b/1/d", ("/a/b/<y>/d", {"y": "1"})),
        ("/a/b/1/e", ("/a/<x>/<z>/e", {"x": "b", "z": "1"})),
        ("/a/b/c/d", ("/a/b/c/<w>", {"w": "d"})),
        ("/a/b/c/e", ("/a/b/c/<w>", {"w": "e"})),
        ("/a/b/c/f", ("/a/b/c/<w>", {"w": "f"})),
        ("/a//c", None),
        ("/a/1/d", None),
        ("/b", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_word_goes_before_a_part(paths: Paths[str], path: str, found: tuple[str, dict[str, str]] | None) -> None:
    assert paths.find(path) == found


def test_every_page_is_found_by_the_words_its_routes_begin_with() -> None:
    """A page that the table does not name, or with other words, would be there for nobody."""
    taken = {path for _, path in routes_taken()}
    hung: dict[str, set[str]] = {}

    class Listening:
        """A door that only listens."""

        def __init__(self, page: str) -> None:
            self.page = page

        def hang(self, path: str, *_: object) -> None:
            hung.setdefault(self.page, set()).add(path)

        get = post = put = patch = delete = stub = hang

    for module in iter_modules(routes.__path__):
        import_module(f"{routes.__name__}.{module.name}").register(Listening(module.name))

    beginnings = {page: {"/".join(split(path)[1:3]) for path in paths} for page, paths in hung.items()}
    assert beginnings == {page: set(words.split()) for page, words in PAGES.items()}
    assert set().union(*hung.values()) == taken
