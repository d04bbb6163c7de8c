"""Which events matter, and what tickets they become."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from integrations.catalogue import validate_event_types
from integrations.choices import Severity
from integrations.models import Audited, Company, Computer, HaloClient, HaloCredential, HaloUser
from mappings.models import CompanyMapping
from ticketing.conditions import pattern_problem
from ticketing.wording.checks import LONGEST_SUMMARY_TEMPLATE, LONGEST_TEMPLATE, validate_template

MOST_MINUTES: Final = 10_080
"""A week."""
MOST_HOURS: Final = 8_760
"""A year."""


class EventSet(Audited):
    """A named selection of event types, with conditions on top. An empty condition takes everything."""

    name = models.CharField(max_length=100, unique=True)
    event_types = models.JSONField(default=list)
    severity_from = models.CharField(
        "severity from",
        max_length=10,
        choices=Severity.choices,
        blank=True,
        help_text="This severity and all that are worse. Empty: all of them.",
    )
    companies = models.ManyToManyField(Company, blank=True, related_name="+")
    companies_excluded = models.BooleanField(
        "not these companies", default=False, help_text="Off: only these companies."
    )
    computers = models.ManyToManyField(Computer, blank=True, related_name="+")
    computers_excluded = models.BooleanField(
        "not these computers", default=False, help_text="Off: only these computers."
    )
    tags = models.JSONField(
        default=list, blank=True, help_text="Of the computer or its company, as the console spells them."
    )
    tags_excluded = models.BooleanField("not these tags", default=False, help_text="Off: only these tags.")
    pattern = models.CharField(
        "words in the title",
        max_length=200,
        blank=True,
        help_text="Only what is called like this; * stands for anything, as in “disk*full”.",
    )
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
        if problem := pattern_problem(self.pattern):
            raise ValidationError({"pattern": problem})


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


class Grouping(models.TextChoices):
    """Which alerts of a profile share one ticket."""

    NONE = "none", "None: each alert has its own"
    COMPANY_AND_TYPE = "company_type", "One per company and event type"
    COMPUTER = "computer", "One per computer"
    PRODUCT = "product", "One per company and product (remediation)"


class IntegrationProfile(Audited):
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
    wait_minutes = models.PositiveIntegerField(
        "minutes before the first ticket",
        default=0,
        validators=[MaxValueValidator(MOST_MINUTES)],
        help_text="What ends by itself within them never becomes a ticket.",
    )
    grouping = models.CharField(
        "alerts that share a ticket",
        max_length=12,
        choices=Grouping.choices,
        default=Grouping.NONE,
        help_text="The ticket lists them in a table and closes when the last of them is over.",
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
    summary_template = models.TextField(
        "own summary",
        blank=True,
        default="",
        max_length=LONGEST_SUMMARY_TEMPLATE,
        validators=[validate_template],
        help_text="A template for the summary of a ticket, one line. Empty: the default text.",
    )
    body_template = models.TextField(
        "own body",
        blank=True,
        default="",
        max_length=LONGEST_TEMPLATE,
        validators=[validate_template],
        help_text="A template for the text of a ticket, in HTML. Empty: the default text.",
    )
    is_default = models.BooleanField("default", default=False)
    changed_at = models.DateTimeField(auto_now=True, editable=False)

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


class TicketRule(Audited):
    """The pair (event set, profile) on a company mapping [ticket routing]; the first match wins."""

    audit_names = ("event_set", "profile")

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
        if not (self.event_set_id and self.profile_id):
            return "Incomplete rule"  # a form that lacks one is shown again with this as its title
        return f"{self.event_set} → {self.profile}"

    def clean(self) -> None:
        if not (self.profile_id and self.company_mapping_id):
            return  # the missing one is said by itself
        if self.profile.halo_credential_id != self.company_mapping.halo_credential_id:
            raise ValidationError({"profile": "Profile and mapping must share the HaloPSA credential."})
