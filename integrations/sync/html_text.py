"""HTML → text, in one pass over the source: nothing is loaded, nothing is run, no input takes long."""

from __future__ import annotations

import html
import re
from typing import Final

_TAG: Final = re.compile(r"<!--|<[!?][^<>]*>|<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>")
_UNSEEN: Final = frozenset({"script", "style", "head", "title", "template", "noscript"})
_END_OF: Final = {name: re.compile(rf"</{name}\b[^<>]*>?", re.IGNORECASE) for name in _UNSEEN}
_IN_A_LINE: Final = frozenset(
    {"a", "abbr", "b", "big", "cite", "code", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "o:p"}
    | {"q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var"}
)
_CELLS: Final = frozenset({"td", "th"})


def html_to_text(source: str) -> str:
    """What a reader would see: blocks on lines of their own, cells of a row beside each other."""
    pieces: list[str] = []
    at = 0
    while found := _TAG.search(source, at):
        pieces.append(source[at : found.start()])
        at = found.end()
        if found[0] == "<!--":
            end = source.find("-->", at)
            at = end + 3 if end >= 0 else len(source)
            continue
        name = (found[2] or "").lower()
        if name in _UNSEEN and not found[1]:
            over = _END_OF[name].search(source, at)
            at = over.end() if over else len(source)
        pieces.append(_between(name))
    pieces.append(source[at:])
    return html.unescape("".join(pieces))


def _between(name: str) -> str:
    if not name or name in _IN_A_LINE:
        return ""
    return " " if name in _CELLS else "\n"
