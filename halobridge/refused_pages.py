"""What staff see where they are refused or where the bridge fails: why, who may, and a way back."""

from __future__ import annotations

from copy import copy
from typing import Any, Final

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from halobridge.missing_pages import is_for_staff, with_navigation
from halobridge.roles import roles_with
from integrations.net.log_context import known

NEEDED: Final = {
    "changelist": "view",
    "history": "view",
    "change": "view",
    "add": "add",
    "delete": "delete",
}
"""What Django's own pages of a model need; one's form is sent (POST) with the right to change."""
STALE: Final = (
    "This page was open while you logged in anew, or your browser blocks cookies. Nothing was done: "
    "go back, reload the page and press again."
)


def refused_page(request: HttpRequest) -> HttpResponse:
    """403, for staff."""
    context = with_navigation(request, "Not allowed", told="Your account may not do this.")
    context["who"] = _who_may(request)
    return HttpResponse(render_to_string("bridge/refused.html", context, request), status=403)


def stale_page(request: HttpRequest) -> HttpResponse:
    """403 for a form without the right token; anybody may meet it, at the log-in most likely."""
    staff = is_for_staff(request)
    context = with_navigation(request, "Out of date", told=STALE)
    template = "bridge/refused.html" if staff else "bridge/refused_outside.html"
    return HttpResponse(render_to_string(template, context, request), status=403)


def failed_page() -> HttpResponse:
    """500. Asks neither the database nor the request: what failed may be either."""
    return HttpResponse(render_to_string("500.html", {"name": known().get("request_id", "")}), status=500)


def _who_may(request: HttpRequest) -> str:
    """Which roles may do it, as a sentence; '' where the address does not tell, or nobody may."""
    permission = _permission_of(request)
    roles = " or ".join(f"“{role}”" for role in roles_with(permission)) if permission else ""
    return f"It needs a staff account with the role {roles}." if roles else ""


def _permission_of(request: HttpRequest) -> str:
    """`app.codename` that the page or button needs."""
    name = str(request.resolver_match.url_name) if request.resolver_match else ""
    for model, model_admin in admin.site._registry.items():
        app, model_name = model._meta.app_label, model._meta.model_name
        if not name.startswith(f"{app}_{model_name}_"):
            continue
        page = name.removeprefix(f"{app}_{model_name}_")
        pressed = [button.permission for button in getattr(model_admin, "buttons", ()) if button.name == page]
        needed = pressed[0] if pressed else NEEDED.get(page, "")
        if page == "change" and request.method == "POST":
            needed = "change"
        anybody = bool(pressed) or (needed and _anybody_may(model_admin, request, needed))
        return f"{app}.{needed}_{model_name}" if anybody else ""
    return ""


def _anybody_may(model_admin: Any, request: HttpRequest, needed: str) -> bool:
    """What is only history may be changed by nobody, whatever rights there are."""
    asked = copy(request)
    asked.user = User(is_active=True, is_staff=True, is_superuser=True)
    return bool(getattr(model_admin, f"has_{needed}_permission")(asked))
