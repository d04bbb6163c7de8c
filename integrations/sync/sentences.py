"""Sentences for staff that end with a name, which may have a full stop of its own (“Alder Inc.”)."""

from __future__ import annotations


def sentence(text: str) -> str:
    """The text with one full stop at its end."""
    return text if text.endswith(".") else f"{text}."
