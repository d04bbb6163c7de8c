"""`{% page_title %}` and `|nav_name`: a list has one name, in the navigation, on its page, in the browser."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django import template
from django.db.models.options import Options
from django.urls import get_script_prefix

from halobridge.sidebar import NAVIGATION

register = template.Library()


LISTS: Final = [item for group in NAVIGATION for item in group["items"] if "lists" in item]
NAME_BY_MODEL: Final = {str(item["lists"]): str(item["title"]) for item in LISTS}


@cache
def _name_by_address(prefix: str) -> dict[str, str]:
    """What the navigation calls each list, below the address that the whole installation has in front."""
    return {str(item["link"]): str(item["title"]) for item in LISTS}


@register.filter
def nav_name(part: dict[str, Any]) -> str:
    """Of a part of the path above a page, with its title and link."""
    title = str(part["title"])
    names = _name_by_address(get_script_prefix())
    return names.get(str(part.get("link", "")), title[:1].upper() + title[1:])


@register.simple_tag(takes_context=True)
def page_title(context: dict[str, Any]) -> str:
    """The thing before the list that it is in: the first words are what a narrow tab shows."""
    title, list_name = str(context.get("title") or ""), _list_name(context)
    row = context.get("original") or context.get("object")
    if context.get("cl"):
        return list_name or title
    if context.get("add") and row is None and (opts := context.get("opts")):
        return " | ".join(filter(None, (f"Add {opts.verbose_name}", list_name)))
    if row is not None and not isinstance(row, str):
        told = "" if context.get("change") or title == str(row) else title
        parts = [told, "" if str(row) in told else str(row), list_name]
    else:
        parts = [title, "" if list_name == title else list_name]
    return " | ".join(part for part in parts if part)


def _list_name(context: dict[str, Any]) -> str:
    """Of the model that the page is about, or what a page without one says itself to be within, or ''."""
    opts = context.get("opts") or getattr(getattr(context.get("model_admin"), "model", None), "_meta", None)
    if not isinstance(opts, Options):
        return str(context.get("within", ""))
    plural = str(opts.verbose_name_plural)
    return NAME_BY_MODEL.get(opts.label_lower, plural[:1].upper() + plural[1:])
