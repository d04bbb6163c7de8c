"""Asking for a simulation: its row and its run, made together."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.choices import RunKind
from integrations.models import Run
from integrations.runs.request import request_run
from ticketing.models import EventSet, IntegrationProfile, Simulation

PAIR: Final = "Name an event set and a profile, or neither: without them everything is as it is set up now."
OTHER_CREDENTIAL: Final = "The company mapping belongs to another HaloPSA credential than the profile."
_FIXED: Final = frozenset({"id", "name", "halo_credential", "is_default", "changed_at"})


def check(simulation: Simulation) -> None:
    """Raises ValidationError, by field, for a draft that makes no sense."""
    if (simulation.event_set_id is None) != (simulation.profile_id is None):
        raise ValidationError({"event_set": PAIR})
    mapping, profile = simulation.company_mapping, simulation.profile
    if mapping is not None and profile is None:
        raise ValidationError({"company_mapping": PAIR})
    if (
        mapping is not None
        and profile is not None
        and mapping.halo_credential_id != profile.halo_credential_id
    ):
        raise ValidationError({"company_mapping": OTHER_CREDENTIAL})
    _check_changes("event_set_changes", EventSet, simulation.event_set, simulation.event_set_changes)
    _check_changes("profile_changes", IntegrationProfile, simulation.profile, simulation.profile_changes)


def _check_changes(field: str, model: Any, row: Any, changes: Any) -> None:
    """Only columns of the row itself, with values that it could have."""
    if not changes:
        return
    if row is None or not isinstance(changes, dict):
        raise ValidationError({field: "An object of columns is needed, and what it changes."})
    columns = {column.name for column in model._meta.concrete_fields} - _FIXED
    if unknown := sorted(set(changes) - columns):
        raise ValidationError(
            {field: f"There is no {unknown[0]!r} to change; there are: {', '.join(sorted(columns))}."}
        )
    draft = model(**{column.name: getattr(row, column.name) for column in model._meta.concrete_fields})
    for name, value in changes.items():
        setattr(draft, model._meta.get_field(name).attname, value)
    try:
        draft.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as problem:
        raise ValidationError({field: problem.messages}) from None


def start(simulation: Simulation, by: Any) -> Run:
    """Store it (checked before) and ask for its run."""
    with transaction.atomic():
        simulation.created_by = by if by and by.pk else None
        simulation.save()
        run = request_run(RunKind.SIMULATE, requested_by=by)
        Simulation.objects.filter(pk=simulation.pk).update(run=run)
        simulation.run = run
    return run
