"""What a plan of assets does to the counts: before, and after its ticked changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Subquery, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from integrations.choices import Action, PlanState
from integrations.models import Computer, HaloCredential, Plan
from mappings.counts.afterwards import Key, moved_by
from mappings.counts.today import counted
from mappings.models import ComputerMapping
from mappings.planning.rows import ASSET_TYPES
from mappings.planning.world import Scope

MOST_LINES = 100


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
    """Nine statements at most, whatever the size. None once a plan has been applied: its *before* is gone.
    None of one that makes asset types."""
    if plan.state != PlanState.READY or plan.halo_credential is None or plan.kind == ASSET_TYPES:
        return None
    before = _present(plan)
    after = _after(plan, before)
    lines = [
        CountLine(*key, before[key], max(0, after[key])) for key in after if max(0, after[key]) != before[key]
    ]
    lines.sort(key=lambda line: (-abs(line.difference), line.client, line.product, line.asset_type))
    return PlanCounts(_in_halo(before), _in_halo(after), lines[:MOST_LINES], len(lines[MOST_LINES:]))


def _after(plan: Plan, before: Counter[Key]) -> Counter[Key]:
    after = before.copy()
    for (client, product, asset_type), number in _created(plan).items():
        after[client, product, asset_type] += number
        after[client, product, ""] -= number
    for former, later in moved_by(plan, _credential(plan)):
        if former is not None:
            after[former] -= 1
        if later is not None:
            after[later] += 1
    return after


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


def _credential(plan: Plan) -> HaloCredential:
    assert plan.halo_credential is not None  # noqa: S101  the caller has looked
    return plan.halo_credential
