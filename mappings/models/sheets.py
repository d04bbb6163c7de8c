"""Spreadsheets of mappings that staff upload: what each row would do, kept until it is applied."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from integrations.choices import Outcome, UploadState
from integrations.models import HaloAsset, HaloCredential, Plan, Run


class SheetKind(models.TextChoices):
    """What a sheet holds."""

    COMPANIES = "companies", "Company mappings"
    PRODUCTS = "products", "Default asset types"
    COMPUTERS = "computers", "Computer mappings"
    ASSETS = "assets", "Assets"


class SheetVerdict(models.TextChoices):
    """What applying would do with a row."""

    CREATES = "creates", "New"
    CHANGES = "changes", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    REFUSED = "refused", "Refused"


class MappingSheet(models.Model):
    """One file, looked at and perhaps applied. It is kept for a day; of an applied one the counts stay."""

    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    what = models.CharField("holds", max_length=10, choices=SheetKind.choices)
    file_name = models.CharField("file", max_length=200)
    size = models.PositiveIntegerField(default=0)
    content = models.BinaryField(default=bytes, editable=False, help_text="The file, compressed.")
    found = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Sheet, headers, what each was taken for."
    )
    counts = models.JSONField(default=dict, blank=True, help_text="Rows by verdict, unchanged ones too.")
    state = models.CharField(
        max_length=10, choices=UploadState.choices, default=UploadState.LOOKING, db_index=True
    )
    reason = models.TextField(blank=True, help_text="Why it cannot be read.")
    checksum = models.CharField(max_length=64, blank=True, help_text="Of what its rows would do.")
    look_run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    apply_run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    plan = models.ForeignKey(
        Plan,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        help_text="Assets: what the sheet became.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        verbose_name = "imported sheet"

    def __str__(self) -> str:
        return f"{self.get_what_display()} of {self.file_name}"


class SheetRow(models.Model):
    """What one row would do, and what became of it. Rows that change nothing are a count, no rows. A row that
    several cells speak against tells the first as `column`, and the others behind its `reason`.

    `before` and `after` are by name: a switch, or a thing with `id` (ours, or Halo's of an asset type) and
    `name`; `before` is null where there is no mapping.
    """

    sheet = models.ForeignKey(MappingSheet, on_delete=models.CASCADE, related_name="rows", editable=False)
    number = models.PositiveIntegerField("row")
    name = models.CharField(max_length=300, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True, help_text="The company, product or computer.")
    verdict = models.CharField(max_length=10, choices=SheetVerdict.choices)
    column = models.CharField(max_length=220, blank=True, help_text="The column that it is refused for.")
    reason = models.CharField(max_length=500, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(default=dict, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)

    class Meta:
        ordering = ["number"]
        default_permissions = ("view",)
        verbose_name = "row of an imported sheet"
        verbose_name_plural = "rows of imported sheets"
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="one_row_per_number")]

    def __str__(self) -> str:
        return f"Row {self.number}"


class SheetAsset(models.Model):
    """A row of an imported sheet of assets: what staff want of an asset, and which one it became.

    `told` is by field: what finds the asset and its place, and values by the key of their place (see
    `mappings.targets`). Of cells that cannot be read `column` and `problem` tell, a line each for every one.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sheet_assets", editable=False)
    number = models.PositiveIntegerField("row")
    told = models.JSONField(default=dict, blank=True)
    column = models.CharField(max_length=220, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    halo_asset = models.ForeignKey(
        HaloAsset,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The asset that was made of it.",
    )
    created_by_us = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["number"]
        default_permissions = ()
        verbose_name = "row of an asset sheet"
        verbose_name_plural = "rows of asset sheets"
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_asset_per_row_of_a_sheet")
        ]

    def __str__(self) -> str:
        return f"Row {self.number} of preview {self.plan_id}"
