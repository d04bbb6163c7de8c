"""What of a computer goes into which field of its asset."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from integrations.models import HaloCredential


class FieldOwner(models.TextChoices):
    CONSOLE = "console", "Console (always written)"
    HALO = "halo", "HaloPSA (never written)"
    FILL = "fill", "Fill if empty"


class FieldMapping(models.Model):
    """An attribute of a computer goes into this Halo asset field; `asset_type` empty: the common table."""

    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, related_name="field_mappings"
    )
    asset_type = models.IntegerField(null=True, blank=True, help_text="Halo's id; empty: for all types.")
    attribute = models.CharField(max_length=40)
    field_id = models.IntegerField("Halo field", help_text="Halo's id of the asset field.")
    owner = models.CharField(max_length=10, choices=FieldOwner.choices, default=FieldOwner.CONSOLE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "asset_type", "field_id"],
                name="one_source_per_type_and_field",
            ),
            models.UniqueConstraint(
                fields=["halo_credential", "field_id"],
                condition=Q(asset_type__isnull=True),
                name="one_common_source_per_field",
            ),
        ]
        ordering = ["attribute"]

    def __str__(self) -> str:
        return f"{self.attribute} → field {self.field_id}"
