"""Where the text of a mail stands, by what a mail server tells of its parts (BODYSTRUCTURE)."""

from __future__ import annotations

from typing import Any, Final

DEEPEST: Final = 20


def first_text_of(structure: Any) -> tuple[str, str, str, str]:
    """(number, type, charset, encoding) of the first part that is text, plain text before HTML.

    The number is '' where there is none.
    """
    found = list(_texts_in(structure, ""))
    plain = [row for row in found if row[1] == "text/plain"]
    return (plain or found or [("", "", "", "")])[0]


def _texts_in(part: Any, number: str, depth: int = 0) -> list[tuple[str, str, str, str]]:
    if not part or depth > DEEPEST:
        return []
    if isinstance(part[0], list):
        prefix = f"{number}." if number else ""
        inner = [_texts_in(row, f"{prefix}{place}", depth + 1) for place, row in enumerate(part[0], start=1)]
        return [row for rows in inner for row in rows]
    kind = f"{_word(part[0])}/{_word(part[1])}"
    if kind not in ("text/plain", "text/html"):
        return []
    named = list(part[2] or ())
    parameters = dict(zip(map(_word, named[::2]), map(_word, named[1::2]), strict=False))
    return [(number or "1", kind, parameters.get("charset", ""), _word(part[5]))]


def _word(value: Any) -> str:
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""
