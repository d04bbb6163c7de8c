"""Which events matter, what tickets they become, and what has become of them."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from integrations.catalogue import validate_event_types
from integrations.choices import EventState, Severity
from integrations.models import (
    Company,
    Computer,
    Console,
    Event,
    HaloClient,
    HaloCredential,
    HaloUser,
    Instance,
)
from mappings.models import CompanyMapping
from ticketing import clock

MOST_MINUTES: Final = 10_080
"""A week."""
MOST_HOURS: Final = 8_760
"""A year."""


class EventSet(models.Model):
    """A named selection of event types."""

    name = models.CharField(max_length=100, unique=True)
    event_types = models.JSONField(default=list)
    is_default = models.BooleanField(
        "default", default=False, help_text="Serves mappings without a ticket rule of their own."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_event_set"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Unknown keys and a second kind of remediation are refused, each with its sentence."""
        if problems := validate_event_types(self.event_types):
            raise ValidationError({"event_types": problems})


class ClosingPolicy(models.TextChoices):
    """When the ticket of an alert that is over is closed."""

    AT_ONCE = "at_once", "At once"
    QUIET = "quiet", "After some quiet minutes"
    UNTOUCHED = "untouched", "Only if nobody has worked on it"
    NEVER = "never", "Never (a note says that it is over)"


class AfterPerson(models.TextChoices):
    """What follows when a person closes a ticket while its alert is still open in the console."""

    STAY_QUIET = "stay_quiet", "Stay quiet"
    REOPEN = "reopen", "Note it and reopen the ticket"
    NEW_TICKET = "new_ticket", "Make a new ticket"


class IntegrationProfile(models.Model):
    """What a ticket looks like. Choices that live in Halo are kept by Halo's own id."""

    name = models.CharField(max_length=100)
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="profiles")
    ticket_type = models.IntegerField()
    status_open = models.IntegerField("status for creation")
    status_closed = models.IntegerField("status for close")
    sla = models.IntegerField("SLA", null=True, blank=True)
    priority = models.IntegerField(null=True, blank=True, help_text="Valid within the SLA.")
    team = models.IntegerField(null=True, blank=True)
    agent = models.IntegerField(
        "Halo agent (technician)", null=True, blank=True, help_text="Empty: unassigned."
    )
    client = models.ForeignKey(
        HaloClient,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Only for events that belong to no company.",
    )
    user = models.ForeignKey(
        HaloUser,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Halo user (end user)",
        help_text="Only used where this end user belongs to the ticket's client.",
    )
    category = models.IntegerField(null=True, blank=True)
    urgency = models.IntegerField(null=True, blank=True)
    impact = models.IntegerField(null=True, blank=True)
    event_set = models.ForeignKey(
        EventSet,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="profiles",
        help_text="Proposed when a ticket rule is made with this profile.",
    )
    note_action = models.IntegerField(null=True, blank=True, help_text="Halo's action for notes.")
    closing_action = models.IntegerField(null=True, blank=True, help_text="Halo's action for closing.")
    mail_end_user = models.BooleanField(
        "mail the end user", default=False, help_text="Off: HaloPSA is told not to mail anybody outside."
    )
    run_halo_rules = models.BooleanField(
        "let HaloPSA's ticket rules and templates run",
        default=False,
        help_text="On: they may change team, priority or category and send mail.",
    )
    public_notes = models.BooleanField(
        "notes are public", default=False, help_text="Off: end users never see them in HaloPSA."
    )
    public_closing = models.BooleanField(
        "the closing note is public", default=False, help_text="Off: end users never see it in HaloPSA."
    )
    note_minutes = models.PositiveIntegerField(
        "minutes between notes",
        default=60,
        validators=[MaxValueValidator(MOST_MINUTES)],
        help_text="While an alert lasts its ticket gets at most one note in so many minutes, with the number "
        "of events since the one before. 0: a note for each event.",
    )
    closing_policy = models.CharField(
        "close a ticket whose alert is over",
        max_length=10,
        choices=ClosingPolicy.choices,
        default=ClosingPolicy.AT_ONCE,
    )
    quiet_minutes = models.PositiveIntegerField(
        default=15,
        validators=[MaxValueValidator(MOST_MINUTES)],
        help_text="For “After some quiet minutes”: what comes back within them goes on in the same ticket.",
    )
    reopen_hours = models.PositiveIntegerField(
        "hours in which it is reopened",
        default=24,
        validators=[MaxValueValidator(MOST_HOURS)],
        help_text="An alert that comes back within so many hours reopens its ticket; later it gets a new one "
        "that names the old one. 0: always a new one.",
    )
    after_person = models.CharField(
        "a person closes the ticket of an alert that is still open",
        max_length=10,
        choices=AfterPerson.choices,
        default=AfterPerson.STAY_QUIET,
        help_text="The console is never written to: closing a ticket does not end its alert there.",
    )
    after_person_hours = models.PositiveIntegerField(
        "hours until that happens",
        default=24,
        validators=[MaxValueValidator(MOST_HOURS)],
        help_text="If the alert has ended by then, nothing happens.",
    )
    wont_fix_statuses = models.JSONField(
        "statuses that mean “won't fix”",
        default=list,
        blank=True,
        help_text="A ticket closed with one of them keeps its alert quiet until it was gone once.",
    )
    wont_fix_categories = models.JSONField(
        "categories that mean “won't fix”",
        default=list,
        blank=True,
        help_text="The same for a ticket that has one of these categories when it is closed.",
    )
    is_default = models.BooleanField("default", default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "name"], name="one_profile_name_per_credential"
            ),
            models.UniqueConstraint(
                fields=["halo_credential"],
                condition=Q(is_default=True),
                name="one_default_profile_per_credential",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TicketRule(models.Model):
    """The pair (event set, profile) on a company mapping [ticket routing]; the first match wins."""

    company_mapping = models.ForeignKey(CompanyMapping, on_delete=models.CASCADE, related_name="ticket_rules")
    event_set = models.ForeignKey(EventSet, on_delete=models.PROTECT, related_name="ticket_rules")
    profile = models.ForeignKey(IntegrationProfile, on_delete=models.PROTECT, related_name="ticket_rules")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["company_mapping", "event_set"], name="one_rule_per_mapping_and_event_set"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_set} → {self.profile}"

    def clean(self) -> None:
        if not (self.profile_id and self.company_mapping_id):
            return  # the missing one is said by itself
        if self.profile.halo_credential_id != self.company_mapping.halo_credential_id:
            raise ValidationError({"profile": "Profile and mapping must share the HaloPSA credential."})


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


class Ticket(models.Model):
    """One Halo ticket of ours, from the wish to the closing. Only one per group key is *current*."""

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
    notes = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    left_open = models.BooleanField(
        default=False,
        help_text="Its alerts are over, and it was left to staff: by its closing policy, or because somebody "
        "has worked on it.",
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

    def __str__(self) -> str:
        return f"{self.halo_id or self.marker}: {self.summary}"


class TicketWatch(models.Model):
    """How far the looking at our tickets in HaloPSA is. `position` is by Halo's own clock."""

    halo_credential = models.OneToOneField(HaloCredential, on_delete=models.CASCADE, related_name="+")
    position = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Tickets of {self.halo_credential}"


class Decision(models.TextChoices):
    """What the rules say about an alert."""

    UNDECIDED = "undecided", "Undecided"
    WANTED = "wanted", "Wants a ticket"
    WAITING = "waiting", "Waiting"
    NOT_WANTED = "not_wanted", "Not wanted"
    BASELINE = "baseline", "Baseline (open before tickets were switched on)"


class Alert(models.Model):
    """The condition that events tell of. `identity` is the digest of what makes it unique."""

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
    noted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its ticket last told of it."
    )
    unnoted = models.PositiveIntegerField(
        default=0, editable=False, help_text="Repeats since then, for the next note."
    )

    class Meta:
        ordering = ["-newest_at"]

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
