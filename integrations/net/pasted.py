"""Text as people paste it: what mails, tables and chats leave around it is taken off."""

from __future__ import annotations

import re
from typing import Final

_QUOTES: Final = "\"'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a"
_WRAPPING: Final = f" \t\r\n\u00a0<>()[]{{}},;{_QUOTES}"
"""Around an address. A bracketed IPv6 address keeps its brackets."""
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def unwrapped(text: str) -> str:
    """The text without invisible characters, and without the quotes and brackets around it."""
    text = text.translate(_INVISIBLE).strip()
    if re.fullmatch(r"([a-zA-Z]+://)?\[[0-9a-fA-F:.]+\](:\d+)?(/.*)?", text):
        return text
    return text.strip(_WRAPPING)


def bare(text: str) -> str:
    """A key without invisible characters, and without the blanks and quotes, or the pair of angle brackets,
    around it. Other signs stay: they may belong to it.
    """
    text = text.translate(_INVISIBLE).strip().strip(_QUOTES).strip()
    inside = text[1:-1].strip()
    return inside if text[:1] == "<" and text[-1:] == ">" else text
