"""How computers are exported: a credential's rules, and what staff chose for single rows of a preview."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models

from integrations.models import Audited, Computer, HaloCredential, HaloSite, Plan


class AssetRules(Audited):
    """What becomes of assets with one HaloPSA credential. A credential without a row has the defaults."""

    audit_names = ("halo_credential",)

    halo_credential = models.OneToOneField(
        HaloCredential, on_delete=models.CASCADE, related_name="asset_rules"
    )
    grace_days = models.PositiveSmallIntegerField(
        "grace days",
        default=7,
        validators=[MaxValueValidator(365)],
        help_text="How long a computer has to be gone from every console before the asset that was created "
        "for it is made inactive.",
    )
    gone_status = models.IntegerField(
        "status of a gone asset",
        null=True,
        blank=True,
        help_text="Set when such an asset is made inactive. Empty: the status stays as it is.",
    )
    reactivate = models.BooleanField(
        "active again when the computer is back",
        default=True,
        help_text="Only assets that were made inactive from here, with the status that they had before.",
    )
    asset_group = models.IntegerField(
        "asset group of new asset types",
        null=True,
        blank=True,
        help_text="Asset types that are missing in HaloPSA are created in this asset group.",
    )

    main_site = models.BooleanField(
        "main site for companies without a default site",
        default=False,
        help_text="Scheduled updates create assets of such a company at the main site of its client. "
        "Off: they leave its new computers out, with that reason. An export by hand asks for itself.",
    )

    class Meta:
        verbose_name = "asset rules"
        verbose_name_plural = "asset rules"

    def __str__(self) -> str:
        return f"Asset rules of {self.halo_credential}"


class ExportChoice(models.Model):
    """A computer that a preview is about, or what staff chose there for its new asset; empty: as planned."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="export_choices")
    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="+")
    asset_type = models.IntegerField(null=True, blank=True, help_text="Halo's id of the asset type.")
    halo_site = models.ForeignKey(
        HaloSite, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    inventory_number = models.CharField("asset tag", max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "computer"], name="one_choice_per_plan_and_computer")
        ]

    def __str__(self) -> str:
        return f"Choice for {self.computer} in {self.plan}"
