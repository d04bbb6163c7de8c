"""`{% guide_page as page %}`: the page of the guide that explains the page in hand."""

from __future__ import annotations

from typing import Any

from django import template

from halobridge.guide.pages import Page, page_of_view

register = template.Library()


@register.simple_tag(takes_context=True)
def guide_page(context: dict[str, Any]) -> Page | None:
    """None outside of the admin: error pages, the log-in."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None or match.namespace != "admin" or match.url_name == "login":
        return None
    return page_of_view(match.url_name or "")
