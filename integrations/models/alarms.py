"""What HaloBridge tells of itself: alarms, whom it tells, and what became of each message."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, validate_email
from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.choices import AlarmKind, ChannelKind, NoticeState
from integrations.models.fields import EncryptedTextField
from integrations.net.errors import HostNotAllowed
from integrations.net.hosts import AddressError, HostPolicy


class AlarmChannel(models.Model):
    """Whom alarms are sent to. The address of a webhook lets anybody post there: it is a secret."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=ChannelKind.choices)
    recipients = models.CharField(
        max_length=500, blank=True, help_text="For mail: addresses, separated by commas."
    )
    address = EncryptedTextField(
        blank=True,
        help_text="For everything but mail: the address that is called. Stored encrypted, never shown again.",
    )
    heartbeat_minutes = models.PositiveSmallIntegerField(
        "minutes between two heartbeats",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text="For a heartbeat: it is called this often while database and queue are at work.",
    )
    alarms = models.JSONField(
        "alarms that it is told",
        default=list,
        blank=True,
        help_text="None: all of them. A heartbeat is told nothing else.",
    )
    """Values of `AlarmKind`; empty: every kind."""
    enabled = models.BooleanField(default=True)
    sent_at = models.DateTimeField("last sent", null=True, blank=True, editable=False)
    tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.TextField(blank=True, editable=False, help_text="Why the last message was not sent.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def is_told(self, kind: str) -> bool:
        """Whether alarms of this kind go here."""
        return self.kind != ChannelKind.HEARTBEAT and (not self.alarms or kind in self.alarms)

    @property
    def addressees(self) -> list[str]:
        return [part.strip() for part in self.recipients.split(",") if part.strip()]

    def clean(self) -> None:
        """What is wrong, by field and in sentences. Also asked by the REST API."""
        if self.kind == ChannelKind.MAIL:
            problem = _recipients_problem(self.addressees)
            if problem:
                raise ValidationError({"recipients": problem})
        elif problem := address_problem(self.address):
            raise ValidationError({"address": problem})


def _recipients_problem(addressees: list[str]) -> str:
    if not addressees:
        return "Say who gets the mails."
    for one in addressees:
        try:
            validate_email(one)
        except ValidationError:
            return f"“{one}” is no mail address."
    return "" if settings.EMAIL_HOST else "Set HALOBRIDGE_MAIL_URL first: it says which server sends mails."


def address_problem(address: str) -> str:
    """Why an address may not be called, as far as that is known without calling; '' if nothing is."""
    if not address:
        return "Say which address is called."
    try:
        if urlsplit(address).username is not None:
            return "The address must not hold a user name or password."
        HostPolicy.of(settings.HALOBRIDGE_ALLOW_PRIVATE_HOSTS).check_url(address)
    except AddressError:
        # Not its words: they quote the address, and this page shows them.
        return "This is not a valid address; it must begin with https://."
    except (HostNotAllowed, ValueError) as refused:
        return str(refused)
    return ""


class Alarm(models.Model):
    """One failure from its beginning to its end. `key` names what fails: one open alarm for each."""

    kind = models.CharField(max_length=12, choices=AlarmKind.choices, editable=False)
    key = models.CharField(max_length=100, editable=False)
    title = models.CharField(max_length=300, editable=False)
    text = models.TextField(blank=True, editable=False)
    page = models.CharField(max_length=300, blank=True, editable=False, help_text="Where staff look first.")
    began_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(ended_at__isnull=True), name="one_open_alarm_per_key"
            )
        ]

    def __str__(self) -> str:
        return self.title


class AlarmNotice(models.Model):
    """One message about one alarm to one channel: that it began, or that it is over."""

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="notices", editable=False)
    channel = models.ForeignKey(
        AlarmChannel, on_delete=models.CASCADE, related_name="notices", editable=False
    )
    over = models.BooleanField(default=False, editable=False)
    state = models.CharField(
        max_length=10, choices=NoticeState.choices, default=NoticeState.WAITING, editable=False
    )
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    not_before = models.DateTimeField(default=timezone.now, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.TextField(blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alarm", "channel", "over"], name="one_notice_per_channel")
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="notices_to_send")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.alarm} ({'over' if self.over else 'began'})"
