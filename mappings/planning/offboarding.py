"""Offboarding a company, as a plan: assets that we created become inactive, and the mapping is archived.

A large loss is what is asked for here: the ticks are the approval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, QuerySet

from integrations.choices import Action
from integrations.models import HaloAsset, HaloCredential, Plan
from mappings.linking.ignoring import is_ignored
from mappings.linking.unmapping import is_creating_for
from mappings.models import CompanyMapping, ComputerMapping
from mappings.planning.company_assets import CompanyAsset, Member, read_assets_of
from mappings.planning.lifecycle import Lifecycle, read_lifecycle
from mappings.planning.moving import CREATING
from mappings.planning.rows import (
    ASKED,
    COMPANY_MAPPING,
    COMPUTER_MAPPING,
    OFFBOARD,
    Change,
    NotPlannable,
    held_words,
    skip,
    subject_of,
)

ALREADY: Final = "{} is offboarded already."
OURS: Final = "Created here, and its company is offboarded."
THEIRS: Final = "Its asset was not created here, so it is left alone."
IGNORED: Final = "Staff ignore its computer, so its asset is left alone."
ARCHIVED: Final = "The mapping itself: no new tickets and no asset updates until it is brought back."


def retired_by_offboarding(credential_id: int) -> QuerySet[HaloAsset]:
    """The assets that become inactive if every company of the credential is offboarded as previews propose:
    what a preview ticks, and what `uninstall_report` counts."""
    members = ComputerMapping.objects.filter(halo_credential=credential_id, halo_asset=OuterRef("pk"))
    companies = CompanyMapping.objects.in_use().filter(halo_credential=credential_id).values("company")
    looked_after = members.filter(computer__company__in=companies)
    by_asset = looked_after.order_by().values("halo_asset")
    several = by_asset.annotate(number=Count("computer__company", distinct=True)).filter(number__gt=1)
    return HaloAsset.objects.filter(
        Exists(members.filter(created_by_us=True)),
        Exists(looked_after.filter(~is_ignored("computer_id"))),
        ~Exists(members.filter(held=True)),
        ~Exists(several),
        halo_credential=credential_id,
        active=True,
    )


def new_offboard(mapping: CompanyMapping, created_by: Any = None) -> Plan:
    """An empty plan that offboards a company, to be filled by a run. Raises `ValidationError`."""
    if mapping.archived_at is not None:
        raise ValidationError(ALREADY.format(mapping.company))
    return Plan.objects.create(
        kind=OFFBOARD,
        halo_credential=mapping.halo_credential,
        company=mapping.company,
        parameters={"mapping": mapping.pk},
        created_by=created_by,
    )


def read_offboard(plan: Plan) -> CompanyMapping:
    """Two statements. Raises `NotPlannable`."""
    mappings = CompanyMapping.objects.select_related("company", "halo_client")
    wanted = {"pk": plan.parameters.get("mapping"), "halo_credential": plan.halo_credential_id}
    mapping = mappings.filter(**wanted).first()
    if mapping is None:
        raise NotPlannable("The mapping was removed.")
    if mapping.archived_at is not None:
        raise NotPlannable(ALREADY.format(mapping.company))
    if is_creating_for(mapping):
        raise NotPlannable(CREATING.format(mapping.company))
    return mapping


def changes_of_offboard(plan: Plan, credential: HaloCredential, counts: Counter[str]) -> Iterator[Change]:
    """The mapping itself and at most one change for each asset; seven statements. Raises `NotPlannable`."""
    mapping = read_offboard(plan)
    before, after = {"mapping": f"to {mapping.halo_client}"}, {"mapping": "archived"}
    action, subject = Action.UNLINK.value, str(mapping.company)
    yield Change(action, subject, COMPANY_MAPPING, mapping.pk, before, after, ARCHIVED)
    judge = _Judge(mapping, read_lifecycle(credential), counts)
    for asset in read_assets_of(mapping):
        yield from judge.changes(asset)


class _Judge:
    """Decides about one asset after the other."""

    def __init__(self, mapping: CompanyMapping, lifecycle: Lifecycle, counts: Counter[str]) -> None:
        self._mapping = mapping
        self._lifecycle = lifecycle
        self._counts = counts
        others = CompanyMapping.objects.in_use().filter(halo_credential=mapping.halo_credential_id)
        mine = ComputerMapping.objects.filter(computer__company=mapping.company_id)
        taken = retired_by_offboarding(mapping.halo_credential_id).filter(pk__in=mine.values("halo_asset"))
        self._taken = set(taken.values_list("pk", flat=True))
        self._stay = set(others.exclude(pk=mapping.pk).values_list("company_id", flat=True))

    def changes(self, asset: CompanyAsset) -> Iterator[Change]:
        mine = [member for member in asset.members if member.company_id == self._mapping.company_id]
        if not asset.active:
            self._counts["unchanged"] += 1
        elif asset.pk not in self._taken and (reason := self._why_it_stays(asset, mine)):
            yield skip(self._subject(mine[0]), COMPUTER_MAPPING, mine[0].mapping_id, reason)
        else:
            yield self._retired(asset, mine[0])

    @staticmethod
    def _why_it_stays(asset: CompanyAsset, mine: Sequence[Member]) -> str:
        if held := next((member for member in asset.members if member.held), None):
            return held_words(held.held_by)
        if not any(member.created_by_us for member in asset.members):
            return THEIRS
        return IGNORED if all(member.ignored for member in mine) else ""

    def _retired(self, asset: CompanyAsset, first: Member) -> Change:
        before, after = self._lifecycle.retire(asset.status_id)
        other = next((member for member in asset.members if member.company_id in self._stay), None)
        told = f" It also stands for {other.told}: {ASKED}" if other else ""
        return Change(
            Action.DEACTIVATE.value,
            self._subject(first),
            COMPUTER_MAPPING,
            first.mapping_id,
            {"halo_id": asset.halo_id, **before},
            after,
            OURS + told,
            selected=asset.pk in self._taken,
        )

    def _subject(self, member: Member) -> str:
        return subject_of(member.computer, str(self._mapping.company))
