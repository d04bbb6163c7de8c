"""Where a value of an asset comes from: an attribute of the computer, a constant, or a template of both.

A template is text with attributes in braces: `{manufacturer} {model}`. It is taken apart here and never
handed to anything that evaluates, so that it can say no more than the attributes do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from mappings.attributes import ATTRIBUTES, Attribute, ComputerFacts
from mappings.models import FieldMapping, SourceKind

_PLACE: Final = re.compile(r"\{([^{}]*)\}")


class BadSource(ValueError):
    """Nothing can be told from it; the text is a sentence for staff."""


@dataclass(frozen=True, slots=True)
class Source:
    """Text and attributes in the order in which they are told."""

    label: str
    parts: tuple[str | Attribute, ...]
    attribute: Attribute | None = field(init=False)
    """The attribute that it is, if it is nothing else."""

    def __post_init__(self) -> None:
        only = self.parts[0] if len(self.parts) == 1 else None
        object.__setattr__(self, "attribute", only if isinstance(only, Attribute) else None)

    @property
    def constant(self) -> str | None:
        """The text that it is for every computer."""
        return None if any(isinstance(part, Attribute) for part in self.parts) else self.literal

    @property
    def literal(self) -> str:
        """What of it is the same for every computer."""
        return "".join(part for part in self.parts if isinstance(part, str)).strip()

    def value(self, facts: ComputerFacts, limit: int | None = None) -> str:
        """What a computer tells; "" for nothing. A template of which no attribute is known tells nothing."""
        if self.attribute:
            return self.attribute.value(facts, limit)
        told = [part if isinstance(part, str) else part.value(facts) for part in self.parts]
        known = [text for text, part in zip(told, self.parts, strict=True) if isinstance(part, Attribute)]
        if known and not any(known):
            return ""
        return re.sub(r"\s+", " ", "".join(told)).strip()


def source_of(mapping: FieldMapping) -> Source:
    """Raises `BadSource`."""
    match mapping.source:
        case SourceKind.CONSTANT:
            return _constant(mapping.text)
        case SourceKind.TEMPLATE:
            return _template(mapping.text)
    found = ATTRIBUTES.get(mapping.attribute)
    if found is None:
        raise BadSource(f"There is no attribute “{mapping.attribute}”: choose another.")
    return Source(found.label, (found,))


def of_attribute(key: str) -> Source:
    """Raises KeyError for an unknown one."""
    return Source(ATTRIBUTES[key].label, (ATTRIBUTES[key],))


def _constant(text: str) -> Source:
    if not text.strip():
        raise BadSource("The constant is empty; nothing is ever blanked, so it would do nothing.")
    return Source("The constant", (text.strip(),))


def _template(text: str) -> Source:
    parts: list[str | Attribute] = []
    for place, piece in enumerate(_PLACE.split(text)):
        if place % 2:
            parts.append(_named(piece.strip()))
        elif piece:
            parts.append(_plain(piece))
    if not any(isinstance(part, Attribute) for part in parts):
        raise BadSource("The template names no attribute; a fixed text is a constant.")
    return Source("The template", tuple(parts))


def _named(key: str) -> Attribute:
    if key not in ATTRIBUTES:
        raise BadSource(f"There is no attribute “{{{key}}}”. There are: {', '.join(sorted(ATTRIBUTES))}.")
    return ATTRIBUTES[key]


def _plain(text: str) -> str:
    if "{" in text or "}" in text:
        raise BadSource("A brace is open or closed only once; attributes stand between two: {name}.")
    return text
