"""Whether a ticket rule or the defaults select the alerts of companies with tickets on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.http import urlencode

from halobridge.dashboard.facts import Facts
from integrations.models import HaloCredential
from mappings.models import CompanyMapping
from ticketing.models import EventSet, IntegrationProfile, TicketRule

SET_AS_DEFAULT: Final = "Set as default"


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps alerts from becoming tickets, and where it is put right. `companies` have tickets on."""

    told: str
    url: str
    action: str
    permission: str
    companies: int = 0


def selecting_figures() -> dict[str, QuerySet[Any]]:
    return {
        "default_sets": EventSet.objects.filter(is_default=True),
        "rules": TicketRule.objects.filter(company_mapping__archived_at__isnull=True),
    }


def selecting_groups() -> dict[str, tuple[QuerySet[Any], Any]]:
    """By their key: profiles by credential and id, what is of a credential by its id."""
    profiles = IntegrationProfile.objects.all()
    text: CharField[str, str] = CharField(max_length=30)
    named = Concat(Cast("halo_credential", text), Value(":"), Cast("pk", text), output_field=text)
    return {
        "event_sets": (EventSet.objects.all(), F("pk")),
        "profiles": (profiles, named),
        "default_profiles": (profiles.filter(is_default=True), F("halo_credential")),
        "without_tickets": (_without_tickets(), F("halo_credential")),
    }


def _without_tickets() -> QuerySet[CompanyMapping]:
    """Mappings with tickets on, none of whose alerts is selected by a rule or by the defaults."""
    rules = TicketRule.objects.filter(company_mapping=OuterRef("pk"))
    profile = IntegrationProfile.objects.filter(is_default=True, halo_credential=OuterRef("halo_credential"))
    defaults = Q(Exists(EventSet.objects.filter(is_default=True))) & Q(Exists(profile))
    on = CompanyMapping.objects.in_use().filter(create_tickets=True, no_notification=False)
    return on.filter(~Exists(rules), ~defaults)


def missing_for_tickets(facts: Facts) -> Iterator[Missing]:
    """Of each credential with companies that have tickets on and get none."""
    waiting = facts.figures.get("without_tickets", {})
    for credential in facts.credentials:
        if number := waiting.get(str(credential.pk), 0):
            yield _missing(facts, credential, number)


def missing_before_tickets(facts: Facts) -> Missing | None:
    """The same, where no company has tickets on yet and no ticket rule is made."""
    credential = facts.halo
    if credential is None or facts.figure("tickets_on") or facts.figure("rules"):
        return next(missing_for_tickets(facts), None)
    chosen = facts.figures.get("default_profiles", {}).get(str(credential.pk), 0)
    return None if chosen and facts.figure("default_sets") else _missing(facts, credential, 0)


def _missing(facts: Facts, credential: HaloCredential, companies: int) -> Missing:
    """The event set leads first: it is for all credentials."""
    profiled = facts.figures.get("default_profiles", {}).get(str(credential.pk), 0)
    lacks = [
        what
        for what, there in (
            ("no event set", facts.figure("default_sets")),
            (f"no profile of {credential}", profiled),
        )
        if not there
    ]
    told = f"{' and '.join(lacks)} is the default"
    if not facts.figure("default_sets"):
        sets = list(facts.figures.get("event_sets", {}))
        url, action = _place("eventset", sets, {})
        return Missing(
            told, url, action or "Make an event set", f"ticketing.{_right(sets)}eventset", companies
        )
    mine = [key for key in facts.figures.get("profiles", {}) if key.startswith(f"{credential.pk}:")]
    ids = [key.partition(":")[2] for key in mine]
    url, action = _place("integrationprofile", ids, {"halo_credential": credential.pk})
    right = f"ticketing.{_right(ids)}integrationprofile"
    return Missing(told, url, action or "Make a profile", right, companies)


def _right(rows: list[str]) -> str:
    return "change_" if rows else "add_"


def _place(model: str, ids: list[str], of: dict[str, Any]) -> tuple[str, str]:
    """The page with the button, or the list to choose from, or the form where there is nothing to choose."""
    page = f"admin:ticketing_{model}"
    if len(ids) == 1:
        return reverse(f"{page}_change", args=ids), SET_AS_DEFAULT
    if ids:
        chosen = {f"{name}__id__exact": value for name, value in of.items()}
        return _with(reverse(f"{page}_changelist"), chosen), SET_AS_DEFAULT
    return _with(reverse(f"{page}_add"), of), ""


def _with(url: str, query: dict[str, Any]) -> str:
    return f"{url}?{urlencode(query)}" if query else url
