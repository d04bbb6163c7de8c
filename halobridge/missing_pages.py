"""What staff see where there is nothing: a page of the admin, with the navigation and a way back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse


def is_for_staff(request: HttpRequest) -> bool:
    """Whoever has not logged in learns nothing about which pages there are."""
    user = getattr(request, "user", None)
    return request.path.startswith(reverse("admin:index")) and bool(user and user.is_active and user.is_staff)


def with_navigation(request: HttpRequest, title: str, *, told: str) -> dict[str, Any]:
    """Context of a page that tells why the wanted one is not shown."""
    request.current_app = admin.site.name  # type: ignore[attr-defined]
    return {
        **admin.site.each_context(request),
        "title": title,
        "told": told,
        "is_nav_sidebar_enabled": True,
    }


def missing_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = exception.args[0] if exception.args and type(exception) is Http404 else ""
    told = said if isinstance(said, str) and said else "There is no page under this address (any more)."
    context = with_navigation(request, "Not found", told=told) | {"list_url": _list_of(request.path)}
    return HttpResponse(render_to_string("bridge/not_found.html", context, request), status=404)


def _list_of(path: str) -> str:
    """The list of the model that the address names, or ''."""
    parts = path.removeprefix(reverse("admin:index")).split("/")
    if len(parts) < 3:
        return ""
    try:
        return reverse(f"admin:{parts[0]}_{parts[1]}_changelist")
    except NoReverseMatch:
        return ""
