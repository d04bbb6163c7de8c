"""Do the numbers of an integration profile stand for anything in HaloPSA? Judged by what was mirrored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from integrations.api.halo_choices import no_such
from integrations.choices import OptionKind
from integrations.models import HaloCredential, HaloOption
from ticketing.halo_choices import UNASSIGNED

KIND_OF: Final[dict[str, tuple[OptionKind, str]]] = {
    "ticket_type": (OptionKind.TICKET_TYPE, "ticket type"),
    "status_open": (OptionKind.STATUS, "status"),
    "status_closed": (OptionKind.STATUS, "status"),
    "sla": (OptionKind.SLA, "SLA"),
    "team": (OptionKind.TEAM, "team"),
    "agent": (OptionKind.AGENT, "Halo agent (technician)"),
    "category": (OptionKind.CATEGORY, "category"),
    "urgency": (OptionKind.URGENCY, "urgency"),
    "impact": (OptionKind.IMPACT, "impact"),
    "note_action": (OptionKind.OUTCOME, "action"),
    "closing_action": (OptionKind.OUTCOME, "action"),
}
"""Field of a profile → kind of option, and how a sentence calls it. A priority is judged with its SLA."""

SEVERAL: Final[dict[str, tuple[OptionKind, str]]] = {
    "wont_fix_statuses": (OptionKind.STATUS, "status"),
    "wont_fix_categories": (OptionKind.CATEGORY, "category"),
}
"""Fields that hold several of Halo's ids."""

STATUSES_KNOWN: Final = "statuses"
"""In a ticket type's `extra`: Halo's ids of the statuses that its tickets may have."""

Options = Mapping[str, Mapping[tuple[str, str], HaloOption]]
"""Kind → (parent, Halo's id) → option."""


def choice_problems(credential: HaloCredential, values: Mapping[str, Any]) -> dict[str, str]:
    """A sentence by field. A kind of which nothing was ever read proves nothing. One query."""
    options = _options(credential)
    problems: dict[str, str] = {}
    for field, (kind, word) in KIND_OF.items():
        value = values.get(field)
        if value is not None and not _is_known(options, kind, value):
            problems[field] = no_such(word, value, credential)
    for field, (kind, word) in SEVERAL.items():
        unknown = [value for value in values.get(field) or () if not _is_known(options, kind, value)]
        if unknown:
            problems[field] = no_such(word, unknown[0], credential)
    if sentence := _priority_problem(options, credential, values):
        problems["priority"] = sentence
    for field in ("status_open", "status_closed"):
        if field not in problems and (sentence := _status_problem(options, values, field)):
            problems[field] = sentence
    return problems


def _options(credential: HaloCredential) -> Options:
    kinds = {kind for kind, _ in KIND_OF.values()} | {OptionKind.PRIORITY}
    found: dict[str, dict[tuple[str, str], HaloOption]] = defaultdict(dict)
    for option in HaloOption.objects.filter(halo_credential=credential, kind__in=kinds, active=True):
        found[option.kind][option.parent, option.halo_id] = option
    return found


def _is_known(options: Options, kind: OptionKind, value: int) -> bool:
    if kind == OptionKind.AGENT and value == UNASSIGNED:
        return True
    rows = options.get(kind)
    return not rows or any(halo_id == str(value) for _, halo_id in rows)


def _priority_problem(options: Options, credential: HaloCredential, values: Mapping[str, Any]) -> str | None:
    """HaloPSA API: a priority's id means something within its SLA only."""
    priority, sla = values.get("priority"), values.get("sla")
    rows = options.get(OptionKind.PRIORITY)
    if priority is None or not rows:
        return None
    if sla is None:
        fits = any(halo_id == str(priority) for _, halo_id in rows)
        return None if fits else no_such("priority", priority, credential)
    if (str(sla), str(priority)) in rows:
        return None
    return f"The SLA {sla} has no priority with the ID {priority} (credential {credential})."


def _status_problem(options: Options, values: Mapping[str, Any], field: str) -> str | None:
    kinds = options.get(OptionKind.TICKET_TYPE, {})
    ticket_type = next(
        (row for (_, halo_id), row in kinds.items() if halo_id == str(values.get("ticket_type"))), None
    )
    allowed = (ticket_type.extra or {}).get(STATUSES_KNOWN) if ticket_type else None
    if not ticket_type or not allowed or values.get(field) is None:
        return None
    if str(values[field]) in {str(status) for status in allowed}:
        return None
    return f"Tickets of the type {ticket_type.name} cannot have the status with the ID {values[field]}."
