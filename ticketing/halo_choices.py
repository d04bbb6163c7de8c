"""What a profile's numbers stand for in HaloPSA, and which of them it no longer has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db.models import CharField, Value

from integrations.choices import OptionKind
from integrations.models import HaloOption
from ticketing.models import IntegrationProfile

UNASSIGNED: Final = 1
"""HaloPSA API: agent 1 is *Unassigned*; the list of agents does not always hold it."""

CHOICES: Final[tuple[tuple[str, OptionKind], ...]] = (
    ("ticket_type", OptionKind.TICKET_TYPE),
    ("status_open", OptionKind.STATUS),
    ("status_closed", OptionKind.STATUS),
    ("sla", OptionKind.SLA),
    ("priority", OptionKind.PRIORITY),
    ("team", OptionKind.TEAM),
    ("agent", OptionKind.AGENT),
    ("category", OptionKind.CATEGORY),
    ("urgency", OptionKind.URGENCY),
    ("impact", OptionKind.IMPACT),
    ("note_action", OptionKind.OUTCOME),
    ("closing_action", OptionKind.OUTCOME),
)
"""Fields of a profile that hold Halo's own number, and the kind of option that it is."""

_Key = tuple[int, str, str, str]
"""Credential, kind, parent, Halo's id."""


class _Option(NamedTuple):
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class HaloChoices:
    """The mirrored options that some profiles use. A kind of which nothing was ever read proves nothing."""

    _options: dict[_Key, _Option]
    _kinds_read: frozenset[tuple[int, str]]

    @classmethod
    def of(cls, profiles: Iterable[IntegrationProfile]) -> HaloChoices:
        """One statement, however many profiles."""
        profiles = list(profiles)
        credentials = {profile.halo_credential_id for profile in profiles}
        used = {str(value) for profile in profiles for _, _, value in _values(profile)}
        rows = HaloOption.objects.filter(halo_credential_id__in=credentials).order_by()
        chosen = rows.filter(kind__in={kind for _, kind in CHOICES}, halo_id__in=used)
        nothing = Value("", output_field=CharField())
        kinds = rows.annotate(no_parent=nothing, no_id=nothing, no_name=nothing)
        of_kind = kinds.values_list("halo_credential_id", "kind", "no_parent", "no_id", "no_name", "active")
        as_found = ("halo_credential_id", "kind", "parent", "halo_id", "name", "active")
        found: dict[_Key, _Option] = {}
        read: set[tuple[int, str]] = set()
        for credential, kind, parent, halo_id, name, active in chosen.values_list(*as_found).union(of_kind):
            read.add((credential, kind))
            if halo_id:
                option = _Option(name, active)
                found[credential, kind, parent, halo_id] = option
                found.setdefault((credential, kind, "", halo_id), option)
        return cls(found, frozenset(read))

    def name(self, profile: IntegrationProfile, field: str) -> str:
        """The name of the option in this field of the profile; '' where the field is empty or unknown."""
        for other, kind, value in _values(profile):
            if other == field and (option := self._find(profile, kind, value)):
                return option.name
        return ""

    def problem(self, profile: IntegrationProfile, field: str) -> str:
        """The sentence about the choice in this field, or ''."""
        found = [
            self._problem(profile, kind, value) for name, kind, value in _values(profile) if name == field
        ]
        return found[0] if found else ""

    def problems(self, profile: IntegrationProfile) -> tuple[str, ...]:
        """One sentence for each choice of the profile that HaloPSA does not have (any more)."""
        found = [self._problem(profile, kind, value) for _, kind, value in _values(profile)]
        return tuple(dict.fromkeys(problem for problem in found if problem))

    def _find(self, profile: IntegrationProfile, kind: str, value: int) -> _Option | None:
        parent = str(profile.sla) if kind == OptionKind.PRIORITY and profile.sla else ""
        return self._options.get((profile.halo_credential_id, kind, parent, str(value)))

    def _problem(self, profile: IntegrationProfile, kind: OptionKind, value: int) -> str:
        option = self._find(profile, kind, value)
        unread = (profile.halo_credential_id, kind) not in self._kinds_read
        if unread or (option and option.active) or (kind == OptionKind.AGENT and value == UNASSIGNED):
            return ""
        what = f"{value} ('{option.name}')" if option else str(value)
        return (
            f"The profile '{profile.name}' uses the {label(kind)} {what}, which no longer exists in "
            "HaloPSA; choose another on the profile."
        )


def _values(profile: IntegrationProfile) -> list[tuple[str, OptionKind, int]]:
    """(field, kind of option, Halo's id) of every choice that is made."""
    return [
        (field, kind, value)
        for field, kind in CHOICES
        if (value := getattr(profile, field)) is not None and value >= 0
    ]


def label(kind: OptionKind) -> str:
    """The kind's own name inside a sentence: 'status', 'SLA', 'Halo agent (technician)', 'action'."""
    if kind == OptionKind.OUTCOME:
        return "action"
    label = str(kind.label)
    return label if label.startswith(("SLA", "Halo")) else label.lower()
