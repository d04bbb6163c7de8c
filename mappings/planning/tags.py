"""Asset tags of new assets: the host name, HaloPSA's next one, or a template. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import Formatter
from typing import Final

from mappings.attributes import ATTRIBUTES, ComputerFacts

HOST, NEXT, TEMPLATE = "host", "next", "template"
TAG_CHOICES: Final = [
    (HOST, "Host name"),
    (NEXT, "HaloPSA's next tag"),
    (TEMPLATE, "Template"),
]
PLACES: Final = ("client", "site", "asset_type")
LONGEST_TAG: Final = 255
LONGEST_TEMPLATE: Final = 200
_ROOM_FOR_NUMBER = 8


def template_problem(template: str) -> str:
    """What is wrong with a template, as a sentence; "" if nothing is.

    The language: text with `{attribute}` in it, nothing else; what is named is looked up, never evaluated.
    """
    if not template.strip():
        return "Write the template of the asset tag, such as {client}-{host_name}."
    if len(template) > LONGEST_TEMPLATE:
        return f"The template is longer than {LONGEST_TEMPLATE} characters."
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return "The template has a brace without its partner."
    names = []
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if form or conversion:
            return f"Only names in braces are possible, not {{{name}:…}} or {{{name}!…}}."
        names.append(name)
    unknown = [name for name in names if name not in ATTRIBUTES and name not in PLACES]
    if unknown:
        return f"There is no {{{unknown[0]}}}; possible are {', '.join([*PLACES, *ATTRIBUTES])}."
    return "" if names else "The template names nothing of the computer, so that all tags would be the same."


def filled(template: str, facts: ComputerFacts, places: dict[str, str]) -> str:
    """The template with its values, on one line. The template has been checked."""
    text = "".join(
        before + (_value(name, facts, places) if name else "")
        for before, name, _, _ in Formatter().parse(template)
    )
    return re.sub(r"\s+", " ", text).strip()


def _value(name: str, facts: ComputerFacts, places: dict[str, str]) -> str:
    return places[name] if name in places else ATTRIBUTES[name].value(facts)


class NoTag(ValueError):
    """No tag can be given; the text is a sentence for staff."""


class Tags:
    """Hands out tags in the order of the calls, none of them twice: some HaloPSA insist on unique ones."""

    def __init__(self, taken: Iterable[str], kind: str = HOST, template: str = "") -> None:
        self._taken = {tag.strip().casefold() for tag in taken}
        self._kind, self._template = kind, template

    def next(self, facts: ComputerFacts, places: dict[str, str], typed: str = "") -> str:
        """`typed` by staff: this one or none. "" leaves it to HaloPSA. Raises `NoTag`."""
        if typed:
            return self._exactly(typed)
        if self._kind == NEXT:
            return ""
        if self._kind == TEMPLATE:
            base = filled(self._template, facts, places)
            if not base:
                raise NoTag("The template of the asset tag gives nothing for this computer.")
        else:
            base = (facts.host_name or facts.name).strip() or facts.external_id
        return self._numbered(base[: LONGEST_TAG - _ROOM_FOR_NUMBER])

    def _exactly(self, tag: str) -> str:
        if tag.strip().casefold() in self._taken:
            raise NoTag(f"The asset tag “{tag}” is taken: choose another one.")
        self._taken.add(tag.strip().casefold())
        return tag

    def _numbered(self, base: str) -> str:
        tag, number = base, 1
        while tag.casefold() in self._taken:
            number += 1
            tag = f"{base}-{number}"
        self._taken.add(tag.casefold())
        return tag
