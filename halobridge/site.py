"""The admin site: Django's, in Unfold's look, with the guide among its pages and a search of our own."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.sites import UnfoldAdminSite


class HaloBridgeAdminSite(UnfoldAdminSite):
    """Views are looked up when the addresses are made: the site exists before the models do."""

    def extra_urls(self) -> list[URLPattern]:
        from halobridge.guide.views import guide

        view = self.admin_view(guide)
        return [path("guide/", view, name="guide"), path("guide/<slug:slug>/", view, name="guide_page")]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Marked: a page that asks for a part of itself (`answers.js`) sees that it was sent here."""
        answer = super().login(request, extra_context)
        answer["HB-Log-In"] = "1"
        return answer

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What the search of every page finds now. The theme would keep it for minutes, rights and all."""
        from halobridge.searching import search

        text = request.GET.get("s", "")
        if not text.strip():
            return HttpResponse()
        results = search(request, text)
        context = {"results": Paginator(results, max(1, len(results))).page(1), "text": text}
        return TemplateResponse(
            request, "unfold/helpers/command_results.html", context, headers={"HX-Trigger": "search"}
        )
