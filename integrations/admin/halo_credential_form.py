"""The form of a HaloPSA credential: what needs no network is said at once, the rest by the test after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminPasswordWidget

from integrations.connections import check_move, normalise_servers, problem_of_halo
from integrations.models import HaloCredential
from integrations.models.fields import UNREADABLE, is_unreadable

KEEP = "Stored encrypted and never shown again. Leave empty to keep the stored one."
COPY = "Shown once by HaloPSA when the application is made: copy it before you save there. Stored encrypted."

CONNECTION_HELP = (
    "In HaloPSA, open Configuration &gt; Integrations &gt; HaloPSA API. The servers and the tenant stand "
    "there under <em>API Details</em>; client ID and secret come from an application under "
    "<em>View Applications</em> with the authentication method <em>Client ID and Secret (Services)</em>, "
    "best with an API-only Halo agent (technician)."
)
LIMITS_HELP = (
    "The scopes are what this credential asks for; the least that suffices is preset. Add "
    "<em>read:software read:softwarelicensing</em> for software and licences, and <em>all:teams</em> where "
    "teams are missing; <em>read:customers read:assets</em> alone only reads. What has no scope is switched "
    "off. The API limit keeps the bridge below HaloPSA's own limit, which all integrations of the tenant "
    "share. Within it syncs may use up to 60 % and assets up to 80 %, so that tickets always find room."
)
WRITING_HELP = (
    "A new credential starts in <em>observe</em>: everything is planned and recorded, nothing is written to "
    "HaloPSA. Switch to <em>write</em> when what you see is what you want."
)

FIELDSETS: Any = (
    (
        "Connection",
        {
            "description": CONNECTION_HELP,
            "fields": (
                "name",
                "resource_server",
                "authorisation_server",
                "tenant",
                "client_id",
                "client_secret",
            ),
        },
    ),
    (
        "Rights and limits",
        {
            "description": LIMITS_HELP,
            "fields": ("scopes", "secret_expires", "associated_company", "budget_calls", "budget_seconds"),
        },
    ),
    ("Writing", {"description": WRITING_HELP, "fields": ("write_mode", "enabled")}),
)


def fieldsets_to_look_at() -> Any:
    """Without the secret: Django shows the stored value of a field to those who may only look."""
    return tuple(
        (title, {**options, "fields": tuple(name for name in options["fields"] if name != "client_secret")})
        for title, options in FIELDSETS
    )


class HaloCredentialForm(forms.ModelForm):  # type: ignore[type-arg]
    """The stored secret never leaves the database: the input is always empty."""

    client_secret = forms.CharField(
        label="Client secret", widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
    )

    class Meta:
        model = HaloCredential
        fields = tuple(name for _, options in FIELDSETS for name in options["fields"])
        help_texts = {
            "name": "How it is called here, e.g. the name of the service desk.",
            "secret_expires": "Optional: HaloBridge reminds you before the secret ends.",
            "budget_calls": "Most calls in the window; leave some to your other integrations. Where HaloPSA "
            "answers 429 (too many requests) before, the bridge reduces it by itself and grows back slowly.",
            "budget_seconds": "HaloPSA allows about 300 calls in 300 seconds, counted over all integrations. "
            "Of several credentials of one HaloPSA the fewest calls in the longest window hold.",
            "enabled": "Off: nothing is read with this credential and nothing written.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = bool(self.instance.pk)
        self.initial.pop("client_secret", None)
        secret = self.fields.get("client_secret")
        if secret is not None:
            lost = is_unreadable(self.instance.client_secret)
            secret.required = lost or not stored
            secret.help_text = UNREADABLE if lost else KEEP if stored else COPY

    def clean_client_secret(self) -> str:
        typed: str = self.cleaned_data["client_secret"].strip()
        return typed or self.instance.client_secret

    def _check_secret(self) -> None:
        """Raises `ValidationError`."""
        stored = HaloCredential.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        typed = bool(str(self.data.get(self.add_prefix("client_secret"), "")).strip())
        if stored and (problem := problem_of_halo(stored, self.instance, typed)):
            raise ValidationError({"client_secret": problem})

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not {"resource_server", "authorisation_server", "tenant"} & set(self.errors):
            self._checked(lambda: normalise_servers(self.instance))
        if not self.errors:
            self._checked(lambda: check_move(self.instance))
        if not self.errors:
            self._checked(self._check_secret)

    def _checked(self, check: Callable[[], None]) -> None:
        try:
            check()
        except ValidationError as problem:
            self.add_error(None, problem)
