"""Connections: HaloPSA instances and credentials, consoles."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from integrations.choices import ConnectionState, WriteMode
from integrations.models.audit import Audited
from integrations.models.fields import EncryptedJSONField, EncryptedTextField
from integrations.sync.rights import why_refused


class Instance(Audited):
    """One HaloPSA: normalised resource server and tenant. The budget and all pauses belong to it."""

    audit_also = frozenset({"batch_size", "list_fields_proven"})

    resource_server = models.CharField(max_length=255)
    tenant = models.CharField(max_length=100, blank=True)
    writes_stopped = models.BooleanField(
        "all writing stopped", default=False, help_text="One click stops every write to this HaloPSA at once."
    )
    blocked_until = models.DateTimeField(null=True, blank=True, editable=False)
    paused_since = models.DateTimeField(null=True, blank=True, editable=False)
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    pause_reason = models.TextField(blank=True, editable=False)
    batch_size = models.PositiveIntegerField(
        default=0, editable=False, help_text="Objects a batch has been proven to carry; 0: not proven."
    )
    list_fields_proven = models.BooleanField(default=False, editable=False)
    batches_allowed = models.BooleanField(
        "send several assets in one call",
        default=True,
        help_text="Only where this HaloPSA has proven that it can. Off: one call for each asset.",
    )
    list_reads_allowed = models.BooleanField(
        "read asset fields from lists",
        default=True,
        help_text="Only where a list has proven to tell the same as the asset itself. Off: one call for each "
        "asset that is changed.",
    )
    learned_calls = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text="Calls at which HaloPSA answered 429, less a tenth."
    )
    learned_at = models.DateTimeField(null=True, blank=True, editable=False)
    rate_limit_answers = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="Answers 429 (too many requests) since this HaloPSA is known."
    )
    judged_by = models.CharField(max_length=32, blank=True, editable=False)
    marker_field_id = models.IntegerField(
        "asset field for the bridge reference",
        null=True,
        blank=True,
        help_text="An asset field that may hold the bridge reference of assets which we create.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource_server", "tenant"], name="one_row_per_instance")
        ]
        verbose_name = "HaloPSA instance"
        permissions = (
            ("stop_instance", "Can stop all writing to HaloPSA"),
            ("allow_instance", "Can allow writing to HaloPSA again"),
        )

    def __str__(self) -> str:
        return self.tenant or self.resource_server.removeprefix("https://").removeprefix("http://")


class HaloCredential(Audited):
    """A login to a HaloPSA instance. A new one starts in *observe* and *untested*."""

    audit_also = frozenset({"moving_to", "move_refused"})

    name = models.CharField(max_length=100, unique=True)
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="credentials")
    resource_server = models.CharField(
        max_length=255,
        help_text="In HaloPSA: Configuration > Integrations > HaloPSA API > Resource Server. "
        "With or without https:// and /api.",
    )
    authorisation_server = models.CharField(
        max_length=255,
        blank=True,
        help_text="On the same page: Authorisation Server. Empty: taken from the resource server.",
    )
    tenant = models.CharField(
        max_length=100, blank=True, help_text="On the same page: Tenant. Only hosted instances have one."
    )
    client_id = models.CharField(
        "client ID", max_length=200, help_text="HaloPSA API > View Applications > your application."
    )
    client_secret = EncryptedTextField(
        help_text="Shown once by HaloPSA when the application is made. Stored encrypted, never shown again."
    )
    secret_expires = models.DateField(null=True, blank=True)
    scopes = models.CharField(
        max_length=500,
        default="edit:tickets edit:assets read:customers",
        help_text="Separated by spaces; the least that suffices is preset.",
    )
    associated_company = models.ForeignKey(
        "integrations.Company",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text="Leave empty to use it for all companies.",
    )
    write_mode = models.CharField(
        max_length=10,
        choices=WriteMode.choices,
        default=WriteMode.OBSERVE,
        help_text="Observe plans and records everything and writes nothing to HaloPSA.",
    )
    enabled = models.BooleanField(default=True)
    held_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="The database is a copy or comes from a backup: nothing is written to HaloPSA before this "
        "credential is released.",
    )
    held_reason = models.TextField(blank=True, editable=False)
    unknown_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="What HaloPSA got from then until it was held, this database may not know.",
    )
    budget_calls = models.PositiveIntegerField(
        "API limit: calls", default=180, validators=[MinValueValidator(10), MaxValueValidator(5000)]
    )
    budget_seconds = models.PositiveIntegerField(
        "API limit: window in seconds",
        default=300,
        validators=[MinValueValidator(10), MaxValueValidator(3600)],
        help_text="HaloPSA allows about 300 calls in 300 seconds, shared with all other integrations.",
    )
    state = models.CharField(
        max_length=10, choices=ConnectionState.choices, default=ConnectionState.UNTESTED, editable=False
    )
    state_reason = models.TextField(blank=True, editable=False)
    tested_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    halo_agent = models.CharField(max_length=200, blank=True, editable=False)
    granted_scopes = models.CharField(max_length=500, blank=True, editable=False)
    refused_scopes = models.CharField(
        max_length=500, blank=True, editable=False, help_text="Scopes that HaloPSA does not know or allow."
    )
    permissions = models.JSONField(default=list, blank=True, editable=False)
    can_edit_assets = models.BooleanField(
        null=True, blank=True, editable=False, help_text="Empty: not known before the first write."
    )
    can_edit_tickets = models.BooleanField(
        null=True, blank=True, editable=False, help_text="Empty: not known before the first write."
    )
    halo_agent_id = models.IntegerField(null=True, blank=True, editable=False)
    agent_is_api_only = models.BooleanField(null=True, blank=True, editable=False)
    agent_is_administrator = models.BooleanField(null=True, blank=True, editable=False)
    advice = models.JSONField(default=list, blank=True, editable=False, help_text="Sentences for staff.")
    other_integrations = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="Integrations that link clients or assets of this HaloPSA: name, clients, assets.",
    )
    moving_to = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Servers and tenant that wait for their test."
    )
    move_refused = models.TextField(blank=True, editable=False)
    access_token = EncryptedTextField(blank=True, editable=False)
    token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    hook_token_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "HaloPSA credential"
        ordering = ["name"]
        permissions = (
            ("sync_halocredential", "Can test HaloPSA credentials and read from HaloPSA"),
            ("allow_halocredential", "Can switch HaloPSA credentials to write"),
            ("stop_halocredential", "Can switch HaloPSA credentials to observe"),
        )

    def __str__(self) -> str:
        return self.name

    def lacks(self, key: str) -> str:
        """Why HaloPSA refuses something to this credential, as a sentence; '' where it may, or is not known.

        `key` is that of a row of `permissions`, as the last test (or the first real write) left them.
        """
        return why_refused(self.permissions, key)

    @property
    def may_write(self) -> bool:
        wanted = self.enabled and self.write_mode == WriteMode.WRITE and self.held_since is None
        return wanted and not self.instance.writes_stopped


class BudgetPermit(models.Model):
    """One call that was allowed. Rows older than the window are purged."""

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE)
    taken_at = models.DateTimeField()
    purpose = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["instance", "taken_at"], name="permit_window")]

    def __str__(self) -> str:
        return f"{self.instance_id} {self.taken_at:%H:%M:%S}"


class Console(Audited):
    """One connection to a management console."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=40, help_text="The kind of console; see the connectors.")
    base_url = models.CharField(
        "address", max_length=255, blank=True, help_text="Empty: the vendor's own address."
    )
    credentials = EncryptedJSONField(
        blank=True, default=dict, help_text="Keys of the vendor; stored encrypted, never shown again."
    )
    time_zone = models.CharField(
        max_length=60, default="UTC", help_text="Zone of times that the vendor sends without one."
    )
    event_minutes = models.PositiveSmallIntegerField(
        "minutes between two fetches of events",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text="Empty: as usual for this kind of console.",
    )
    enabled = models.BooleanField(default=True)
    state = models.CharField(
        max_length=10, choices=ConnectionState.choices, default=ConnectionState.UNTESTED, editable=False
    )
    state_reason = models.TextField(blank=True, editable=False)
    tested_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    account_unproven = models.BooleanField(
        default=False,
        editable=False,
        help_text="Address or keys were changed; no test has found what is known there yet.",
    )
    synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    events_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    unread_lists = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="Beginnings of series keys whose list the last read of the events was not allowed to see, "
        "each with the time up to which it had been read; null if never.",
    )
    last_event_at = models.DateTimeField(null=True, blank=True, editable=False)
    longest_silence = models.PositiveIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="Most minutes between two events in the last weeks; empty: too little is known.",
    )
    mail_position = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Of a mailbox: the last mail that is stored."
    )
    access_token = EncryptedTextField(blank=True, default="", editable=False)
    token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    hook_token_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        permissions = (
            ("sync_console", "Can test consoles and read from them"),
            ("upload_console", "Can upload spreadsheets of consoles and apply them"),
        )

    def __str__(self) -> str:
        return self.name
