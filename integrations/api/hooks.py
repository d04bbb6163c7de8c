"""Webhook doors. A delivery is stored as it came before anybody is told 2xx; what fails later is kept."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from integrations.access import open_connector
from integrations.api.problems import problem_answer
from integrations.ingest import halo_news
from integrations.ingest.events import store_events
from integrations.models import ApiToken, Console, HaloCredential, RawDelivery
from integrations.records import EventRecord
from integrations.registry import UnknownKind
from integrations.runs.request import request_routing, request_watch

log = logging.getLogger(__name__)

CONSOLE_DOOR = "console"


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
            body = request.body
        except RequestDataTooBig:
            return problem_answer(413, "The delivery is too large.")
        return self.take_in(row, body, request)

    def take_in(self, row: Any, body: bytes, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = problem_answer(405, "A webhook is sent with POST.")
        answer["Allow"] = "POST"
        return answer


def as_text(body: bytes) -> str:
    """The body in a form that every database stores; what is no UTF-8 stays recognisable."""
    return body.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")


class ConsoleDoor(Door):
    """`POST /hooks/consoles/{token}/`: the vendor's own words, translated by the console's connector."""

    rows = Console.objects.filter(enabled=True)

    def take_in(self, row: Console, body: bytes, request: HttpRequest) -> HttpResponse:
        delivery = RawDelivery.objects.create(console=row, door=CONSOLE_DOOR, body=as_text(body))
        stored = work_off(delivery, row, body, dict(request.headers))
        answer = {"delivery": delivery.pk, "events": stored, "error": delivery.error}
        return JsonResponse(answer, status=202)


class HaloDoor(Door):
    """`POST /hooks/halo/{token}/`: kept; a ticket of ours that it names is looked at a few seconds later."""

    rows = HaloCredential.objects.filter(enabled=True)

    def take_in(self, row: HaloCredential, body: bytes, request: HttpRequest) -> HttpResponse:
        delivery, ours = halo_news.take_in(row, as_text(body))
        if ours:
            request_watch(row)
        return JsonResponse({"delivery": delivery.pk})


def work_off(delivery: RawDelivery, console: Console, body: bytes, headers: dict[str, str]) -> int:
    """Store the delivery's events; return how many were new. What cannot be understood is its `error`."""
    records, delivery.error = _parse(console, body, headers)
    outcomes = store_events(console, records) if records else []
    delivery.processed_at = timezone.now()
    delivery.save(update_fields=["processed_at", "error"])
    new = sum(outcome != "duplicate" for outcome in outcomes)
    if new:
        request_routing()
    return new


def _parse(console: Console, body: bytes, headers: dict[str, str]) -> tuple[list[EventRecord], str]:
    """The events of a body, and a sentence about what could not be read."""
    try:
        return open_connector(console).parse_webhook(body, headers), ""
    except (NotImplementedError, UnknownKind) as problem:
        return [], str(problem)
    except ValueError as problem:
        # A bad delivery brings along what could be read of it.
        return list(getattr(problem, "records", ())), str(problem)
    except Exception:
        log.exception("A delivery for the console %s could not be read", console.pk)
        return [], "An unexpected error while reading it; the log of the server has the details."
