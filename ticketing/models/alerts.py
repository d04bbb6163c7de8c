"""The conditions that events tell of, and what was decided about them."""

from __future__ import annotations

from django.db import models

from integrations.choices import EventState, Severity
from integrations.models import Audited, Company, Computer, Console, Event, HaloCredential
from ticketing.models.profiles import IntegrationProfile
from ticketing.models.tickets import Ticket


class Decision(models.TextChoices):
    """What the rules say about an alert."""

    UNDECIDED = "undecided", "Undecided"
    WANTED = "wanted", "Wants a ticket"
    WAITING = "waiting", "Waiting"
    HELD = "held", "Held back for a while"
    NOT_WANTED = "not_wanted", "Not wanted"
    BASELINE = "baseline", "Baseline (open before tickets were switched on)"


class Alert(Audited):
    """The condition that events tell of. `identity` is the digest of what makes it unique."""

    audit_per_computer = True
    audit_also = frozenset({"quiet_occurrence"})

    identity = models.CharField(max_length=64, unique=True, editable=False)
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="alerts")
    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="alerts")
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts"
    )
    computer = models.ForeignKey(
        Computer, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts"
    )
    series_key = models.CharField(max_length=300)
    event_type = models.CharField(max_length=80)
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.MEDIUM)
    title = models.CharField(max_length=500)
    product = models.CharField(
        max_length=200, blank=True, help_text="What is to be remediated, where the console names it."
    )
    state = models.CharField(max_length=10, choices=EventState.choices, db_index=True)
    occurrence = models.PositiveIntegerField(default=1, help_text="How often it has come (back).")
    event_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    newest_at = models.DateTimeField(help_text="Newest time of its events; its state follows that one.")
    resolved_at = models.DateTimeField(null=True, blank=True)
    ended_before_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the occurrence before this one ended."
    )
    last_event = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=12, choices=Decision.choices, default=Decision.UNDECIDED)
    reason = models.CharField(max_length=500, blank=True)
    baseline = models.BooleanField(default=False)
    profile = models.ForeignKey(
        IntegrationProfile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ticket = models.ForeignKey(
        Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts"
    )
    pending = models.BooleanField(
        default=True, db_index=True, help_text="Something happened that delivery has not looked at."
    )
    look_again_at = models.DateTimeField(
        null=True,
        blank=True,
        db_index=True,
        editable=False,
        help_text="When delivery has to look at it again.",
    )
    quiet_occurrence = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text="The occurrence that staff want no ticket of."
    )
    noted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its ticket last told of it."
    )
    unnoted = models.PositiveIntegerField(
        default=0, editable=False, help_text="Repeats since then, for the next note."
    )

    class Meta:
        ordering = ["-newest_at"]
        indexes = [
            models.Index(fields=["-newest_at", "-id"], name="alerts_newest_first"),
            models.Index(fields=["decision", "-newest_at"], name="alerts_by_decision"),
        ]

    def __str__(self) -> str:
        return self.title


class AlertEvent(models.Model):
    """An event as part of an alert (of one credential), in the order of arrival."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="alerts")
    occurrence = models.PositiveIntegerField()
    handled = models.BooleanField(default=False, help_text="Its note, ticket or closing has been planned.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "event"], name="an_event_tells_once")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.event_id} of alert {self.alert_id}"
