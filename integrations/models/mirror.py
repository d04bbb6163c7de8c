"""How HaloPSA is read: what staff want, how far it is, what was doubted, and what has changed there."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.choices import ChangeKind, ReadState, Resource, SyncMode
from integrations.models.audit import Audited
from integrations.models.credentials import Console, HaloCredential


def all_resources() -> list[str]:
    return list(Resource.values)


class SyncSettings(Audited):
    """What is read with a credential, and how often. A credential without a row has the defaults."""

    audit_names = ("halo_credential",)

    halo_credential = models.OneToOneField(
        HaloCredential, on_delete=models.CASCADE, related_name="sync_settings"
    )
    resources = models.JSONField(
        default=all_resources, blank=True, help_text="What is read; the rest stays as it was last read."
    )
    asset_groups = models.JSONField(
        default=list, blank=True, help_text="Halo's ids of asset groups; none: all of them."
    )
    asset_types = models.JSONField(
        default=list, blank=True, help_text="Halo's ids of asset types; none: all of them."
    )
    include_inactive = models.BooleanField(
        default=True,
        help_text="Off: what becomes inactive in HaloPSA is noticed by its absence from a full read; up to "
        "ten objects are then looked up one by one, of more two full reads have to miss each.",
    )
    software_groups = models.JSONField(
        "installed software of asset groups",
        default=list,
        blank=True,
        help_text="Halo's ids of asset groups whose installed software is read slowly in the background, one "
        "call for each asset. For all others it is read when an asset's page is opened.",
    )
    mode = models.CharField(max_length=12, choices=SyncMode.choices, default=SyncMode.INCREMENTAL)
    interval_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(10080)],
        help_text="Minutes between two reads. Empty: the installation's own (HALOBRIDGE_SYNC_INTERVAL).",
    )
    full_hours = models.PositiveIntegerField(
        "full read every … hours",
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text="Between full reads only what has changed is read. Deletions, asset types, fields and "
        "choices are seen by full reads only.",
    )

    class Meta:
        verbose_name = "sync settings"
        verbose_name_plural = "sync settings"
        default_permissions = ("view",)
        permissions = (("manage_sync_settings", "Can manage sync settings"),)

    def __str__(self) -> str:
        return f"Sync settings of {self.halo_credential}"


class MirrorState(models.Model):
    """How far the reading of one resource with one credential is, and from where the next one goes on."""

    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, related_name="mirror_states"
    )
    resource = models.CharField(max_length=20, choices=Resource.choices)
    state = models.CharField(max_length=10, choices=ReadState.choices, default=ReadState.NEVER)
    reason = models.TextField(blank=True, help_text="Why it was not read, or not used.")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(
        null=True, blank=True, help_text="Rows that HaloPSA said it has; empty: it has not said."
    )
    listed = models.PositiveIntegerField(
        null=True, blank=True, help_text="Rows of the last full list, or as told by the last test."
    )
    position = models.DateTimeField(
        null=True, blank=True, help_text="By Halo's own clock: from here on changes are to be read."
    )
    read_at = models.DateTimeField(null=True, blank=True)
    full_at = models.DateTimeField(null=True, blank=True, help_text="The last complete read ended.")
    calls = models.PositiveIntegerField(default=0, help_text="Calls that the last read took.")
    limits = models.JSONField(
        default=dict, blank=True, editable=False, help_text="To what the last full read was limited."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["halo_credential", "resource"], name="one_state_per_resource")
        ]
        ordering = ["halo_credential", "id"]

    def __str__(self) -> str:
        return f"{self.get_resource_display()} of {self.halo_credential}"


class HeldLoss(Audited):
    """So much was missing from a complete read that it waits for an approval; until then all stays.

    `approved_at` lets the next complete read take away at most `missing` rows; the row is deleted then, or
    when a read finds nothing to doubt any more. `dismissed_at`: staff keep everything, and are asked again
    only if more is missing. `resource` is a list by name, with the kind of a choice or field behind a colon.
    """

    audit_names = ("halo_credential", "console")

    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, null=True, blank=True, related_name="held_losses"
    )
    console = models.ForeignKey(
        Console, on_delete=models.CASCADE, null=True, blank=True, related_name="held_losses"
    )
    resource = models.CharField(max_length=20)
    known = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    reason = models.TextField()
    noticed_at = models.DateTimeField(default=timezone.now)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = (("approve_heldloss", "Can decide about losses that wait"),)
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "resource"],
                condition=Q(halo_credential__isnull=False),
                name="one_held_loss_per_halo_resource",
            ),
            models.UniqueConstraint(
                fields=["console", "resource"],
                condition=Q(console__isnull=False),
                name="one_held_loss_per_console_resource",
            ),
        ]
        ordering = ["-noticed_at"]
        verbose_name = "loss that waits for approval"
        verbose_name_plural = "losses that wait for approval"

    def __str__(self) -> str:
        return f"{self.missing} of {self.known} {self.what} missing"

    @property
    def what(self) -> str:
        """The list in words, such as *asset types* or *fields (custom)*."""
        name, _, kind = self.resource.partition(":")
        words = {"series": "series of events", "option": "choices", "field": "fields"}.get(name, name)
        return f"{words} ({kind})".replace("_", " ") if kind else words.replace("_", " ")

    @property
    def owner(self) -> HaloCredential | Console | None:
        return self.halo_credential or self.console

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide about it."""
        return self.approved_at is None and self.dismissed_at is None


class HaloChange(models.Model):
    """Something that was changed in HaloPSA and that matters here: a name, a place, whether it is in use."""

    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    resource = models.CharField(max_length=20, choices=Resource.choices)
    halo_id = models.IntegerField("HaloPSA ID")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    before = models.CharField(max_length=255, blank=True)
    after = models.CharField(max_length=255, blank=True)
    noticed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-noticed_at", "-id"]
        indexes = [
            models.Index(fields=["halo_credential", "resource", "halo_id"], name="changes_of_object"),
            models.Index(fields=["noticed_at"], name="changes_by_time"),
        ]
        verbose_name = "change in HaloPSA"
        verbose_name_plural = "changes in HaloPSA"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.before} → {self.after}"
