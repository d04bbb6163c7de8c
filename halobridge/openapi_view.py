"""The description of the REST API as it is served: made once by each process, for it is the same for all."""

from __future__ import annotations

from hashlib import sha256
from threading import Lock
from typing import Any, Final

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

MAX_AGE: Final = 300
"""Seconds that a browser or a proxy may keep it without asking; a new version is seen after that."""

_making = Lock()
_made: dict[type[BaseRenderer], tuple[bytes, str]] = {}


def description(renderer: type[BaseRenderer]) -> tuple[bytes, str]:
    """The bytes and their ETag. Making them takes seconds: who asks meanwhile waits for the one who does."""
    with _making:
        if renderer not in _made:
            found = SchemaGenerator().get_schema(request=None, public=True)
            body = renderer().render(found, renderer.media_type, {})
            _made[renderer] = (body, f'"{sha256(body).hexdigest()}"')
        return _made[renderer]


class DescriptionView(SpectacularAPIView):
    """For everybody: nobody is asked who it is. YAML, or JSON by `?format=json` or an `Accept` header."""

    authentication_classes: list[Any] = []

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        body, etag = description(type(renderer))
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        answer = HttpResponse(body, content_type=f"{renderer.media_type}{charset}")
        answer["ETag"] = etag
        answer["Cache-Control"] = f"public, max-age={MAX_AGE}"
        answer["Content-Disposition"] = f'inline; filename="HaloBridge.{renderer.format}"'
        return get_conditional_response(request._request, etag=etag, response=answer) or answer
