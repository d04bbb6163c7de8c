"""Webhook doors. A delivery is stored as it came before anybody is told 2xx, and understood in the queue."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from integrations.access import open_connector
from integrations.api.problems import problem_answer
from integrations.ingest import deliveries, halo_news
from integrations.models import ApiToken, Console, HaloCredential
from integrations.registry import UnknownKind
from integrations.runs.request import request_deliveries, request_watch


class Door(View):
    """POST only. The token in the address is looked up by its digest, so no comparison leaks its length."""

    http_method_names = ["post"]
    rows: Any

    @method_decorator(csrf_exempt)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        row = self.rows.filter(hook_token_digest=ApiToken.digest_of(token)).first()
        if row is None:
            return problem_answer(404, "There is no such door.")
        try:
            body = _body_of(request)
        except RequestDataTooBig:
            body = None
        if body is None or len(body) > deliveries.LARGEST:
            return problem_answer(413, "The delivery is too large.")
        return self.take_in(row, body, request)

    def take_in(self, row: Any, body: bytes, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = problem_answer(405, "A webhook is sent with POST.")
        answer["Allow"] = "POST"
        return answer


def _body_of(request: HttpRequest) -> bytes:
    """The body, also of one that comes in chunks: Django reads what `Content-Length` says, there nothing."""
    environ = request.META
    if environ.get("CONTENT_LENGTH") or not environ.get("wsgi.input_terminated"):
        return request.body
    return bytes(environ["wsgi.input"].read(deliveries.LARGEST + 1))


class ConsoleDoor(Door):
    """`POST /hooks/consoles/{token}/`: the vendor's own words, translated later by the console's connector.

    What lacks the vendor's own proof is kept as well, for staff to see, but not read.
    """

    rows = Console.objects.filter(enabled=True)

    def take_in(self, row: Console, body: bytes, request: HttpRequest) -> HttpResponse:
        refused = _refusal(row, request)
        with transaction.atomic():
            delivery = deliveries.keep(row, body, refused)
            if not refused:
                request_deliveries(row)
        if refused:
            return problem_answer(401, refused)
        return JsonResponse({"delivery": delivery.pk}, status=202)


def _refusal(console: Console, request: HttpRequest) -> str:
    """Why the vendor's own proof is missing from the request; empty where all is well."""
    try:
        return open_connector(console).refusal(dict(request.headers))
    except UnknownKind as problem:
        return str(problem)


class HaloDoor(Door):
    """`POST /hooks/halo/{token}/`: kept; a ticket of ours that it names is looked at a few seconds later."""

    rows = HaloCredential.objects.filter(enabled=True)

    def take_in(self, row: HaloCredential, body: bytes, request: HttpRequest) -> HttpResponse:
        delivery, ours = halo_news.take_in(row, deliveries.as_text(body))
        if ours:
            request_watch(row)
        return JsonResponse({"delivery": delivery.pk})
