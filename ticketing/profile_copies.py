"""A profile once more, for the same or another HaloPSA credential: choices are found again by their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from integrations.choices import OptionKind
from integrations.models import HaloCredential, HaloOption
from ticketing.halo_choices import CHOICES, UNASSIGNED
from ticketing.models import IntegrationProfile

_NEEDED: Final = ("ticket_type", "status_open", "status_closed")
_SEVERAL: Final = {"wont_fix_statuses": OptionKind.STATUS, "wont_fix_categories": OptionKind.CATEGORY}
_PLACES: Final = ("client", "user")


class CannotCopy(ValueError):
    """Without this choice it would be no profile, or its name is taken; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Copied:
    """`left_out` names the choices that the other HaloPSA does not have: they are empty."""

    profile: IntegrationProfile
    left_out: list[str]


def copy_profile(profile: IntegrationProfile, credential: HaloCredential, name: str) -> Copied:
    """Never the default. What lives in HaloPSA keeps its number within one HaloPSA, and is looked for by name
    in another. Raises CannotCopy."""
    name = name.strip()
    if IntegrationProfile.objects.filter(halo_credential=credential, name=name).exists():
        raise CannotCopy(f"{credential} has a profile called “{name}” already.")
    same_halo = credential.instance_id == profile.halo_credential.instance_id
    values = _plain(profile)
    left_out: list[str] = []
    if not same_halo:
        _find_again(profile, credential, values, left_out)
    if credential.pk != profile.halo_credential_id:
        for place in _PLACES:
            if values.pop(f"{place}_id") is not None:
                left_out.append(str(IntegrationProfile._meta.get_field(place).verbose_name))  # type: ignore[union-attr]
    with transaction.atomic():
        made = IntegrationProfile.objects.create(
            **{**values, "halo_credential": credential, "name": name, "is_default": False}
        )
    return Copied(made, left_out)


def _plain(profile: IntegrationProfile) -> dict[str, Any]:
    own = {"id", "halo_credential_id", "name", "is_default"}
    columns = [column.attname for column in IntegrationProfile._meta.concrete_fields]
    return {column: getattr(profile, column) for column in columns if column not in own}


def _find_again(
    profile: IntegrationProfile, credential: HaloCredential, values: dict[str, Any], left_out: list[str]
) -> None:
    """Two queries: the names here, and the numbers there."""
    names = _names(profile.halo_credential_id)
    there = _numbers(credential.pk)
    for field, kind in CHOICES:
        value = values[field]
        if value is None or value < 0 or (kind == OptionKind.AGENT and value == UNASSIGNED):
            continue
        here = str(profile.sla or "") if kind == OptionKind.PRIORITY else ""
        parent = str(values["sla"] or "") if kind == OptionKind.PRIORITY else ""
        name = names.get((kind, here, str(value))) or names.get((kind, "", str(value)), "")
        values[field] = there.get((kind, parent, name.casefold())) if name else None
        if values[field] is None:
            label = str(IntegrationProfile._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
            if field in _NEEDED:
                raise CannotCopy(
                    f"{credential} has no {label} called “{name or value}”; make it in HaloPSA first."
                )
            left_out.append(label)
    for field, kind in _SEVERAL.items():
        found = [
            there.get((kind, "", names.get((kind, "", str(value)), "").casefold())) for value in values[field]
        ]
        values[field] = [number for number in found if number is not None]


_Name = tuple[str, str, str]


def _rows(credential: int) -> list[tuple[str, str, str, str]]:
    kinds = {kind for _, kind in CHOICES}
    rows = HaloOption.objects.filter(halo_credential=credential, kind__in=kinds, active=True)
    return list(rows.order_by("pk").values_list("kind", "parent", "halo_id", "name"))


def _names(credential: int) -> dict[_Name, str]:
    found: dict[_Name, str] = {}
    for kind, parent, halo_id, name in _rows(credential):
        found.setdefault((kind, parent, halo_id), name)
        found.setdefault((kind, "", halo_id), name)
    return found


def _numbers(credential: int) -> dict[_Name, int]:
    """By name; the first of several that share one."""
    found: dict[_Name, int] = {}
    for kind, parent, halo_id, name in _rows(credential):
        if halo_id.lstrip("-").isdigit():
            found.setdefault((kind, parent, name.casefold()), int(halo_id))
            found.setdefault((kind, "", name.casefold()), int(halo_id))
    return found
