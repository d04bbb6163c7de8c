"""Errors as problem details (RFC 9457): `type, title, status, detail`, and `errors` per field."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as ModelError
from django.core.signals import got_request_exception
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.http import HttpRequest, JsonResponse
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import exception_handler

from integrations.ingest.sent.items import flatten
from integrations.sync.storable import storable_text

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
MOST_SENTENCES = 3


class Conflict(APIException):
    """What is asked for does not fit the present state of things; the sentence says how."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "This does not fit the present state."
    default_code = "conflict"


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request is too large."
    default_code = "too_large"


def problem(code: int, detail: str, errors: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": storable_text(detail),
    }
    return body | ({"errors": dict(errors)} if errors else {})


def problem_details(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler. What nobody foresaw is logged and answered as a plain 500."""
    answer = exception_handler(_translate(error), context)
    if answer is None:
        return _unforeseen(error, context)
    if isinstance(error, ValidationError | ModelError):
        errors = flatten(answer.data)
        body = problem(answer.status_code, summary(errors), errors)
    else:
        body = problem(answer.status_code, str(answer.data["detail"]))
    return Response(body, answer.status_code, headers=_kept(answer), content_type=MEDIA_TYPE)


def _kept(answer: Response) -> dict[str, str]:
    return {
        name: answer[name] for name in ("WWW-Authenticate", "Retry-After", "Allow") if answer.has_header(name)
    }


def _translate(error: Exception) -> Exception:
    """Errors of the lower floors, in the words of HTTP."""
    if isinstance(error, ModelError):
        return ValidationError(as_serializer_error(error))
    if isinstance(error, ProtectedError):
        return Conflict(f"It is still in use: {_named(error.protected_objects)}.")
    if isinstance(error, IntegrityError):
        log.info("Refused by a constraint of the database: %s", error)
        return Conflict("Another object holds this place already, or was changed at the same moment.")
    if isinstance(error, RequestDataTooBig):
        return TooLarge(
            f"The request is too large; {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes are allowed."
        )
    return error


def _named(objects: set[Any]) -> str:
    names = sorted(f"{row._meta.verbose_name} “{row}”" for row in objects)
    more = f" and {len(names) - MOST_SENTENCES} more" if len(names) > MOST_SENTENCES else ""
    return ", ".join(names[:MOST_SENTENCES]) + more


def _unforeseen(error: Exception, context: dict[str, Any]) -> Response:
    request = context["request"]
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request._request)
    body = problem(500, "An unexpected error; the log of the server has the details.")
    return Response(body, 500, content_type=MEDIA_TYPE)


def summary(errors: Mapping[str, list[str]]) -> str:
    """The first sentences of all, each with its field."""
    sentences = [
        sentence if name == "non_field_errors" else f"{name}: {sentence}"
        for name, found in errors.items()
        for sentence in found
    ]
    more = len(sentences) - MOST_SENTENCES
    return " ".join(sentences[:MOST_SENTENCES]) + (f" And {more} more." if more > 0 else "")


# ---- outside of DRF -------------------------------------------------------------------------


def problem_answer(code: int, detail: str) -> JsonResponse:
    """The same for plain Django views."""
    return JsonResponse(problem(code, detail), status=code, content_type=MEDIA_TYPE)


def wants_problem(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/hooks/"))
