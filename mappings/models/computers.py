"""Which Halo asset a computer of a console is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.models import Audited, Computer, Console, HaloAsset, HaloCredential, HaloSite, Run


class MappingOrigin(models.TextChoices):
    MATCHED = "matched", "Matched"
    CHOSEN = "chosen", "Chosen by hand"
    EXPORTED = "exported", "Exported"


class ComputerMapping(Audited):
    """A computer is this Halo asset; without an asset it is to be exported."""

    audit_names = ("computer", "halo_asset")
    audit_per_computer = True

    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="mappings")
    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="+", editable=False)
    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, related_name="computer_mappings"
    )
    halo_asset = models.ForeignKey(
        HaloAsset,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="mappings",
        help_text="Empty: to be exported.",
    )
    halo_site = models.ForeignKey(
        HaloSite, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="site"
    )
    asset_type = models.IntegerField(
        null=True, blank=True, help_text="Halo's id of the asset type, for a new asset."
    )
    wanted_site = models.ForeignKey(
        HaloSite,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The next export moves the asset to this site. Empty: it stays where it is.",
    )
    wanted_type = models.IntegerField(
        null=True,
        blank=True,
        help_text="Halo's id of the asset type that the next export gives to the asset. Empty: it keeps its "
        "own.",
    )
    origin = models.CharField(
        max_length=10, choices=MappingOrigin.choices, default=MappingOrigin.CHOSEN, editable=False
    )
    created_by_us = models.BooleanField(
        default=False, editable=False, help_text="We created the asset; only such an asset is ever retired."
    )
    held = models.BooleanField(default=False, help_text="Left alone until released.")
    held_by = models.ForeignKey(
        Run,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The run that undid what had been exported.",
    )
    retired_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Its asset was made inactive from here."
    )
    status_before = models.IntegerField(
        null=True, blank=True, editable=False, help_text="Halo's id of the status that the asset had then."
    )
    reason = models.CharField(max_length=255, blank=True)
    mapped_at = models.DateTimeField(default=timezone.now)
    mapped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["computer", "halo_credential"], name="one_asset_per_computer_and_credential"
            ),
            models.UniqueConstraint(
                fields=["halo_asset", "console"],
                condition=Q(halo_asset__isnull=False),
                name="one_computer_per_asset_and_console",
            ),
        ]
        ordering = ["computer__name"]
        indexes = [models.Index(fields=["computer"], condition=Q(held=True), name="held_mappings")]

    def __str__(self) -> str:
        return f"{self.computer} → {self.halo_asset or 'to be exported'}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.console_id = self.computer.console_id
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class RefusedPair(Audited):
    """A computer and an asset that staff took apart; they are not matched again."""

    audit_names = ("computer", "halo_asset")
    audit_per_computer = True

    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="refused_pairs")
    halo_asset = models.ForeignKey(HaloAsset, on_delete=models.CASCADE, related_name="+")
    refused_at = models.DateTimeField(default=timezone.now)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["computer", "halo_asset"], name="refused_once"),
        ]

    def __str__(self) -> str:
        return f"{self.computer} ≠ {self.halo_asset}"
