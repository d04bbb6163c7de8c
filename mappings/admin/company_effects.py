"""What the buttons of the company mapping page do: each effect is a call of `linking`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from integrations.choices import RunKind
from integrations.models import Company, HaloClient, HaloCredential
from integrations.runs.request import request_routing, request_run
from integrations.sync.sentences import sentence
from mappings.admin.company_rows import chosen_exact
from mappings.admin.pressed import NOTHING, Pressed, by_outcome, nothing
from mappings.linking import (
    SWITCHES,
    accept_suggestions,
    confirm_name,
    ignore_companies,
    map_company,
    set_switches_of,
    suggest_companies_for,
    unignore_companies,
)
from mappings.models import CompanyMapping, CompanySuggestion

BULK: Final = [
    ("accept", "Accept the suggestions"),
    *((f"{name}:on", f"{label}: on") for name, label in SWITCHES.items()),
    *((f"{name}:off", f"{label}: off") for name, label in SWITCHES.items()),
    ("ignore", "Ignore"),
    ("unignore", "No longer ignore"),
]
NO_COMPANY: Final = "No company was ticked."
PICKED: Final = "Chosen by hand among several that fit."


Effect = Callable[[HttpRequest, HaloCredential, str], Pressed]


def press(request: HttpRequest, credential: HaloCredential) -> Pressed:
    """Do what the pressed button says; a button is `<effect>:<what it is about>`."""
    what, _, rest = request.POST.get("do", "").partition(":")
    effect = EFFECTS.get(what)
    return effect(request, credential, rest) if effect else nothing()


def after_mapping(credential: HaloCredential) -> None:
    """What a new pair makes possible: its computers can be matched, its waiting events routed."""
    request_run(RunKind.MATCH, halo_credential=credential, slot=f"match:{credential.pk}")
    request_routing()


def leave_to(request: HttpRequest, address: str) -> HttpResponse:
    """Go to another page; a part of the page that htmx would swap cannot."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def ticked(request: HttpRequest) -> list[int]:
    """The companies whose boxes are ticked."""
    return [int(pk) for pk in request.POST.getlist("company") if _is_id(pk)]


def _is_id(text: str) -> bool:
    return text.isdigit() and len(text) < 18


# ---- suggestions and choices ----------------------------------------------------------------


def _accept(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    return _accepted(credential, [int(rest)], request.user) if _is_id(rest) else nothing()


def _accept_exact(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    ids = list(chosen_exact(request, credential).values_list("pk", flat=True))
    return _accepted(credential, ids, request.user)


def _accepted(credential: HaloCredential, ids: list[int], staff: Any) -> Pressed:
    rows = CompanySuggestion.objects.filter(pk__in=ids, halo_credential=credential)
    companies = list(rows.values_list("company_id", flat=True).distinct())
    number = accept_suggestions(rows.values_list("pk", flat=True), staff=staff)
    if number:
        after_mapping(credential)
    words = f"{number} {'company is' if number == 1 else 'companies are'} mapped."
    if left := len(ids) - number:
        words += f" {left} left alone: several clients fit, or something changed meanwhile."
    return Pressed(words, companies, level=by_outcome(number))


def _pick(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    """One of several suggestions, chosen by looking at it."""
    rows = CompanySuggestion.objects.filter(halo_credential=credential, pk=int(rest) if _is_id(rest) else 0)
    found = rows.select_related("company", "halo_client__halo_credential").first()
    if found is None:
        return nothing("This suggestion is out of date." if _is_id(rest) else NOTHING)
    return _map(request, credential, [(found.company, found.halo_client)], PICKED)


def _map_one(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    """The client that was typed into the row of a company."""
    return _map(request, credential, _typed(request, credential, [rest]))


def _map_chosen(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    names = [name.removeprefix("client_") for name in request.POST if name.startswith("client_")]
    return _map(request, credential, _typed(request, credential, names))


def _typed(
    request: HttpRequest, credential: HaloCredential, names: list[str]
) -> list[tuple[Company, HaloClient]]:
    """Companies without a pair and the clients chosen for them. Two statements."""
    chosen = {
        int(name): int(client)
        for name in names
        if _is_id(name) and _is_id(client := request.POST.get(f"client_{name}", ""))
    }
    clients = HaloClient.objects.filter(halo_credential=credential).select_related("halo_credential")
    by_id = clients.in_bulk(set(chosen.values()))
    companies = Company.objects.filter(pk__in=chosen).exclude(mappings__halo_credential=credential)
    return [(row, by_id[chosen[row.pk]]) for row in companies.order_by("name") if chosen[row.pk] in by_id]


def _map(
    request: HttpRequest, credential: HaloCredential, pairs: list[tuple[Company, HaloClient]], why: str = ""
) -> Pressed:
    """Map what was chosen by hand; one that is refused does not hurt the others."""
    if not pairs:
        return nothing("No client was chosen.")
    told, refused = [], 0
    for company, client in pairs:
        try:
            map_company(company, client, staff=request.user, reason=why)
            told.append(f"{company} is {client} from now on.")
        except ValidationError as problem:
            refused += 1
            told.append(f"{company}: {' '.join(problem.messages)}")
    after_mapping(credential)
    words = " ".join(told[:3]) + (f" And {len(told) - 3} more." if len(told) > 3 else "")
    level = by_outcome(len(pairs) - refused, refused)
    return Pressed(words, [company.pk for company, _ in pairs], level=level)


# ---- leaving alone, looking again ------------------------------------------------------------


def _ignore(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    return _ignored(request, credential, [int(rest)]) if _is_id(rest) else nothing()


def _ignored(request: HttpRequest, credential: HaloCredential, companies: list[int]) -> Pressed:
    number = ignore_companies(companies, credential, staff=request.user)
    words = f"{number} {'company is' if number == 1 else 'companies are'} ignored."
    if left := len(companies) - number:
        words += f" {left} left alone: mapped, or ignored already."
    return Pressed(words, level=by_outcome(number))


def _unignore(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    return _unignored(request, credential, [int(rest)]) if _is_id(rest) else nothing()


def _unignored(request: HttpRequest, credential: HaloCredential, companies: list[int]) -> Pressed:
    number = unignore_companies(companies, credential, staff=request.user)
    if number:
        suggest_companies_for(credential)
    words = f"{number} {'company is' if number == 1 else 'companies are'} no longer ignored."
    return Pressed(words, level=by_outcome(number))


def _keep(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    rows = CompanyMapping.objects.filter(halo_credential=credential, pk=int(rest) if _is_id(rest) else 0)
    mapping = rows.select_related("company", "halo_client").first()
    if mapping is None or not confirm_name(mapping, request.user):
        return nothing()
    return Pressed(sentence(f"{mapping.company} stays {mapping.halo_client}"), [mapping.company_id])


# ---- switches ---------------------------------------------------------------------------------


def _switch(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    """`rest` is `<switch>:<mapping>:<on or off>`."""
    name, number, wanted = ([*rest.split(":"), "", "", ""])[:3]
    if name not in SWITCHES or not _is_id(number):
        return nothing()
    rows = CompanyMapping.objects.filter(pk=int(number), halo_credential=credential)
    mapping = rows.select_related("company").first()
    if mapping is None:
        return nothing("This mapping was removed meanwhile.")
    words = f"{mapping.company}: {SWITCHES[name]} is {wanted}."
    return Pressed(words, [mapping.company_id], _set([mapping], name, wanted == "on", request.user))


def _set(mappings: list[CompanyMapping], name: str, on: bool, staff: Any) -> list[CompanyMapping]:
    """Set one switch; return those whose tickets are on by that."""
    set_switches_of([mapping.pk for mapping in mappings], {name: on}, staff)
    return mappings if on and name == "create_tickets" else []


def _bulk(request: HttpRequest, credential: HaloCredential, rest: str) -> Pressed:
    companies = ticked(request)
    if not companies:
        return nothing(NO_COMPANY)
    name, _, wanted = request.POST.get("bulk", "").partition(":")
    if name == "accept":
        return _accepted(credential, _best_of(credential, companies), request.user)
    if name in ("ignore", "unignore"):
        return (_ignored if name == "ignore" else _unignored)(request, credential, companies)
    if name not in SWITCHES:
        return nothing("No action was chosen.")
    rows = CompanyMapping.objects.filter(company__in=companies, halo_credential=credential)
    mappings = list(rows.select_related("company"))
    tickets_on = _set(mappings, name, wanted == "on", request.user)
    many = "company" if len(mappings) == 1 else "companies"
    words = f"{SWITCHES[name]} is {wanted} for {len(mappings)} {many}."
    if skipped := len(companies) - len(mappings):
        words += f" {skipped} without a mapping left alone."
    return Pressed(words, [mapping.company_id for mapping in mappings], tickets_on, by_outcome(len(mappings)))


def _best_of(credential: HaloCredential, companies: list[int]) -> list[int]:
    """The best suggestion of each company."""
    rows = CompanySuggestion.objects.filter(halo_credential=credential, company__in=companies)
    best: dict[int, int] = {}
    for company, pk in rows.order_by("-score", "pk").values_list("company_id", "pk"):
        best.setdefault(company, pk)
    return list(best.values())


EFFECTS: Final[dict[str, Effect]] = {
    "accept": _accept,
    "accept-exact": _accept_exact,
    "pick": _pick,
    "map": _map_one,
    "map-chosen": _map_chosen,
    "ignore": _ignore,
    "unignore": _unignore,
    "keep": _keep,
    "switch": _switch,
    "bulk": _bulk,
}
