"""The admin site: Django's, in Unfold's look, with the guide among its pages."""

from __future__ import annotations

from django.urls import URLPattern, path
from unfold.sites import UnfoldAdminSite


class HaloBridgeAdminSite(UnfoldAdminSite):
    """Views are looked up when the addresses are made: the site exists before the models do."""

    def extra_urls(self) -> list[URLPattern]:
        from halobridge.guide.views import guide

        view = self.admin_view(guide)
        return [path("guide/", view, name="guide"), path("guide/<slug:slug>/", view, name="guide_page")]
