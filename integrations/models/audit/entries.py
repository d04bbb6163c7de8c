"""One row for each thing that somebody has changed, started or taken along. It is never edited."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from integrations.acting import AuditSource


class AuditAction(models.TextChoices):
    ADD = "add", "Added"
    CHANGE = "change", "Changed"
    DELETE = "delete", "Deleted"
    START = "start", "Started"
    ACT = "act", "Done"
    CANCEL = "cancel", "Cancelled"
    EXPORT = "export", "Downloaded"
    LOG_IN = "log_in", "Logged in"
    LOG_OUT = "log_out", "Logged out"
    FAILED_LOG_IN = "failed_log_in", "Failed log-in"


class AuditEntry(models.Model):
    """Who did what to which object. Names are kept as they were: of deleted objects and accounts, too.

    `changes` tells by field `{"before", "after"}`, of lists `{"removed", "added"}`, and of a secret only
    `{"secret": true}`: neither value nor length. `rows` above 1: a bulk action in one entry.
    """

    at = models.DateTimeField("when", default=timezone.now, editable=False)
    action = models.CharField(max_length=14, choices=AuditAction.choices, editable=False)
    who = models.CharField(max_length=300, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="staff account",
    )
    source = models.CharField("from", max_length=10, choices=AuditSource.choices, editable=False)
    address = models.GenericIPAddressField("network address", null=True, editable=False)
    place = models.CharField(
        "page or command", max_length=300, blank=True, editable=False, help_text="With the list's filter."
    )
    request_id = models.CharField("request ID", max_length=128, blank=True, editable=False)
    run = models.BigIntegerField(null=True, editable=False, help_text="Number of the run.")
    kind = models.CharField(
        max_length=80, blank=True, editable=False, help_text="Of the object, e.g. integrations.console."
    )
    object_id = models.BigIntegerField("ID of the object", null=True, editable=False)
    name = models.CharField("object", max_length=300, blank=True, editable=False)
    rows = models.PositiveIntegerField(default=1, editable=False, help_text="How many objects it is about.")
    summary = models.CharField(max_length=500, blank=True, editable=False)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["kind", "object_id", "-id"], name="audit_by_object"),
            models.Index(fields=["account", "-id"], name="audit_by_account"),
            models.Index(fields=["request_id"], name="audit_by_request"),
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.get_action_display().lower()} {self.name}"
