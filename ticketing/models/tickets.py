"""Our tickets in HaloPSA."""

from __future__ import annotations

import re

from django.db import models
from django.db.models import Q

from integrations.models import Audited, Company, Computer, HaloCredential, Instance
from ticketing import clock
from ticketing.models.profiles import IntegrationProfile

_DIGEST = re.compile(r"[0-9a-f]{64}")
KEY_LENGTH = 16
"""As `integrations.halo.payloads` reads it."""


class TicketState(models.TextChoices):
    PLANNED = "planned", "Planned"
    OPEN = "open", "Open"
    CLOSING = "closing", "Being closed"
    REOPENING = "reopening", "Being reopened"
    CLOSED = "closed", "Closed"
    REFUSED = "refused", "Refused by HaloPSA"
    STAFF = "staff", "Waiting for staff"
    CANCELLED = "cancelled", "Cancelled"
    SUPERSEDED = "superseded", "Superseded"


class Ticket(Audited):
    """One Halo ticket of ours, from the wish to the closing. Only one per group key is *current*."""

    audit_per_computer = True

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="+")
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="tickets")
    group_key = models.CharField(max_length=64)
    current = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=TicketState.choices, default=TicketState.PLANNED)
    marker = models.CharField("bridge reference", max_length=24, unique=True)
    halo_id = models.IntegerField("HaloPSA ticket", null=True, blank=True, db_index=True)
    summary = models.CharField(max_length=255)
    profile = models.ForeignKey(
        IntegrationProfile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    company = models.ForeignKey(Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    computer = models.ForeignKey(Computer, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    grouped = models.BooleanField(
        default=False, editable=False, help_text="Several alerts may share it; its text lists them."
    )
    is_test = models.BooleanField(
        "test ticket", default=False, editable=False, help_text="Sent by staff to try a profile."
    )
    noted_at = models.DateTimeField(null=True, blank=True, editable=False)
    notes = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    left_open = models.BooleanField(
        default=False,
        help_text="Its alerts are over, and it was left to staff: by its closing policy, or because somebody "
        "has worked on it.",
    )
    not_closed = models.BooleanField(
        "still open in HaloPSA",
        default=False,
        editable=False,
        help_text="HaloPSA took its closing, but the status does not close a ticket there.",
    )
    closed_by_person = models.BooleanField("closed by a person", default=False)
    wont_fix = models.BooleanField("won't fix", default=False)
    halo_status = models.IntegerField(
        "status in HaloPSA", null=True, blank=True, editable=False, help_text="As last seen there."
    )
    halo_client = models.IntegerField(null=True, blank=True, editable=False)
    seen_at = models.DateTimeField(
        "change seen",
        null=True,
        blank=True,
        editable=False,
        help_text="When a change in HaloPSA was last seen.",
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "group_key"],
                condition=Q(current=True),
                name="one_current_ticket_per_group",
            )
        ]
        indexes = [models.Index(fields=["state", "id"], name="tickets_by_state")]

    def __str__(self) -> str:
        return f"{self.halo_id or self.marker}: {self.summary}"

    @property
    def alert_key(self) -> str:
        """What its text says of the alert it is for, the same in every copy of the database; '' for tests
        and for the ticket of a storm, which are for no alert of their own."""
        own = _DIGEST.fullmatch(self.group_key)
        return self.group_key[:KEY_LENGTH] if own else ""


class TicketWatch(models.Model):
    """How far the looking at our tickets in HaloPSA is. `position` is by Halo's own clock."""

    halo_credential = models.OneToOneField(HaloCredential, on_delete=models.CASCADE, related_name="+")
    position = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Tickets of {self.halo_credential}"
