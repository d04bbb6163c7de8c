"""What keeps alerts from becoming tickets for a while: windows, snoozes, storms."""

from __future__ import annotations

from typing import Final
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.catalogue import EVENT_TYPES
from integrations.models import Audited, Company, Computer, HaloCredential
from ticketing import clock
from ticketing.models.alerts import Alert
from ticketing.models.tickets import Ticket

MOST_DURATION: Final = 7 * 24 * 60
"""Minutes: a week."""


def check_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"There is no time zone “{name}”; the names look like Europe/Berlin.")


def check_event_types(keys: list[str]) -> None:
    unknown = [key for key in keys if key not in EVENT_TYPES]
    if unknown:
        raise ValidationError(f"There is no event type {unknown[0]!r}.")


class Repeat(models.TextChoices):
    ONCE = "once", "Once"
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"
    MONTHLY = "monthly", "Every month"


class MaintenanceWindow(Audited):
    """A time in which alerts make no tickets. Days and hours are those of its own time zone.

    Without companies, computers, tags and event types it is for everything; else an alert has to fit each
    of those that are given.
    """

    name = models.CharField(max_length=100, unique=True)
    enabled = models.BooleanField(default=True)
    time_zone = models.CharField(
        max_length=60,
        validators=[check_zone],
        help_text="Of the place where the work is done, e.g. Europe/Berlin; summer time is followed.",
    )
    begins_on = models.DateField(help_text="The first day.")
    begins_at = models.TimeField(help_text="Time of day at which it begins.")
    minutes = models.PositiveIntegerField(
        "duration in minutes", validators=[MinValueValidator(1), MaxValueValidator(MOST_DURATION)]
    )
    repeats = models.CharField(max_length=10, choices=Repeat.choices, default=Repeat.ONCE)
    weekdays = models.JSONField(
        default=list,
        blank=True,
        help_text="For “every week”: the days; none: the weekday of the first day. For “every month” with "
        "one day: that weekday of the month (the second Tuesday, if the first day is one).",
    )
    ends_on = models.DateField("last day", null=True, blank=True, help_text="Empty: it goes on.")
    companies = models.ManyToManyField(Company, blank=True, related_name="+")
    computers = models.ManyToManyField(Computer, blank=True, related_name="+")
    tags = models.JSONField(
        default=list, blank=True, help_text="Tags of computers or companies, as the console spells them."
    )
    event_types = models.JSONField(default=list, blank=True, validators=[check_event_types])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if any(day not in range(7) for day in self.weekdays or []):
            raise ValidationError({"weekdays": "Weekdays are 0 (Monday) to 6 (Sunday)."})
        if self.ends_on and self.begins_on and self.ends_on < self.begins_on:
            raise ValidationError({"ends_on": "The last day is before the first."})
        if self.repeats == Repeat.MONTHLY and len(self.weekdays or []) > 1:
            raise ValidationError({"weekdays": "“Every month” takes one weekday, or none."})


class Snooze(Audited):
    """Alerts that make no tickets until a time, or (an exclusion) at all. What is given has to fit."""

    audit_names = ("alert", "company", "computer")

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, null=True, blank=True, related_name="snoozes")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    event_type = models.CharField(max_length=80, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: excluded until somebody lifts it.")
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = "snooze or exclusion"
        verbose_name_plural = "snoozes and exclusions"

    def __str__(self) -> str:
        return f"{'Snoozed' if self.until else 'Excluded'}: {self.about}"

    @property
    def about(self) -> str:
        """What it is for, in words."""
        if self.alert:
            return f"the alert “{self.alert}”"
        info = EVENT_TYPES.get(self.event_type)
        what = info.name if info else self.event_type or "everything"
        place = self.computer or self.company
        return f"{what} of {place}" if place else what

    def clean(self) -> None:
        if not (self.alert_id or self.company_id or self.computer_id or self.event_type):
            raise ValidationError("Name an alert, a company, a computer or an event type.")
        if self.event_type and self.event_type not in EVENT_TYPES:
            raise ValidationError({"event_type": f"There is no event type {self.event_type!r}."})
        if self.until and self.pk is None and self.until <= clock.now():
            raise ValidationError({"until": "This time has passed; choose a later one."})


class NoiseSettings(Audited):
    """How much is too much, for one HaloPSA credential. One without a row has the defaults."""

    audit_names = ("halo_credential",)

    halo_credential = models.OneToOneField(
        HaloCredential, on_delete=models.CASCADE, related_name="noise_settings"
    )
    offline_mutes = models.BooleanField(
        "a computer that is offline is told of once",
        default=True,
        help_text="While an alert that a computer is offline has a ticket, its other alerts wait.",
    )
    storm_minutes = models.PositiveIntegerField(
        "minutes that are looked at",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text="For the two limits below.",
    )
    storm_company = models.PositiveIntegerField(
        "most new tickets of a company",
        default=20,
        help_text="More in that time are listed in one ticket, until staff decide. 0: no limit.",
    )
    storm_all = models.PositiveIntegerField(
        "most new tickets in all",
        default=100,
        help_text="The same over all companies. 0: no limit.",
    )

    class Meta:
        verbose_name = "noise settings"
        verbose_name_plural = "noise settings"

    def __str__(self) -> str:
        return f"Noise settings of {self.halo_credential}"


class StormState(models.TextChoices):
    GOING_ON = "going_on", "Going on"
    OVER = "over", "Over"
    RELEASED = "released", "Released: each alert got its ticket"
    DISSOLVED = "dissolved", "Dissolved: its alerts get none"


class Storm(Audited):
    """More new tickets at once than anybody could read: one ticket lists them."""

    audit_names = ("company",)

    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="storms")
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="Empty: all."
    )
    ticket = models.OneToOneField(
        Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="storm"
    )
    state = models.CharField(max_length=10, choices=StormState.choices, default=StormState.GOING_ON)
    reason = models.CharField(max_length=300, blank=True)
    began_at = models.DateTimeField(default=clock.now)
    newest_at = models.DateTimeField(default=clock.now, help_text="When the last alert joined it.")
    ended_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["halo_credential", "company"],
                condition=Q(state=StormState.GOING_ON, company__isnull=False),
                name="one_storm_of_a_company",
            ),
            models.UniqueConstraint(
                fields=["halo_credential"],
                condition=Q(state=StormState.GOING_ON, company__isnull=True),
                name="one_storm_in_all",
            ),
        ]

    def __str__(self) -> str:
        began = timezone.localtime(self.began_at)
        return f"Storm of {began:%Y-%m-%d %H:%M %Z}, {self.company or 'all companies'}"
