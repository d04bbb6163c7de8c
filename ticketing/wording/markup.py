"""HTML that is always whole: only harmless tags, all of them closed, in at most so many characters.

Templates are staff's own, and staff forget a closing tag or the quotes of an attribute; what comes from a
console is escaped before, and cannot become more than text here either.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import Final

from django.utils.safestring import SafeString, mark_safe

_CELL: Final = frozenset({"align", "colspan", "rowspan"})
ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(
        (
            "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "hr", "i",
            "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "tbody", "tfoot", "thead",
            "tr", "u", "ul",
        ),
        frozenset(),
    ),
    "a": frozenset({"href", "title"}),
    "table": frozenset({"border", "cellpadding", "cellspacing"}),
    "td": _CELL,
    "th": _CELL,
}  # fmt: skip
"""Tag → its attributes. Everything else is left out; its text stays."""

_VOID: Final = frozenset({"br", "hr"})
_SAYS_NOTHING: Final = frozenset(
    {"script", "style", "title", "template", "noscript", "iframe", "object", "svg"}
)
"""Tags whose content is no text for a reader."""
_ENDS_ITSELF: Final = frozenset({"p", "li", "tr", "td", "th", "dt", "dd"})
_SCHEMES: Final = ("https://", "http://", "mailto:")
_DEEPEST: Final = 40


def tidy(html: str, limit: int) -> tuple[SafeString, tuple[str, ...]]:
    """(the HTML in at most `limit` characters, what was left out, as '<script>' or 'onclick')."""
    writer = _Writer(limit)
    writer.feed(html)
    writer.close()
    return mark_safe(writer.finished()), tuple(dict.fromkeys(writer.left_out))  # noqa: S308


class _Writer(HTMLParser):
    def __init__(self, limit: int) -> None:
        super().__init__(convert_charrefs=True)
        self.left_out: list[str] = []
        self._parts: list[str] = []
        self._open: list[str] = []
        self._room = limit
        self._silent = 0
        self._full = False

    def finished(self) -> str:
        return "".join([*self._parts, *(f"</{tag}>" for tag in reversed(self._open))])

    # ---- what the parser meets --------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SAYS_NOTHING:
            self._silent += 1
        if tag not in ATTRIBUTES:
            self.left_out.append(f"<{tag[:40]}>")
        elif not self._silent and len(self._open) < _DEEPEST:
            self._start(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SAYS_NOTHING:
            self._silent = max(0, self._silent - 1)
        elif not self._silent and tag in self._open and not self._full:
            while self._close() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._silent or self._full:
            return
        text = escape(data)
        if len(text) > self._room:
            text, self._full = _shortened(data, self._room), True
        self._parts.append(text)
        self._room -= len(text)

    # ---- writing ----------------------------------------------------------------------------

    def _start(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ENDS_ITSELF and self._open[-1:] == [tag] and not self._full:
            self._close()
        text = f"<{tag}{''.join(self._attribute(tag, name, value or '') for name, value in attrs)}>"
        end = 0 if tag in _VOID else len(tag) + 3
        if self._full or len(text) + end > self._room:
            self._full = True
            return
        self._parts.append(text)
        self._room -= len(text) + end
        if tag not in _VOID:
            self._open.append(tag)

    def _close(self) -> str:
        """Room for the end of a tag is kept when it starts."""
        tag = self._open.pop()
        self._parts.append(f"</{tag}>")
        return tag

    def _attribute(self, tag: str, name: str, value: str) -> str:
        harmless = name in ATTRIBUTES[tag]
        if name == "href" and harmless:
            harmless = value.strip().lower().startswith(_SCHEMES)
        if not harmless:
            self.left_out.append(f"{name[:40]} of <{tag}>")
            return ""
        return f' {name}="{escape(value.strip())}"'


def _shortened(text: str, room: int) -> str:
    """The beginning of the text whose escaped form fits, with a sign that there was more."""
    kept, left = [], room - 1
    for character in text:
        escaped = escape(character)
        left -= len(escaped)
        if left < 0:
            break
        kept.append(escaped)
    return "".join([*kept, "…"]) if room > 0 else ""
