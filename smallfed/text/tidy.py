"""Messy or hostile HTML made well-nested, shallow and small, so that a real parser can be let loose on it.

A standard HTML parser needs time and memory that grow with *size × depth*: 33 kB of unclosed formatting elements cost
html5ever a gigabyte. So whatever is not plainly harmless passes through here first. It is also where the elements
that have no place in a post become text: pictures, formulas, the boundaries of blocks we do not know.

The output is *not* safe HTML, only tame HTML: the sanitiser still has to judge it.

Spec: https://html.spec.whatwg.org/multipage/parsing.html (tokenisation, in broad strokes);
FEP-dc88 (formulas, https://codeberg.org/fediverse/fep/src/branch/main/fep/dc88/fep-dc88.md).
"""

import re
from html import escape, unescape

from smallfed.text.allowed import ELEMENTS, REMOVED, is_web

MAX_DEPTH = 100  # elements open at once
MAX_ELEMENTS = 10_000
MAX_SPECIALS = 10_000  # characters that need escaping; html5ever writes long texts full of them in quadratic time
MAX_ATTRIBUTE = 8_192
HARMLESS_SIZE = 65_536

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
BLOCKS = HEADINGS | {"p", "blockquote", "pre", "ul", "ol", "li"}
BREAKING = frozenset(
    {"address", "article", "aside", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "h6", "header", "hgroup", "hr", "main", "nav"}
    | {"section", "summary", "table", "tbody", "tfoot", "thead", "tr"}
)  # blocks we do not keep: what follows starts a new line

_HARMLESS = re.compile(rf"(?:[^<]++|</?(?:{'|'.join(ELEMENTS)})(?:\s[^<>]*+)?/?>)*+")
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)
        (?P<attributes>(?:[^>=]++ | =\s*+(?:"[^"]*+" | '[^']*+' | [^\s>"'][^\s>]*+)?+)*+)>""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s"'<>/=]++)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)" | '(?P<single>[^']*+)' | (?P<bare>[^\s>]++)))?+""",
    re.VERBOSE,
)
_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])[^>]*+>", re.IGNORECASE | re.ASCII) for name in (*REMOVED, "math")}
_ANNOTATION = re.compile(r"<annotation(\s[^<>]*+)?>([^<]*+)", re.IGNORECASE)
_SPECIALS = "&<>\xa0"
_TWINS = str.maketrans(_SPECIALS, "＆＜＞ ")
_FORMULAS = {"application/x-tex": "$", "text/plain": ""}  # encoding of an annotation: what is put around it


def is_harmless(html: str) -> bool:
    """Tell whether ``html`` may go to a parser as it is: only kept elements, and too few of them to hurt."""
    return (
        len(html) <= HARMLESS_SIZE
        and sum(map(html.count, "&\xa0")) <= MAX_SPECIALS
        and html.count("<") - html.count("</") <= MAX_DEPTH
        and _HARMLESS.fullmatch(html) is not None
    )


def tidy(html: str) -> str:
    """Rewrite ``html`` with kept elements only, each closed, none deeper than ``MAX_DEPTH``. Linear; never raises."""
    return _Tidier(html).run()


class _Tidier:
    """One pass over a document: text and tags in, balanced markup out."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._at = 0
        self._out: list[str] = []
        self._open: list[str] = []
        self._elements_left = MAX_ELEMENTS
        self._specials_left = MAX_SPECIALS
        self._in_line = False  # text was written since the last boundary of a block
        self._break_due = False  # a line ended; the break is written only if something follows
        self._math_closes = True

    def run(self) -> str:
        while (tag := self._html.find("<", self._at)) >= 0:
            self._text(self._html[self._at : tag])
            self._at = tag
            self._markup()
        self._text(self._html[self._at :])
        self._close(0)
        return "".join(self._out)

    def _markup(self) -> None:
        """Take in one thing that begins with ``<``, and move past it."""
        following = self._html[self._at + 1 : self._at + 2]
        if following in {"!", "?"}:
            comment = self._html.startswith("<!--", self._at)
            self._skip_past("-->" if comment else ">")
        elif tag := _TAG.match(self._html, self._at):
            self._at = tag.end()
            self._tag(tag["name"].lower(), tag["attributes"], closing=bool(tag["end"]))
        elif following.isascii() and following.isalpha():
            self._at = len(self._html)  # a tag that never ends swallows the rest, as in browsers
        elif following == "/":
            self._skip_past(">")
        else:
            self._at += 1
            self._text("<")

    def _skip_past(self, mark: str) -> None:
        found = self._html.find(mark, self._at)
        self._at = found + len(mark) if found >= 0 else len(self._html)

    def _text(self, text: str) -> None:
        if text and not text.isspace():
            self._flush_break()
            self._in_line = True
        specials = sum(map(text.count, _SPECIALS))
        if specials > self._specials_left:
            text = unescape(text).translate(_TWINS)
        else:
            self._specials_left -= specials
        self._out.append(text.replace("<", "&lt;"))

    def _flush_break(self) -> None:
        if self._break_due:
            self._break_due = False
            self._element("br")

    def _tag(self, name: str, attributes: str, *, closing: bool) -> None:
        if name in BLOCKS or name == "br":
            self._in_line = self._break_due = False
        if name in BREAKING:
            self._break_due = self._break_due or self._in_line
            self._in_line = False
        elif closing:
            if name in self._open:
                self._close(_last(self._open, name))
        elif name in REMOVED:
            end = _ENDS[name].search(self._html, self._at)
            self._at = end.end() if end else len(self._html)
        elif name == "img":
            self._image(_read(attributes))
        elif name == "math":
            self._formula(_read(attributes))
        elif name in ELEMENTS:
            self._start(name, attributes)

    def _start(self, name: str, attributes: str) -> None:
        self._make_way(name)
        if name not in BLOCKS and name != "br":
            self._flush_break()
        kept = {key: value for key, value in _read(attributes).items() if key == "lang" or key in ELEMENTS[name]}
        written = "".join(f' {key}="{_quoted(value)}"' for key, value in kept.items() if len(value) <= MAX_ATTRIBUTE)
        if len(self._open) < MAX_DEPTH and self._element(name, written) and name != "br":
            self._open.append(name)

    def _element(self, name: str, attributes: str = "") -> bool:
        """Write a start tag, unless there are too many already."""
        if self._elements_left == 0:
            return False
        self._elements_left -= 1
        self._out.append(f"<{name}{attributes}>")
        return True

    def _make_way(self, name: str) -> None:
        """Close what cannot stay open around ``name``, as a parser would."""
        if name in BLOCKS and "p" in self._open:
            self._close(_last(self._open, "p"))
        if name == "a" and "a" in self._open:
            self._close(_last(self._open, "a"))
        elif name == "li" and "li" in self._open:
            item = _last(self._open, "li")
            if not {"ul", "ol"} & set(self._open[item:]):
                self._close(item)
        elif self._open and ({name, self._open[-1]} <= HEADINGS or {name, self._open[-1]} <= {"rt", "rp"}):
            self._close(len(self._open) - 1)

    def _close(self, depth: int) -> None:
        """Close elements until only ``depth`` of them are open."""
        while len(self._open) > depth:
            self._out.append(f"</{self._open.pop()}>")

    def _image(self, attributes: dict[str, str]) -> None:
        """A picture in a text becomes a link to it, or its description where there is nothing to link to."""
        description = escape(unescape(attributes.get("alt", "")).strip(), quote=False)
        source = attributes.get("src", "").strip()
        if not is_web(source):
            self._text(description)
            return
        label = f"[🖼 {description}]" if description else "[🖼]"
        if "a" in self._open:
            self._text(label)
            return
        self._start("a", f'href="{_quoted(source)}"')
        self._text(label)
        if self._open and self._open[-1] == "a":
            self._close(len(self._open) - 1)

    def _formula(self, attributes: dict[str, str]) -> None:
        """A formula becomes the text it is annotated with; without one its symbols stay, one after the other."""
        end = _ENDS["math"].search(self._html, self._at) if self._math_closes else None
        if end is None:
            self._math_closes = False  # never search to the end twice
            return
        annotations = _annotations(self._html[self._at : end.start()])
        for encoding, mark in _FORMULAS.items():
            if encoding in annotations:
                around = mark * 2 if attributes.get("display") == "block" else mark
                self._text(f"{around}{annotations[encoding]}{around}")
                self._at = end.end()
                return


def _last(names: list[str], name: str) -> int:
    return len(names) - 1 - names[::-1].index(name)


def _quoted(value: str) -> str:
    return value.replace('"', "&quot;")


def _read(attributes: str) -> dict[str, str]:
    """Read attributes as they are written, character references included. The first of a name wins."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        value = match["double"] or match["single"] or match["bare"] or ""
        found.setdefault(match["name"].lower(), value)
    return found


def _annotations(formula: str) -> dict[str, str]:
    """Map encoding to text for the annotations inside a ``math`` element."""
    found: dict[str, str] = {}
    for attributes, text in _ANNOTATION.findall(formula):
        found.setdefault(_read(attributes).get("encoding", ""), text.strip())
    return found
