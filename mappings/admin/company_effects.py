"""What the buttons of the company mapping page do: each effect is a call of `linking`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest

from integrations.choices import RunKind
from integrations.models import HaloCredential
from integrations.runs.request import request_routing, request_run
from mappings.admin.company_rows import exact_suggestions
from mappings.linking import accept_suggestions, set_switches
from mappings.models import CompanyMapping, CompanySuggestion

SWITCHES: Final = {
    "create_tickets": "Create tickets",
    "no_notification": "No notification",
    "enable_configuration": "Enable configuration",
}

BULK: Final = [
    ("accept", "Accept the suggestions"),
    *((f"{name}:on", f"{label}: on") for name, label in SWITCHES.items()),
    *((f"{name}:off", f"{label}: off") for name, label in SWITCHES.items()),
]


@dataclass(frozen=True, slots=True)
class Pressed:
    """What staff read, and the mappings whose tickets were switched on by it."""

    sentence: str
    tickets_on: list[CompanyMapping] = field(default_factory=list)


def press(request: HttpRequest, credential: HaloCredential) -> Pressed:
    """Do what the pressed button says."""
    what, _, rest = request.POST.get("do", "").partition(":")
    match what:
        case "accept" if rest.isdigit():
            return Pressed(_accepted(credential, [int(rest)], request.user))
        case "accept-exact":
            ids = list(exact_suggestions(credential).values_list("pk", flat=True))
            return Pressed(_accepted(credential, ids, request.user))
        case "switch":
            return _switch(credential, rest)
        case "bulk":
            return _bulk(request, credential)
    return Pressed("Nothing was chosen.")


def after_mapping(credential: HaloCredential) -> None:
    """What a new pair makes possible: its computers can be matched, its waiting events routed."""
    request_run(RunKind.MATCH, halo_credential=credential, slot=f"match:{credential.pk}")
    request_routing()


def _accepted(credential: HaloCredential, ids: list[int], staff: Any) -> str:
    number = accept_suggestions(ids, staff=staff)
    if number:
        after_mapping(credential)
    words = f"{number} {'company is' if number == 1 else 'companies are'} mapped."
    left = len(ids) - number
    return (
        f"{words} {left} left alone: several clients fit, or something changed meanwhile." if left else words
    )


def _switch(credential: HaloCredential, text: str) -> Pressed:
    """`text` is `<switch>:<mapping>:<on or off>`."""
    name, number, wanted = ([*text.split(":"), "", "", ""])[:3]
    if name not in SWITCHES or not number.isdigit():
        return Pressed("Nothing was chosen.")
    mapping = CompanyMapping.objects.filter(pk=int(number), halo_credential=credential).first()
    if mapping is None:
        return Pressed("This mapping was removed meanwhile.")
    return Pressed(f"{mapping.company}: {SWITCHES[name]} is {wanted}.", _set([mapping], name, wanted == "on"))


def _set(mappings: list[CompanyMapping], name: str, on: bool) -> list[CompanyMapping]:
    """Set one switch; return those whose tickets are on by that."""
    for mapping in mappings:
        set_switches(mapping, **{name: on})
    return mappings if on and name == "create_tickets" else []


def _bulk(request: HttpRequest, credential: HaloCredential) -> Pressed:
    companies = [int(pk) for pk in request.POST.getlist("company") if pk.isdigit()]
    if not companies:
        return Pressed("No company was ticked.")
    name, _, wanted = request.POST.get("bulk", "").partition(":")
    if name == "accept":
        return Pressed(_accepted(credential, _best_of(credential, companies), request.user))
    if name not in SWITCHES:
        return Pressed("No action was chosen.")
    mappings = list(CompanyMapping.objects.filter(company__in=companies, halo_credential=credential))
    tickets_on = _set(mappings, name, wanted == "on")
    many = "company" if len(mappings) == 1 else "companies"
    words = f"{SWITCHES[name]} is {wanted} for {len(mappings)} {many}."
    if skipped := len(companies) - len(mappings):
        words += f" {skipped} without a mapping left alone."
    return Pressed(words, tickets_on)


def _best_of(credential: HaloCredential, companies: list[int]) -> list[int]:
    """The best suggestion of each company."""
    rows = CompanySuggestion.objects.filter(halo_credential=credential, company__in=companies)
    best: dict[int, int] = {}
    for company, pk in rows.order_by("-score", "pk").values_list("company_id", "pk"):
        best.setdefault(company, pk)
    return list(best.values())
