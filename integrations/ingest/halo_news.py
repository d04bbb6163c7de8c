"""What HaloPSA's webhooks tell: which tickets have changed. Their content is never believed, only read again.

HaloPSA API: the body has no published schema and may be customised. Agreed is an object (or an array of
them) with `ticket` and, where one applies, `action`; other senders put the number elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from integrations.choices import IntentionKind
from integrations.models import HaloCredential, Intention, RawDelivery

DOOR: Final = "halo"
MOST_AT_ONCE: Final = 1000
"""Deliveries that one look takes in."""
_NUMBERS: Final = ("ticket_id", "object_id", "id")


@dataclass(frozen=True, slots=True)
class News:
    """A ticket of HaloPSA has changed; `action_id` is unique only inside its ticket."""

    ticket_id: int
    action_id: int | None = None


def take_in(credential: HaloCredential, body: str) -> tuple[RawDelivery, bool]:
    """Keep a delivery. True if it tells of a ticket of ours; else it is done with and costs no call."""
    delivery = RawDelivery(door=f"{DOOR}:{credential.pk}", body=body)
    try:
        numbers = {news.ticket_id for news in news_of(body)}
    except ValueError as problem:
        numbers, delivery.error = set(), str(problem)
    ours = bool(numbers) and _are_ours(credential, numbers)
    delivery.processed_at = None if ours else timezone.now()
    delivery.save()
    return delivery, ours


def _are_ours(credential: HaloCredential, numbers: Iterable[int]) -> bool:
    """One that is being made has no number here yet: what HaloPSA tells of it is our own doing."""
    made = Intention.objects.filter(kind=IntentionKind.CREATE_TICKET, instance=credential.instance_id)
    return made.filter(halo_id__in=list(numbers)).exists()


def waiting(credential: HaloCredential) -> tuple[list[int], list[News]]:
    """Deliveries that nobody has acted on yet, the oldest first, and what they tell."""
    rows = RawDelivery.objects.filter(door=f"{DOOR}:{credential.pk}", processed_at__isnull=True)
    found = list(rows.order_by("pk").values_list("pk", "body")[:MOST_AT_ONCE])
    return [pk for pk, _ in found], [news for _, body in found for news in news_of(body)]


def done_with(deliveries: Iterable[int]) -> None:
    RawDelivery.objects.filter(pk__in=list(deliveries)).update(processed_at=timezone.now())


def news_of(body: str) -> list[News]:
    """Raises ValueError, with a sentence, where the body is no JSON object or array of them."""
    try:
        content = json.loads(body)
    except ValueError:
        raise ValueError("The delivery is not JSON.") from None
    except RecursionError:
        raise ValueError("The delivery is nested too deeply.") from None
    if not isinstance(content, (dict, list)):
        raise ValueError("The delivery is neither an object nor an array.")
    items = content if isinstance(content, list) else [content]
    return list(_news(item for item in items if isinstance(item, dict)))


def _news(items: Iterable[dict[str, Any]]) -> Iterator[News]:
    for item in items:
        ticket, action = item.get("ticket"), item.get("action")
        number = _number(ticket.get("id")) if isinstance(ticket, dict) else None
        for name in _NUMBERS:
            number = number if number is not None else _number(item.get(name))
        if number is not None:
            yield News(number, _number(action.get("id")) if isinstance(action, dict) else None)


def _number(value: Any) -> int | None:
    """A plausible id: a whole number, also as text or decimal; true and false are none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 11:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and 0 < value < 2**31 else None
