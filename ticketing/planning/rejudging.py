"""Open alerts that no rule wanted are judged again when anything that the rules read has changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from integrations.choices import EventState
from integrations.models import Instance
from integrations.runs.acts import again_if_broken_off
from mappings.models import CompanyMapping, IgnoredComputer, IgnoreRule
from ticketing.models import Alert, Decision, EventSet, IntegrationProfile, Snooze, TicketRule

_CONDITIONS = (
    "severity_from", "companies_excluded", "computers_excluded", "tags", "tags_excluded", "pattern",
)  # fmt: skip


@again_if_broken_off
def judge_again_after_change(instance: Instance) -> int:
    """Have open, unwanted alerts without a ticket judged again if the rules have changed. Returns how many.

    They are marked: where a rule selects them by now they become a baseline, ticketed only if chosen. The
    first time there is nothing to compare with, and the digest is only stored. Ten queries if unchanged.
    """
    mine = Instance.objects.filter(pk=instance.pk)
    before = mine.values_list("judged_by", flat=True).get()
    now = digest_of_rules(instance)
    if now == before:
        return 0
    with transaction.atomic():
        if not mine.filter(judged_by=before).update(judged_by=now) or not before:
            return 0
        unwanted = Alert.objects.filter(
            halo_credential__instance=instance,
            state=EventState.OPEN,
            decision=Decision.NOT_WANTED,
            ticket__isnull=True,
        )
        return unwanted.update(baseline=True, pending=True)


def digest_of_rules(instance: Instance) -> str:
    """32 hex digits of what decides whether an alert of this instance is selected. Nine queries.

    Names are left out: they change the words of a reason, never a verdict.
    """
    mappings = CompanyMapping.objects.filter(halo_credential__instance=instance).order_by("pk")
    rules = TicketRule.objects.filter(company_mapping__halo_credential__instance=instance).order_by("pk")
    sets = EventSet.objects.order_by("pk").values_list("pk", "is_default", "event_types", *_CONDITIONS)
    profiles = IntegrationProfile.objects.filter(halo_credential__instance=instance).order_by("pk")
    exclusions = Snooze.objects.filter(until__isnull=True).order_by("pk")
    chosen: dict[str, QuerySet[Any]] = {
        "company": EventSet.companies.through.objects.all(),
        "computer": EventSet.computers.through.objects.all(),
    }
    read = [
        list(
            mappings.values_list(
                "pk", "company", "halo_credential", "halo_client", "create_tickets", "no_notification"
            )
        ),
        list(rules.values_list("pk", "company_mapping", "position", "event_set", "profile")),
        [(pk, is_default, sorted(types), *more) for pk, is_default, types, *more in sets],
        *(
            list(rows.values_list("eventset", name).order_by("eventset", name))
            for name, rows in chosen.items()
        ),
        list(profiles.values_list("pk", "halo_credential", "is_default", "client")),
        list(exclusions.values_list("pk", "alert", "company", "computer", "event_type")),
    ]
    read += _ignored()
    return hashlib.blake2b(json.dumps(read).encode(), digest_size=16).hexdigest()


def _ignored() -> list[Any]:
    """What tells which computers are ignored; nothing where none are: the digest stays.

    Sums are whole numbers here: PostgreSQL answers with `Decimal`, which JSON does not know.
    """
    rules = IgnoreRule.objects.filter(enabled=True).order_by("pk")
    by_hand = IgnoredComputer.objects.filter(rule__isnull=True)
    read = [
        list(rules.values_list("pk", *IgnoreRule.CONDITIONS)),
        [int(value or 0) for value in by_hand.aggregate(Count("pk"), Sum("computer")).values()],
    ]
    return read if read[0] or read[1][0] else []
