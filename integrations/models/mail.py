"""Mails of a mailbox, and the rules that make events of them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from integrations.catalogue import EVENT_TYPES
from integrations.choices import MailState, MailVerdict, Severity
from integrations.models.audit import Audited
from integrations.models.console_side import Event, RawDelivery
from integrations.models.credentials import Console
from integrations.sync import mail_patterns, mail_rules

LONGEST_PATTERN = mail_patterns.LONGEST


def _pattern(verbose_name: str, help_text: str) -> models.CharField:  # type: ignore[type-arg]
    return models.CharField(verbose_name, max_length=LONGEST_PATTERN, blank=True, help_text=help_text)


class MailRule(Audited):
    """Which mails of a mailbox tell of what. The first rule that takes a mail wins."""

    console = models.ForeignKey(
        Console, on_delete=models.CASCADE, related_name="mail_rules", verbose_name="mailbox"
    )
    name = models.CharField(max_length=100, help_text="For staff, e.g. “Backup failed (vendor)”.")
    position = models.PositiveIntegerField(
        default=0, help_text="The lowest is tried first; the first rule that takes a mail wins."
    )
    enabled = models.BooleanField(default=True)
    speaks_for = models.ForeignKey(
        Console,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="The console whose companies and computers the mails name; its events they become. Empty: "
        "the mailbox itself, which knows neither.",
    )
    sender = models.CharField(
        max_length=254,
        help_text="Required. An address (alerts@vendor.example), or a domain with all below it "
        "(vendor.example). It is compared with the From header, which anybody can forge.",
    )
    authenticated_by = models.CharField(
        "only if authenticated by",
        max_length=255,
        blank=True,
        help_text="Name of your mail server as it signs its Authentication-Results header. The mail is then "
        "taken only if that header says that dkim, spf or dmarc passed for the sender's domain.",
    )
    subject = _pattern(
        "subject pattern",
        "Regular expression, found anywhere in the subject; case does not matter. Parts to take out: "
        "(?P<company>…), (?P<computer>…), (?P<product>…), (?P<severity>…), (?P<series>…).",
    )
    body = _pattern("body pattern", "The same for the text of the mail; ^ and $ stand at every line.")
    event_type = models.CharField(max_length=80)
    severity = models.CharField(
        max_length=10,
        choices=Severity.choices,
        default=Severity.MEDIUM,
        help_text="Where the mail names none that is known.",
    )
    state = models.CharField(
        "the mail says", max_length=12, choices=MailVerdict.choices, default=MailVerdict.OPEN
    )
    resolved_pattern = _pattern(
        "resolved where found", "For the third choice above: searched in subject and text."
    )
    series = models.CharField(
        "series key",
        max_length=200,
        blank=True,
        help_text="What trigger and recovery have in common, e.g. backup|{company}|{computer}|{series}. "
        f"Empty: {mail_rules.DEFAULT_SERIES}",
    )

    class Meta:
        ordering = ["console", "position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def target(self) -> Console:
        """The console whose events its mails become."""
        return self.speaks_for or self.console

    def as_rule(self) -> mail_rules.Rule:
        return mail_rules.Rule(
            key=self.pk or 0,
            name=self.name,
            sender=self.sender,
            subject=self.subject,
            body=self.body,
            event_type=self.event_type,
            severity=self.severity,
            state=self.state,
            resolved_pattern=self.resolved_pattern,
            series=self.series,
            authenticated_by=self.authenticated_by,
        )

    def clean(self) -> None:
        """What is wrong, by field and in sentences. Also asked by the REST API."""
        problems = {
            name: problem
            for name in ("subject", "body", "resolved_pattern")
            if (problem := mail_patterns.problem_of(getattr(self, name)))
        }
        if problem := mail_rules.series_problem(self.series):
            problems["series"] = problem
        if self.sender and (problem := sender_problem(self.sender)):
            problems["sender"] = problem
        if self.event_type not in EVENT_TYPES:
            problems["event_type"] = f"There is no event type {self.event_type!r}."
        if self.state == MailVerdict.BY_PATTERN and not self.resolved_pattern:
            problems["resolved_pattern"] = "Say by which pattern a resolved mail is known."
        if problems:
            raise ValidationError(problems)


def sender_problem(sender: str) -> str:
    """What is wrong with an address or a domain, as a sentence; '' if nothing is."""
    tidy = sender.strip().lstrip("@")
    if any(sign.isspace() or sign in ",;<>*" for sign in tidy):
        return "One address or one domain, without names, blanks or stars."
    if "@" not in tidy and "." not in tidy.strip("."):
        return "A domain has a dot, e.g. vendor.example."
    return ""


class Mail(models.Model):
    """One mail as staff look for it; as it came it is the body of its delivery."""

    console = models.ForeignKey(
        Console, on_delete=models.CASCADE, related_name="mails", verbose_name="mailbox", editable=False
    )
    delivery = models.OneToOneField(
        RawDelivery, on_delete=models.CASCADE, related_name="mail", editable=False
    )
    key = models.CharField(max_length=32, editable=False, help_text="Equal for every copy of a mail.")
    sender = models.CharField(max_length=254, blank=True, editable=False)
    subject = models.CharField(max_length=500, blank=True, editable=False)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    note = models.CharField(max_length=200, blank=True, editable=False)
    state = models.CharField(
        max_length=10, choices=MailState.choices, default=MailState.WAITING, editable=False
    )
    reason = models.CharField(max_length=500, blank=True, editable=False)
    rule = models.ForeignKey(
        MailRule, on_delete=models.SET_NULL, null=True, blank=True, related_name="mails", editable=False
    )
    event = models.ForeignKey(
        Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="mails", editable=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["console", "key"], name="one_row_per_mail")]
        indexes = [models.Index(fields=["console", "state", "id"], name="mails_by_state")]
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return self.subject or "(no subject)"
