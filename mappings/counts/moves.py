"""Computers that count elsewhere after a plan: their asset gets another client or type, or their company."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from integrations.choices import Action
from integrations.models import Computer, HaloClient, Plan
from mappings.counts.today import IN_HALO, counted
from mappings.models import ComputerMapping
from mappings.planning.rows import COMPUTER, COMPUTER_MAPPING, MOVE

Key = tuple[str, str, str]
"""Client, product, asset type; no type: not in HaloPSA."""
Moved = tuple[Key, Key]
"""Before, after."""

_KEY = ("client_name", "product_name", "asset_type_name")
CHUNK = 2000


def moved_by(plan: Plan) -> Iterator[Moved]:
    """One for each computer of an asset whose client or type ticked changes alter. Three statements."""
    assert plan.halo_credential is not None  # noqa: S101  the caller has looked
    rows = plan.changes.filter(selected=True, action=Action.UPDATE, subject_kind=COMPUTER_MAPPING).order_by()
    rows = rows.annotate(client=_text("after__client_name"), kind=_text("after__asset_type_name"))
    rows = rows.exclude(client="", kind="")
    wanted = {pk: told for pk, *told in rows.values_list("subject_id", "client", "kind")}
    if not wanted:
        return
    pairs = ComputerMapping.objects.filter(pk__in=rows.values("subject_id"), halo_asset__isnull=False)
    of_asset = {asset: wanted[pk] for pk, asset in pairs.values_list("pk", "halo_asset_id")}
    computers = counted(plan.halo_credential).filter(IN_HALO, own__halo_asset__in=pairs.values("halo_asset"))
    told = computers.values_list("own__halo_asset_id", *_KEY)
    for asset, client, product, kind in told.iterator(chunk_size=CHUNK):
        to_client, to_kind = of_asset[asset]
        yield (client, product, kind), (to_client or client, product, to_kind or kind)


def gone_along(plan: Plan) -> Iterator[Moved]:
    """With another client for a company: its computers without an asset, and those that are unlinked. Three
    statements for such a plan, else none."""
    if plan.kind != MOVE or plan.halo_credential is None:
        return
    client = (
        HaloClient.objects.filter(pk=plan.parameters["halo_client"]).values_list("name", flat=True).first()
    )
    mine = counted(plan.halo_credential, Computer.objects.filter(company=plan.company))
    ended = plan.changes.filter(selected=True, action=Action.UNLINK, subject_kind=COMPUTER).order_by()
    unlinked = mine.filter(IN_HALO, pk__in=ended.values("subject_id"))
    for rows in (mine.filter(asset_type__isnull=True), unlinked):
        for former, product, kind in rows.values_list(*_KEY).iterator(chunk_size=CHUNK):
            yield (former, product, kind), (client or former, product, "")


def _text(path: str) -> Coalesce:
    return Coalesce(KT(path), Value(""), output_field=TextField())
