"""The pages of the guide, for every staff account: they hold no data of anybody."""

from __future__ import annotations

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from halobridge.guide.pages import BY_SLUG, PAGES
from integrations.access import halo_needs


@require_safe
def guide(request: HttpRequest, slug: str = PAGES[0].slug) -> HttpResponse:
    page = BY_SLUG.get(slug)
    if page is None:
        raise Http404
    context = {
        **admin.site.each_context(request),
        "title": page.title,
        "within": "Guide",
        "page": page,
        "pages": PAGES,
        "text": f"guide/{page.slug}.html",
        "rights": halo_needs(),
    }
    return TemplateResponse(request, "guide/page.html", context)
