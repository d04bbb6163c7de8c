"""The console's answers as XML, for a client that asks for it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree


def render(body: Any) -> bytes:
    return bytes(ElementTree.tostring(_element("Answer", body), encoding="utf-8", xml_declaration=True))


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, dict):
        element.extend(_element(key, item) for key, item in value.items())
    elif isinstance(value, list):
        element.extend(_element("Item", item) for item in value)
    elif value is not None:
        element.text = str(value)
    return element
