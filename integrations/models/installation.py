"""Which installation a database belongs to, and what HaloPSA got in a time that it knows nothing of."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from integrations.models.credentials import HaloCredential


class Installation(models.Model):
    """The one row that tells this database from a copy of it. `place`: the digest of where it was last used.

    `starts` grows with each start and is noted beside the database too: one that knows of fewer starts than
    the note is an older copy that was put back.

    Each holding back gives it a new key and keeps those that it, or the machine which noticed, had before in
    `former`: another machine whose note tells one of them has nothing new to say. `alive_at` moves while any
    machine works with it.
    """

    key = models.CharField(max_length=32, unique=True, editable=False)
    place = models.CharField(max_length=64, editable=False)
    starts = models.PositiveIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    former = models.JSONField(default=list, blank=True, editable=False)
    alive_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Installation {self.key}"


class LostTicket(models.Model):
    """A ticket of ours that HaloPSA has and the restored database does not know: made after the backup.

    `alert_key` is what its text says of the alert it was made for; '' where it says nothing.
    """

    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="lost_tickets")
    halo_id = models.IntegerField("HaloPSA ticket")
    marker = models.CharField("bridge reference", max_length=24)
    alert_key = models.CharField(max_length=16, blank=True, editable=False)
    summary = models.CharField(max_length=255, blank=True)
    client_id = models.IntegerField("HaloPSA client", null=True, blank=True)
    found_at = models.DateTimeField(default=timezone.now)
    adopted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["halo_id"]
        constraints = [
            models.UniqueConstraint(fields=["halo_credential", "halo_id"], name="one_row_per_lost_ticket")
        ]

    def __str__(self) -> str:
        return f"{self.halo_id}: {self.summary}"
