"""The form of a field mapping: what is told, where it goes, who owns the place, whose word counts first."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from unfold.widgets import UnfoldAdminSelect2Widget

from integrations.admin.choosers import CHOOSE, asset_types, number_field
from integrations.models import Console, HaloCredential
from mappings.attributes import ATTRIBUTE_CHOICES, ATTRIBUTES
from mappings.definitions import Definitions, definitions_of, problem_of
from mappings.models import AssetProperty, FieldMapping, SourceKind, TargetKind
from mappings.targets import is_custom, is_field, key_of

AFTER_SYNC: Final = "The choices appear after the first sync of the HaloPSA credential."
RANKS: Final = ("console_1", "console_2", "console_3")
_COLUMNS: Final = {"field_id": "place", "property": "place"}
"""Columns of the model that stand in the form under another name."""


def _rank(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelect2Widget,
        help_text="Of several consoles that see the computer, whose word counts before the others'.",
    )


class FieldMappingForm(forms.ModelForm):  # type: ignore[type-arg]
    attribute = forms.ChoiceField(
        choices=[("", CHOOSE), *ATTRIBUTE_CHOICES],
        required=False,
        widget=UnfoldAdminSelect2Widget,
        help_text="What the console tells of a computer.",
    )
    place = forms.ChoiceField(
        label="Goes into",
        widget=UnfoldAdminSelect2Widget,
        help_text="An asset field, a custom field, or a property that every asset has.",
    )
    console_1 = _rank("First")
    console_2 = _rank("Second")
    console_3 = _rank("Third")

    class Meta:
        model = FieldMapping
        fields = ("source", "attribute", "text", "asset_type", "owner", "day_format")
        help_texts = {
            "source": "What the console tells, a text of yours, or a text with attributes in it.",
            "owner": "Console: kept as the console has it. HaloPSA: never written. Fill: written once, where "
            "nothing stands yet.",
        }

    def __init__(self, *args: Any, credential_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "asset_type" not in self.fields:
            return
        row = self.instance
        row.halo_credential_id = row.halo_credential_id or credential_id
        self._known = row.known = self._definitions(row)
        self._set_places(row)
        self.fields["text"].help_text = (
            f"The constant, or a template such as “{{manufacturer}} {{model}}”. Attributes: "
            f"{', '.join(ATTRIBUTES)}."
        )
        self.fields["asset_type"] = number_field(
            asset_types(row.halo_credential_id),
            label="Asset type",
            chosen=row.asset_type,
            help_text="Only for assets of this type, in the place of the common row. None: for all types.",
            nothing_yet=AFTER_SYNC,
        )
        consoles = list(Console.objects.order_by("name").values_list("pk", "name"))
        for name, chosen in zip(RANKS, [*row.console_order, None, None, None], strict=False):
            self.fields[name].choices = [("", "– whoever saw it last –"), *consoles]  # type: ignore[attr-defined]
            self.initial[name] = chosen

    @staticmethod
    def _definitions(row: FieldMapping) -> Definitions:
        """Of the row's credential, which comes with one that is stored."""
        chosen = HaloCredential.objects.select_related("instance").filter(pk=row.halo_credential_id)
        credentials = [row.halo_credential] if row.pk else list(chosen)
        return definitions_of(credentials).get(row.halo_credential_id, Definitions())

    def _set_places(self, row: FieldMapping) -> None:
        targets = sorted(self._known.targets.values(), key=lambda target: target.name.casefold())
        marker = str(self._known.marker_field_id)
        groups = [
            ("Asset fields", [(t.key, t.name) for t in targets if is_field(t.key) and t.key != marker]),
            ("Custom fields", [(t.key, t.name) for t in targets if is_custom(t.key)]),
            ("Properties", [(key_of("property", None, item), item.label) for item in AssetProperty]),
        ]
        chosen = key_of(row.target, row.field_id, row.property)
        if row.pk and chosen not in self._known.targets:
            groups.append(("Gone", [(chosen, "No longer in HaloPSA: choose another")]))
        self.fields["place"].choices = [("", CHOOSE), *groups]  # type: ignore[attr-defined]
        if row.pk:
            self.initial["place"] = chosen

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return told
        row = self.instance
        kind, _, name = told["place"].rpartition(":")
        row.target = TargetKind(kind or TargetKind.FIELD)
        row.field_id = None if kind == TargetKind.PROPERTY else int(name)
        row.property = name if kind == TargetKind.PROPERTY else ""
        row.console_order = list(dict.fromkeys(told[rank] for rank in RANKS if told.get(rank)))
        by_attribute = told["source"] == SourceKind.ATTRIBUTE
        told["text" if by_attribute else "attribute"] = ""
        self._judge(told)
        return told

    def _judge(self, told: dict[str, Any]) -> None:
        columns = ("source", "attribute", "text", "asset_type", "owner")
        row = self.instance
        wanted = FieldMapping(
            halo_credential_id=row.halo_credential_id,
            target=row.target,
            field_id=row.field_id,
            property=row.property,
            **{name: told[name] for name in columns},
        )
        if problem := problem_of(wanted, self._known):
            self.add_error(_COLUMNS.get(problem.column, problem.column), problem.words)
            return
        same = FieldMapping.objects.filter(
            halo_credential=row.halo_credential_id,
            asset_type=wanted.asset_type,
            target=row.target,
            field_id=row.field_id,
            property=row.property,
        )
        if same.exclude(pk=row.pk).exists():
            self.add_error("place", "Another row of the same table fills this place already.")
