"""What a plan of assets does to the counts: before, and after its ticked changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Count, OuterRef, Subquery, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from integrations.choices import Action, PlanState
from integrations.models import Computer, HaloCredential, Plan
from mappings.counts.moves import Key, gone_along, moved_by
from mappings.counts.today import IN_HALO, counted
from mappings.models import ComputerMapping
from mappings.planning.rows import ASSET_SHEET, ASSET_TYPES, COMPANY_MAPPING, OFFBOARD
from mappings.planning.world import Scope

MOST_LINES: Final = 100

_OF_NO_COMPUTERS = (ASSET_TYPES, ASSET_SHEET)


@dataclass(frozen=True, slots=True)
class CountLine:
    client: str
    product: str
    asset_type: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """`lines`: those that change, the largest change first; `more`: how many are not among them.

    `before` and `after`: computers with an active asset, in all of the plan's scope.
    """

    before: int
    after: int
    lines: list[CountLine] = field(default_factory=list)
    more: int = 0


def counts_of_plan(plan: Plan) -> PlanCounts | None:
    """Eight statements at most, whatever the size. None once a plan has been applied: its *before* is gone.
    None of a plan that is about no computers."""
    if plan.state != PlanState.READY or plan.halo_credential is None or plan.kind in _OF_NO_COMPUTERS:
        return None
    before = _present(plan)
    after = _after(plan, before)
    lines = [
        CountLine(*key, before[key], max(0, after[key])) for key in after if max(0, after[key]) != before[key]
    ]
    lines.sort(key=lambda line: (-abs(line.difference), line.client, line.product, line.asset_type))
    return PlanCounts(_in_halo(before), _in_halo(after), lines[:MOST_LINES], len(lines[MOST_LINES:]))


def _after(plan: Plan, before: Counter[Key]) -> Counter[Key]:
    if _ends_company(plan):
        return Counter(dict.fromkeys(before, 0))
    after = before.copy()
    for (client, product, asset_type), number in _created(plan).items():
        after[client, product, asset_type] += number
        after[client, product, ""] -= number
    for (client, product, asset_type, waits), number in _retired(plan):
        after[client, product, asset_type] -= number
        after[client, product, ""] += number if waits else 0
    for former, later in (*moved_by(plan), *gone_along(plan)):
        after[former] -= 1
        after[later] += 1
    return after


def _ends_company(plan: Plan) -> bool:
    """Whether all computers of its scope count no more afterwards: their company is offboarded."""
    return plan.kind == OFFBOARD and plan.changes.filter(selected=True, subject_kind=COMPANY_MAPPING).exists()


def _in_halo(counts: Counter[Key]) -> int:
    return sum(max(0, number) for (_, _, asset_type), number in counts.items() if asset_type)


def _present(plan: Plan) -> Counter[Key]:
    credential = _credential(plan)
    rows = counted(credential, Scope.of(plan, credential).computers())
    keys = rows.values_list("client_name", "product_name", "asset_type_name")
    found = Counter[Key]()
    for client, product, asset_type, number in keys.annotate(number=Count("pk")):
        found[client, product, asset_type] = number
    return found


def _created(plan: Plan) -> Counter[Key]:
    """By what the ticked creates are of: a computer, or a mapping that waits for its asset."""
    mapped = ComputerMapping.objects.filter(pk=OuterRef("subject_id"))
    products = {
        "computer": Computer.objects.filter(pk=OuterRef("subject_id")).values("product__name"),
        "computer_mapping": mapped.values("computer__product__name"),
    }
    found = Counter[Key]()
    of_computers, of_mappings = (
        plan.changes.filter(selected=True, action=Action.CREATE, subject_kind=kind)
        .order_by()
        .annotate(
            client=_text("after__client_name"),
            product=Coalesce(Subquery(product[:1]), Value(""), output_field=TextField()),
            asset_type=_text("after__asset_type_name"),
        )
        .values_list("client", "product", "asset_type")
        .annotate(number=Count("pk"))
        for kind, product in products.items()
    )
    for *key, number in of_computers.union(of_mappings, all=True):
        found[key[0], key[1], key[2]] += number
    return found


def _text(path: str) -> Coalesce:
    return Coalesce(KT(path), Value(""), output_field=TextField())


def _retired(plan: Plan) -> Iterator[tuple[tuple[str, str, str, bool], int]]:
    """Of assets that ticked changes make inactive: what counts by them, and whether the computer stays."""
    ticked = plan.changes.filter(selected=True, action=Action.DEACTIVATE, subject_kind="computer_mapping")
    pairs = ComputerMapping.objects.filter(pk__in=ticked.order_by().values("subject_id"))
    # Of those assets there are few: their computers are looked up, instead of all being gone through.
    sharing = ComputerMapping.objects.filter(halo_asset__in=pairs.values("halo_asset"))
    rows = counted(_credential(plan)).filter(
        IN_HALO, pk__in=sharing.order_by().values("computer"), own__halo_asset__in=pairs.values("halo_asset")
    )
    keys = rows.values_list("client_name", "product_name", "asset_type_name", "active")
    for client, product, asset_type, active, number in keys.annotate(number=Count("pk")):
        yield (client, product, asset_type, active), number


def _credential(plan: Plan) -> HaloCredential:
    assert plan.halo_credential is not None  # noqa: S101  the caller has looked
    return plan.halo_credential
