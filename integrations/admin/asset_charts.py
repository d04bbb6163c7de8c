"""How many active assets there are by type, age, warranty end and client. The database counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from unfold.widgets import UnfoldAdminSelect2Widget

from integrations.admin.asset_filters import (
    in_age_bracket,
    in_warranty_state,
    month_label,
    months_told,
    with_age,
)
from integrations.admin.choosers import SearchSelect
from integrations.admin.halo_objects import ONE_OF_SEVERAL
from integrations.models import HaloAsset, HaloClient, HaloCredential
from integrations.sync.charts import Bar, Chart
from integrations.sync.lifecycle import (
    AGE_BRACKETS,
    AGE_NOT_KNOWN,
    WARRANTY_LABELS,
    Warranty,
    first_of_month,
)

MOST_BARS: Final = 20


class ChartFilters(forms.Form):
    """What the charts are about. Choices that make no sense narrow nothing."""

    halo_credential = forms.ModelChoiceField(
        HaloCredential.objects.order_by("name"),
        label="HaloPSA credential",
        required=False,
        empty_label="All",
        widget=UnfoldAdminSelect2Widget,
    )
    client = forms.ModelChoiceField(
        HaloClient.objects.all(),
        label="Halo client [customer]",
        required=False,
        widget=SearchSelect(
            "admin:integrations_haloclient_choose",
            depends_on="id_halo_credential",
            parameter="halo_credential",
        ),
    )

    def chosen(self, name: str) -> int | None:
        row = self.cleaned_data.get(name) if self.is_valid() or name in self.cleaned_data else None
        return row.pk if row else None


class _Counted:
    """The assets that the charts are about, and the list of them narrowed further."""

    def __init__(self, credential_id: int | None, client_id: int | None) -> None:
        self.query: dict[str, Any] = {"active__exact": 1}
        self.rows: QuerySet[Any] = HaloAsset.objects.filter(active=True).order_by()
        self.today = timezone.localdate()
        if credential_id:
            self.query["halo_credential__id__exact"] = credential_id
            self.rows = self.rows.filter(halo_credential=credential_id)
        if client_id:
            self.query["client__id__exact"] = client_id
            self.rows = self.rows.filter(client=client_id)

    def url(self, **more: Any) -> str:
        return f"{reverse('admin:integrations_haloasset_changelist')}?{urlencode({**self.query, **more})}"


def charts_of(credential_id: int | None, client_id: int | None) -> dict[str, Any]:
    """`charts`, `total` and the list's address `url`. Four statements, however many assets there are."""
    counted = _Counted(credential_id, client_id)
    figures = _figures(counted)
    charts = [_by_type(counted), _by_age(counted, figures), _by_warranty_end(counted, figures)]
    if not client_id:
        charts.append(_by_client(counted))
    states = [
        Bar(label, figures[f"warranty_{state}"], counted.url(warranty=state))
        for state, label in WARRANTY_LABELS.items()
    ]
    return {"charts": charts, "total": figures["total"], "url": counted.url(), "states": states}


def _figures(counted: _Counted) -> dict[str, int]:
    """All that is counted by conditions, in one pass over the rows."""
    ages = [*(bracket.key for bracket in AGE_BRACKETS), AGE_NOT_KNOWN]
    first, last = _span(counted.today)
    wanted: dict[str, Count] = {
        "total": Count("pk"),
        "earlier": Count("pk", filter=Q(warranty_ends_on__lt=first)),
        "later": Count("pk", filter=Q(warranty_ends_on__gte=last)),
    }
    wanted |= {f"age_{key}": Count("pk", filter=in_age_bracket(key, counted.today)) for key in ages}
    wanted |= {
        f"warranty_{state}": Count("pk", filter=in_warranty_state(state, counted.today)) for state in Warranty
    }
    found: dict[str, int] = with_age(counted.rows).aggregate(**wanted)
    return found


def _span(today: date) -> tuple[date, date]:
    """The first day of the first month told, and the first day after the last one."""
    months = months_told(today)
    return months[0], first_of_month(months[-1], 1)


def _by_type(counted: _Counted) -> Chart:
    return Chart("type", "By asset type", "Asset type", _by_relation(counted, "asset_type", "No asset type"))


def _by_client(counted: _Counted) -> Chart:
    return Chart("client", "By client [customer]", "Client", _by_relation(counted, "client", "No client"))


def _by_relation(counted: _Counted, field: str, none: str) -> list[Bar]:
    """The largest ones as bars, the rest as one. The names of several HaloPSA are told apart."""
    rows = counted.rows.values_list(field, f"{field}__name", "halo_credential", "halo_credential__name")
    found = list(rows.annotate(number=Count("pk")).order_by("-number", f"{field}__name", "halo_credential"))
    several = len({credential for _, _, credential, *_ in found}) > 1
    bars = []
    for pk, name, credential, credential_name, number in found[:MOST_BARS]:
        label = ONE_OF_SEVERAL.format(name or none, credential_name) if several else name or none
        narrowed = {f"{field}__id__exact": pk} if pk else {f"{field}__isnull": True}
        bars.append(Bar(label, number, counted.url(halo_credential__id__exact=credential, **narrowed)))
    if rest := found[MOST_BARS:]:
        bars.append(Bar(f"{len(rest)} others", sum(number for *_, number in rest)))
    return bars


def _by_age(counted: _Counted, figures: dict[str, int]) -> Chart:
    labels: Iterable[tuple[str, str]] = [
        *((bracket.key, bracket.label) for bracket in AGE_BRACKETS),
        (AGE_NOT_KNOWN, "Not known"),
    ]
    bars = [Bar(label, figures[f"age_{key}"], counted.url(age=key)) for key, label in labels]
    note = "From the purchase on, else from the first day of the warranty."
    return Chart("age", "By age", "Age", bars, note)


def _by_warranty_end(counted: _Counted, figures: dict[str, int]) -> Chart:
    first, last = _span(counted.today)
    rows = counted.rows.filter(warranty_ends_on__gte=first, warranty_ends_on__lt=last)
    by_month = rows.annotate(month=TruncMonth("warranty_ends_on")).values_list("month")
    found = dict(by_month.annotate(number=Count("pk")))
    bars = [
        Bar(month_label(month), found.get(month, 0), counted.url(warranty_month=month_label(month)))
        for month in months_told(counted.today)
    ]
    note = (
        f"Not shown: {figures['earlier']} that ended before, {figures['later']} that end later, "
        f"{figures[f'warranty_{Warranty.NOT_KNOWN}']} whose warranty end is not known."
    )
    return Chart("month", "By month of warranty end", "Month", bars, note, upright=True)
