"""What a plan changes on our side alone: the mapping of a company, links that come to an end or come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.choices import Action, Outcome
from integrations.ingest.batches import batches
from integrations.models import (
    Computer,
    Entry,
    HaloAsset,
    HaloClient,
    HaloSite,
    Location,
    Plan,
    PlannedChange,
)
from mappings.apply.job import Job
from mappings.apply.prepare import CHUNK, entry_of
from mappings.linking.archiving import archive, bring_back
from mappings.linking.companies import map_company
from mappings.linking.locations import map_locations
from mappings.models import CompanyMapping, ComputerMapping, MappingOrigin
from mappings.planning import WRITES
from mappings.planning.links_back import local_acts_of
from mappings.planning.rows import COMPANY_MAPPING, LOCAL, LOCATIONS, MAPPING

CHANGED = "The mapping was changed meanwhile; make a new preview."

Rows = Sequence[PlannedChange]


def is_only_local(plan: Plan) -> bool:
    """Whether all that is selected can be done without HaloPSA."""
    selected = plan.changes.filter(selected=True)
    return selected.filter(action__in=LOCAL).exists() and not selected.filter(action__in=WRITES).exists()


def apply_local(job: Job) -> str:
    """Do it all at once, before anything is sent; a sentence where that is not possible any more.

    What a run has done it does not do again. The number of statements grows by a few per 1,000 links.
    """
    rows = list(job.plan.changes.filter(selected=True, action__in=LOCAL).order_by("position"))
    if not rows or local_acts_of(job.run).exists():
        return ""
    try:
        with transaction.atomic():
            for row in (row for row in rows if row.subject_kind == COMPANY_MAPPING):
                _change_mapping(job, row)
            ended = [row for row in rows if row.action == Action.UNLINK and row.before.get("halo_id")]
            was = _unlink(job, ended)
            for row in ended:
                row.before |= was.get(row.subject_id, {})
            _link(job, [row for row in rows if row.action == Action.LINK and row.after.get("halo_id")])
            Entry.objects.bulk_create(
                [entry_of(job, row, Outcome.DONE, row.reason) for row in rows], batch_size=CHUNK
            )
    except ValidationError as problem:
        return " ".join(problem.messages)
    return ""


def _change_mapping(job: Job, row: PlannedChange) -> None:
    """Raises `ValidationError` where that is not possible any more."""
    if "mapping" not in row.after:
        _map(job, row)
        return
    mapping = CompanyMapping.objects.filter(pk=row.subject_id).first()
    act = archive if row.action == Action.UNLINK else bring_back
    if mapping is None or not act(mapping, job.run.requested_by):
        raise ValidationError(CHANGED)


def _map(job: Job, row: PlannedChange) -> None:
    """Raises `ValidationError` where staff have changed the mapping, or the client cannot be taken."""
    rows = CompanyMapping.objects.select_related("company", "halo_client", "halo_site")
    mapping = rows.select_for_update(of=("self",)).filter(pk=row.subject_id).first()
    if mapping is None or not _is_as(mapping, row):
        raise ValidationError(CHANGED)
    ours = {"halo_credential": job.credential}
    clients = HaloClient.objects.select_related("halo_credential")
    map_company(
        mapping.company,
        clients.get(**ours, halo_id=row.after["client_id"]),
        halo_site=HaloSite.objects.filter(**ours, halo_id=row.after["site_id"]).first(),
        staff=job.run.requested_by,
        reason=f"Changed by preview {job.plan.pk}.",
    )
    _map_locations(job, mapping, row.after.get(LOCATIONS) or {})


def _map_locations(job: Job, mapping: CompanyMapping, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """Where the client has the site still. Locations that are gone, and those of no site, need nothing."""
    site_of = {int(key): place["value"] for key, place in wanted.items() if place["value"] is not None}
    if not site_of:
        return
    mapping.refresh_from_db(fields=["halo_client"])
    sites = HaloSite.objects.filter(client=mapping.halo_client_id, halo_id__in=site_of.values(), active=True)
    by_number = {site.halo_id: site for site in sites}
    places = Location.objects.filter(company=mapping.company_id, pk__in=site_of)
    back = {place: by_number[site_of[place.pk]] for place in places if site_of[place.pk] in by_number}
    map_locations(mapping, back, job.run.requested_by)


def _is_as(mapping: CompanyMapping, row: PlannedChange) -> bool:
    site = mapping.halo_site.halo_id if mapping.halo_site else None
    return (mapping.halo_client.halo_id, site) == (row.before["client_id"], row.before["site_id"])


def _unlink(job: Job, rows: Rows) -> dict[int, dict[str, Any]]:
    """Computers that lead to another asset by now keep it. What the ended mappings were, by computer."""
    asset_of = {row.subject_id: row.before["halo_id"] for row in rows}
    mappings = ComputerMapping.objects.filter(halo_credential=job.credential)
    was: dict[int, dict[str, Any]] = {}
    for numbers in batches(asset_of):
        found = mappings.filter(computer__in=numbers)
        told = found.values_list("pk", "computer_id", "origin", "halo_asset__halo_id")
        same = {pk: (computer, origin) for pk, computer, origin, now in told if now == asset_of[computer]}
        mappings.filter(pk__in=same).delete()
        was |= {computer: {MAPPING: pk, "origin": origin} for pk, (computer, origin) in same.items()}
    return was


def _link(job: Job, rows: Rows) -> None:
    """Computers that were mapped meanwhile, and assets that another computer holds by now, stay so.

    A mapping that comes back has the id it had: what earlier runs wrote is known by it, and can be undone.
    """
    for some in batches(rows):
        consoles = Computer.objects.filter(pk__in=[row.subject_id for row in some])
        console_of = dict(consoles.values_list("pk", "console_id"))
        assets = HaloAsset.objects.filter(
            halo_credential=job.credential, halo_id__in=[row.after["halo_id"] for row in some]
        )
        asset_of = dict(assets.values_list("halo_id", "pk"))
        ComputerMapping.objects.bulk_create(
            [
                ComputerMapping(
                    pk=row.after.get(MAPPING),
                    origin=row.after.get("origin", MappingOrigin.CHOSEN),
                    computer_id=row.subject_id,
                    console_id=console_of[row.subject_id],
                    halo_credential=job.credential,
                    halo_asset_id=asset_of[row.after["halo_id"]],
                    reason=f"Linked again by preview {job.plan.pk}.",
                    mapped_by_id=job.run.requested_by_id,
                )
                for row in some
                if row.subject_id in console_of and row.after["halo_id"] in asset_of
            ],
            ignore_conflicts=True,
        )
