"""Spreadsheets that staff uploaded: kept between upload, preview and apply, and no longer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from integrations.choices import UploadedKind, UploadState
from integrations.models.credentials import Console
from integrations.models.runs import Run


class Upload(models.Model):
    """One file with what it was taken for. Its content is dropped once it has been applied, or after a day.

    `choices` are what staff may change: `sheet`, `columns` (the field of each column, '' for none), `keys`
    (fields that tell rows apart where no column is an id) and `order` (`day` or `month` first).
    """

    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="uploads")
    what = models.CharField("holds", max_length=10, choices=UploadedKind.choices)
    complete = models.BooleanField(
        "complete list",
        default=False,
        help_text="What it does not hold is missing: after two complete lists in a row it counts as gone.",
    )
    file_name = models.CharField("file", max_length=200)
    file_kind = models.CharField(max_length=10, editable=False)
    size = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the file.")
    content = models.BinaryField(default=bytes, editable=False, help_text="The file, compressed.")
    choices = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Of the choices.")
    found = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Sheets, headers, first rows, how it was read."
    )
    counts = models.JSONField(default=dict, blank=True)
    facts = models.JSONField(default=list, blank=True, help_text="Sentences about the file as a whole.")
    state = models.CharField(
        max_length=10, choices=UploadState.choices, default=UploadState.LOOKING, db_index=True
    )
    reason = models.TextField(blank=True)
    checksum = models.CharField(
        max_length=64, blank=True, help_text="Of the file, what it was taken for and what was counted."
    )
    missing_counted = models.BooleanField(
        default=False, editable=False, help_text="What the list does not hold has been marked, once."
    )
    look_run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    apply_run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
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

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_what_display().lower()})"


class UploadedRows(models.Model):
    """Up to 1,000 rows of an upload's sheet as they were read, so that a run goes on where it stopped."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts", editable=False)
    position = models.PositiveIntegerField(editable=False)
    content = models.BinaryField(editable=False)

    class Meta:
        ordering = ["position"]
        verbose_name = "rows of an upload"
        verbose_name_plural = "rows of uploads"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["upload", "position"], name="one_part_per_position_of_an_upload")
        ]

    def __str__(self) -> str:
        return f"Rows {self.position} of upload {self.upload_id}"
