"""What of a computer goes into which field, custom field or property of its asset."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from integrations.models import Audited, HaloCredential


class FieldOwner(models.TextChoices):
    CONSOLE = "console", "Console (always written)"
    HALO = "halo", "HaloPSA (never written)"
    FILL = "fill", "Fill if empty"


class SourceKind(models.TextChoices):
    ATTRIBUTE = "attribute", "Attribute of the computer"
    CONSTANT = "constant", "Constant"
    TEMPLATE = "template", "Template"


class TargetKind(models.TextChoices):
    FIELD = "field", "Asset field"
    CUSTOM = "custom", "Custom field"
    PROPERTY = "property", "Property of the asset"


class AssetProperty(models.TextChoices):
    """By HaloPSA's own name: those that a list of assets tells, so that a change can be seen."""

    WARRANTY_START = "warranty_start", "Start of warranty"
    WARRANTY_END = "warranty_end", "End of warranty"
    PURCHASED = "supplier_purchasedate", "Date of purchase"
    STATUS = "status_id", "Asset status"


class DayFormat(models.TextChoices):
    """How a day is written into a field that holds text; true dates are sent as HaloPSA's API takes them."""

    ISO = "", "2027-03-31"
    BRITISH = "british", "31/03/2027"
    AMERICAN = "american", "03/31/2027"


class FieldMapping(Audited):
    """One value of a computer goes into this place of its asset; `asset_type` empty: the common table.

    A row of an asset type stands in the place of the common row with the same target.
    """

    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, related_name="field_mappings"
    )
    asset_type = models.IntegerField(null=True, blank=True, help_text="Halo's id; empty: for all types.")
    source = models.CharField(max_length=10, choices=SourceKind.choices, default=SourceKind.ATTRIBUTE)
    attribute = models.CharField(max_length=40, blank=True, help_text="For the source “attribute”.")
    text = models.CharField(
        max_length=1000,
        blank=True,
        help_text="The constant, or a template such as “{manufacturer} {model}”.",
    )
    target = models.CharField(max_length=10, choices=TargetKind.choices, default=TargetKind.FIELD)
    field_id = models.IntegerField(
        "Halo field", null=True, blank=True, help_text="Halo's id of the asset field or custom field."
    )
    property = models.CharField(
        max_length=40,
        choices=AssetProperty.choices,
        blank=True,
        help_text="For the target “property of the asset”.",
    )
    owner = models.CharField(max_length=10, choices=FieldOwner.choices, default=FieldOwner.CONSOLE)
    console_order = models.JSONField(
        default=list,
        blank=True,
        help_text="Ids of consoles: where several see one computer, the first that tells a value decides. "
        "Empty: the one that saw it last.",
    )
    day_format = models.CharField(
        "dates as",
        max_length=10,
        choices=DayFormat.choices,
        default=DayFormat.ISO,
        blank=True,
        help_text="In fields that hold text.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "asset_type", "target", "field_id", "property"],
                name="one_source_per_type_and_target",
            ),
            # An empty type, or an empty field, is equal to no other in a unique constraint.
            models.UniqueConstraint(
                fields=["halo_credential", "target", "field_id", "property"],
                condition=Q(asset_type__isnull=True),
                name="one_common_source_per_target",
            ),
            models.UniqueConstraint(
                fields=["halo_credential", "asset_type", "property"],
                condition=Q(target="property"),
                name="one_source_per_type_and_property",
            ),
            models.UniqueConstraint(
                fields=["halo_credential", "property"],
                condition=Q(target="property", asset_type__isnull=True),
                name="one_common_source_per_property",
            ),
            models.CheckConstraint(
                condition=Q(target="property", field_id__isnull=True) & ~Q(property="")
                | ~Q(target="property") & Q(field_id__isnull=False, property=""),
                name="a_field_or_a_property",
            ),
        ]
        ordering = ["attribute", "id"]

    def __str__(self) -> str:
        place = AssetProperty(self.property).label if self.property else f"{self._target()} {self.field_id}"
        return f"{self.attribute or self.text} → {place}"

    def _target(self) -> str:
        return "custom field" if self.target == TargetKind.CUSTOM else "field"
