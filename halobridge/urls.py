"""URLs of the whole product."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import defaults
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter, Route

from halobridge import health
from halobridge.missing_pages import is_for_staff, missing_page
from halobridge.openapi_view import DescriptionView
from halobridge.refused_pages import failed_page, refused_page, stale_page
from integrations.api import urls as integrations_api
from integrations.api.problems import problem_answer, wants_problem
from mappings.api import urls as mappings_api
from ticketing.api import urls as ticketing_api


class Router(DefaultRouter):
    """A list takes PATCH as well, where a resource can tick many of its rows."""

    routes = [
        route._replace(mapping={**route.mapping, "patch": "tick_many"})
        if isinstance(route, Route) and not route.detail
        else route
        for route in DefaultRouter.routes
    ]


router = Router(use_regex_path=True)
router.include_format_suffixes = False
# What a higher floor offers under the same name takes its place: it knows more.
routes = dict([*integrations_api.ROUTES, *mappings_api.ROUTES, *ticketing_api.ROUTES])
for prefix, viewset in routes.items():
    router.register(prefix, viewset, basename=prefix.rpartition("/")[2])

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", DescriptionView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/", include(router.urls)),
    *integrations_api.HOOKS,
]


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    if wants_problem(request):
        return problem_answer(400, "The request cannot be taken: its host, address or encoding is not right.")
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if wants_problem(request):
        return problem_answer(403, "This is not allowed.")
    if is_for_staff(request):
        return refused_page(request)
    return defaults.permission_denied(request, exception)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Without the token that a page of ours sends along (`CSRF_FAILURE_VIEW`)."""
    return forbidden(request, PermissionDenied()) if wants_problem(request) else stale_page(request)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if wants_problem(request):
        slash = "" if request.path.endswith("/") else " Addresses end with a slash."
        return problem_answer(404, f"There is nothing under this address.{slash}")
    if is_for_staff(request):
        return missing_page(request, exception)
    return defaults.page_not_found(request, exception)


def failed(request: HttpRequest, *args: Any) -> HttpResponse:
    if wants_problem(request):
        return problem_answer(500, "An unexpected error; the log of the server has the details.")
    return failed_page()


handler400 = "halobridge.urls.unreadable"
handler403 = "halobridge.urls.forbidden"
handler404 = "halobridge.urls.not_found"
handler500 = "halobridge.urls.failed"
