"""Choices by name: what lives in HaloPSA is picked from searchable selects, never typed as an id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from unfold.widgets import (
    AutocompleteWidgetMixin,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
)

from integrations.admin.namesakes import KNOWN, label_of, name_apart, tell_apart, with_namesakes
from integrations.choices import OptionKind
from integrations.models import HaloAssetType, HaloClient, HaloField, HaloOption

CHOOSE = "– choose –"
PAGE_SIZE = 25
MOST_DIGITS = 18
"""Any number of so many fits into 64 bits."""
MOST_PAGES = 1000


# ---- selects that search on the server ---------------------------------------------------------


class SearchSelect(AutocompleteWidgetMixin, forms.Select):
    """A select that asks the server for matches; the page itself carries only what is chosen.

    `depends_on` (id of another field) and `parameter` (its name in the request) narrow the matches.
    """

    def __init__(
        self,
        url_name: str,
        *,
        query: str = "",
        depends_on: str = "",
        parameter: str = "",
        attrs: dict[str, Any] | None = None,
    ) -> None:
        self.url_name, self.query = url_name, query
        self.depends_on, self.parameter = depends_on, parameter
        super().__init__(attrs={**(attrs or {}), "data-placeholder": CHOOSE})
        self.attrs["data-placeholder"] = CHOOSE

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        address = reverse(self.url_name) + (f"?{self.query}" if self.query else "")
        attrs["data-ajax--url"] = address
        attrs["data-allow-clear"] = "false" if self.is_required else "true"
        if self.depends_on:
            attrs |= {
                "data-address": address,
                "data-depends-on": self.depends_on,
                "data-parameter": self.parameter,
            }
        return attrs

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Only what is chosen: a list of ten thousand clients would make every page heavy."""
        wanted = [item for item in value if item not in (None, "")]
        options = [self.create_option(name, "", "", False, 0)] if not self.allow_multiple_selected else []
        for row in self._rows(wanted):
            options.append(self.create_option(name, row.pk, label_of(row), True, len(options)))
        return [(None, options, 0)]

    def _rows(self, wanted: Sequence[str]) -> Iterable[Any]:
        choices: Any = self.choices
        queryset = getattr(choices, "queryset", None)
        numbers = [number for item in wanted if (number := id_in(str(item))) is not None]
        if queryset is None or not numbers:
            return []
        rows = queryset.filter(pk__in=numbers)
        if rows.model not in KNOWN:
            return rows
        for row in (found := list(with_namesakes(rows))):
            name_apart(row)
        return found


def client_field(credential_id: int, help_text: str = "") -> forms.ModelChoiceField[HaloClient]:
    """One of the active clients of a HaloPSA credential."""
    return forms.ModelChoiceField(
        HaloClient.objects.filter(halo_credential=credential_id, active=True),
        label="Halo client [customer]",
        help_text=help_text,
        widget=SearchSelect("admin:integrations_haloclient_choose", query=f"halo_credential={credential_id}"),
        error_messages={"invalid_choice": "This client is not (any more) one of this HaloPSA credential."},
    )


def matches(request: HttpRequest, rows: QuerySet[Any], *fields: str, label: Any = str) -> JsonResponse:
    """Answer of a search select: rows where every typed word occurs in one of `fields`, by page; those of one
    name with what tells them apart."""
    for word in request.GET.get("term", "").split():
        any_field = Q()
        for field in fields:
            any_field |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(any_field)
    page = min(max(id_of(request, "page") or 1, 1), MOST_PAGES)
    start = (page - 1) * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    tell_apart(shown)
    results = [{"id": str(row.pk), "text": label_of(row, str(label(row)))} for row in shown]
    return JsonResponse({"results": results, "pagination": {"more": len(found) > PAGE_SIZE}})


def id_of(request: HttpRequest, name: str) -> int | None:
    """A number out of the query string; None where it is absent or no number."""
    return id_in(request.GET.get(name, ""))


def id_in(text: str) -> int | None:
    """The id that a text is; None for what is no number or more than a column holds, which SQLite can't even
    look for."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


# ---- choices that live in HaloPSA ---------------------------------------------------------------


def _numbers(rows: Iterable[tuple[Any, str]]) -> Iterator[tuple[int, str]]:
    """Only choices with a number of their own: a profile keeps Halo's number."""
    for halo_id, name in rows:
        if str(halo_id).lstrip("-").isdigit():
            yield int(halo_id), name


def options(credential_id: int, kind: OptionKind) -> list[tuple[int, str]]:
    """(Halo's id, name) of the active options."""
    rows = HaloOption.objects.filter(halo_credential_id=credential_id, kind=kind, active=True).order_by(
        "name"
    )
    return list(_numbers(rows.values_list("halo_id", "name")))


def options_by_kind(credential_id: int, kinds: Iterable[OptionKind]) -> dict[str, list[tuple[int, str]]]:
    """The same of several kinds, in one statement; a kind without options has an empty list."""
    found: dict[str, list[tuple[int, str]]] = {kind: [] for kind in kinds}
    rows = HaloOption.objects.filter(halo_credential_id=credential_id, kind__in=found, active=True)
    for kind, halo_id, name in rows.order_by("name").values_list("kind", "halo_id", "name"):
        found[kind].extend(_numbers([(halo_id, name)]))
    return found


def asset_types(credential_id: int | None) -> list[tuple[int, str]]:
    """(Halo's id, name) of the active asset types."""
    rows = HaloAssetType.objects.filter(halo_credential_id=credential_id, active=True).order_by("name")
    return list(rows.values_list("halo_id", "name"))


def asset_fields(credential_ids: Iterable[int]) -> list[tuple[int, str]]:
    """(Halo's id, name) of the active asset fields; of several credentials of one instance, each once."""
    rows = HaloField.objects.filter(halo_credential_id__in=list(credential_ids), kind="asset", active=True)
    return sorted(dict(rows.values_list("halo_id", "name")).items(), key=lambda row: row[1].lower())


def number_field(
    choices: Sequence[tuple[int, str]],
    *,
    label: str,
    chosen: int | None = None,
    required: bool = False,
    help_text: str = "",
    nothing_yet: str = "",
) -> forms.TypedChoiceField:
    """A searchable select whose value is Halo's id. A chosen id that Halo no longer has stays visible."""
    rows: list[tuple[Any, str]] = list(choices)
    live = {str(number) for number, _ in choices}
    if chosen is not None and str(chosen) not in live:
        rows.append((chosen, "No longer in HaloPSA: choose another"))

    def exists(value: str) -> None:
        """Validators see the text, before it becomes a number."""
        if value not in live:
            raise ValidationError(f"This {label.lower()} no longer exists in HaloPSA. Choose another.")

    if not choices and nothing_yet:
        help_text = f"{help_text} {nothing_yet}".strip()
    return forms.TypedChoiceField(
        label=label,
        choices=[("", CHOOSE if required else "– none –"), *rows],
        coerce=int,
        empty_value=None,
        required=required,
        help_text=help_text,
        validators=[exists],
        widget=UnfoldAdminSelect2Widget,
    )


def numbers_field(
    choices: Sequence[tuple[int, str]], *, label: str, chosen: Iterable[int] = (), help_text: str = ""
) -> forms.TypedMultipleChoiceField:
    """Several of them, as Halo's ids. A chosen one that Halo no longer has stays visible."""
    live = {number for number, _ in choices}
    gone = [(number, f"No longer in HaloPSA ({number})") for number in chosen if number not in live]
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=[*choices, *gone],
        coerce=int,
        required=False,
        help_text=help_text,
        widget=UnfoldAdminSelect2MultipleWidget,
    )
