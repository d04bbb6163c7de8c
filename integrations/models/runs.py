"""The machinery's rows: runs, steps, entries, plans, changes, intentions, heartbeats."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.choices import (
    Action,
    IntentionKind,
    IntentionState,
    Outcome,
    PlanState,
    RunKind,
    RunState,
    StepState,
)
from integrations.models.console_side import Company
from integrations.models.credentials import Console, HaloCredential, Instance
from integrations.records import MARKER_BEGINS

OPEN_STATES = (RunState.QUEUED, RunState.RUNNING)


class Run(models.Model):
    """One execution. The queue only wakes it; this row is the truth about it."""

    kind = models.CharField(max_length=20, choices=RunKind.choices)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.QUEUED, db_index=True)
    slot = models.CharField(
        max_length=60,
        blank=True,
        editable=False,
        help_text="At most one queued run per slot, e.g. deliver:1.",
    )
    dirty = models.BooleanField(default=False, editable=False, help_text="Asked for again while running.")
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, null=True, blank=True)
    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, null=True, blank=True, related_name="runs"
    )
    console = models.ForeignKey(Console, on_delete=models.CASCADE, null=True, blank=True, related_name="runs")
    plan = models.ForeignKey("Plan", on_delete=models.SET_NULL, null=True, blank=True, related_name="runs")
    parameters = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    request_id = models.CharField(
        "request ID",
        max_length=128,
        blank=True,
        editable=False,
        help_text="Of the request that asked for it, as in the logs and the audit log.",
    )
    requested_at = models.DateTimeField(default=timezone.now)
    woken_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    phase = models.CharField(max_length=100, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=dict, blank=True)
    calls = models.PositiveIntegerField(default=0, help_text="Calls to HaloPSA that it took.")
    forecast_calls = models.PositiveIntegerField(null=True, blank=True)
    forecast_seconds = models.PositiveIntegerField(null=True, blank=True)
    lower_bound = models.PositiveIntegerField(
        null=True, blank=True, help_text="Fewest calls that this could take."
    )
    error = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state="queued") & ~Q(slot=""), name="one_queued_run_per_slot"
            )
        ]
        indexes = [models.Index(fields=["state", "id"], name="runs_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def progress(self) -> int:
        """Per cent of the current phase; 100 when ended well."""
        if self.state in (RunState.SUCCEEDED, RunState.PARTIAL):
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


class Step(models.Model):
    """A slice of a run, at most 60 s of work at a time, owned by whoever holds its lease."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=40)
    cursor = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.QUEUED)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    claims = models.PositiveSmallIntegerField(default=0, help_text="Claims since it last made progress.")
    worker = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "lease_until"], name="steps_to_reap")]

    def __str__(self) -> str:
        return f"{self.name} of run {self.run_id}"


class PartSeen(models.Model):
    """What an earlier step of a long read has seen; gone when the read has ended."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", editable=False)
    what = models.CharField(max_length=40, editable=False)
    key = models.CharField(max_length=700, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "what", "key"], name="one_sight_per_run")]
        verbose_name_plural = "seen by parts of reads"

    def __str__(self) -> str:
        return f"{self.what} {self.key}"


class Entry(models.Model):
    """One change and its outcome [result]. What is unchanged is a count on the run, not a row."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="entries")
    action = models.CharField(max_length=12, choices=Action.choices)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    subject = models.CharField(max_length=300)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = "result"
        indexes = [
            models.Index(fields=["run", "outcome"], name="results_of_run"),
            models.Index(fields=["run", "id"], name="results_in_order"),
            models.Index(fields=["outcome", "id"], name="results_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_outcome_display()}"


class Plan(models.Model):
    """All changes of one scope, looked at before anything happens [preview]."""

    kind = models.CharField(max_length=20, default="assets")
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.PLANNING)
    halo_credential = models.ForeignKey(
        HaloCredential, on_delete=models.CASCADE, null=True, blank=True, related_name="plans"
    )
    console = models.ForeignKey(Console, on_delete=models.CASCADE, null=True, blank=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    checksum = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    forecast_calls = models.PositiveIntegerField(default=0)
    forecast_seconds = models.PositiveIntegerField(default=0)
    lower_bound = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "preview"
        permissions = (("apply_plan", "Can apply previews: write to HaloPSA"),)

    def __str__(self) -> str:
        return f"Preview {self.pk}"


class PlannedChange(models.Model):
    """One create, update, deactivate, link or skip with before, after and reason."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="changes")
    position = models.PositiveIntegerField()
    action = models.CharField(max_length=12, choices=Action.choices)
    subject = models.CharField(max_length=300)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    before = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    reason = models.TextField(blank=True)
    selected = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        verbose_name = "change"
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="one_change_per_position")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.subject}"


def new_marker() -> str:
    """A random reference of fixed length (16 characters after the prefix, 80 bits)."""
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return MARKER_BEGINS + "".join(secrets.choice(alphabet) for _ in range(16))


class Intention(models.Model):
    """One write to Halo, stored before it is sent.

    `lane` orders what belongs together (`ticket:12`): an intention is claimable only if no earlier one of
    its lane is unfinished. `cause` names why it exists, once: planning twice makes no second one.
    """

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE)
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20, choices=IntentionKind.choices)
    marker = models.CharField("bridge reference", max_length=24, unique=True, default=new_marker)
    cause = models.CharField(max_length=120, unique=True)
    lane = models.CharField(max_length=60)
    sequence = models.PositiveIntegerField()
    subject_id = models.BigIntegerField(help_text="Our ticket, or our computer mapping.")
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(
        max_length=10, choices=IntentionState.choices, default=IntentionState.PLANNED, db_index=True
    )
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="intentions")
    claim_token = models.CharField(max_length=32, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lookups = models.PositiveSmallIntegerField(default=0, help_text="Empty look-ups since it was sent.")
    look_up_failing_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Look-ups have not worked from then on."
    )
    free_repeat = models.BooleanField(
        default=False, help_text="Halo said 503: if it proves absent, the repeat uses up no attempt."
    )
    halo_id = models.IntegerField(null=True, blank=True)
    request = models.JSONField(
        null=True,
        blank=True,
        encoder=DjangoJSONEncoder,
        help_text="What was sent, kept where HaloPSA refused it or its answer was lost.",
    )
    answer_status = models.PositiveSmallIntegerField("HTTP status of the answer", null=True, blank=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["lane", "sequence"]
        constraints = [models.UniqueConstraint(fields=["lane", "sequence"], name="one_intention_per_place")]
        indexes = [
            models.Index(fields=["instance", "state", "not_before"], name="intentions_to_send"),
            models.Index(fields=["instance", "kind", "halo_id"], name="intentions_by_halo_id"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.marker}"


class Heartbeat(models.Model):
    """When a queue cluster was last seen to do real work (claim, renewal or canary)."""

    host = models.CharField(max_length=200)
    cluster = models.CharField(max_length=100)
    stamped_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "cluster"], name="one_heartbeat_per_cluster")]

    def __str__(self) -> str:
        return f"{self.cluster} on {self.host}"
