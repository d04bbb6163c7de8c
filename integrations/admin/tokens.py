"""API tokens: the key is shown once, when it is made; a token is revoked, not deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import BridgeAdmin, Button
from integrations.admin.display import badge, time_column
from integrations.choices import TokenScope
from integrations.models import ApiToken
from integrations.models.tokens import MANAGE_TOKENS, tokens_seen_by

REVOKE = "Revoke {row}? Programs that use it are refused from now on. This cannot be undone."


class ApiTokenForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ApiToken
        fields = ("name", "user", "scope", "expires_at")
        labels = {"scope": "What is it for?"}
        help_texts = {
            "name": "The program that uses it, e.g. “Nightly report”; the audit log names it.",
            "user": "It acts for this account and may never do more than it. For programs make an account "
            "of their own: without a password and without the tick that lets it into this admin.",
            "scope": "The least that suffices: a token that is found by somebody can do no more.",
            "expires_at": "Empty: until it is revoked.",
        }

    def clean_expires_at(self) -> datetime | None:
        ends: datetime | None = self.cleaned_data["expires_at"]
        if ends is not None and ends <= timezone.now():
            raise forms.ValidationError("This is past: the token could never be used.")
        return ends


@admin.register(ApiToken)
class ApiTokenAdmin(BridgeAdmin):
    form = ApiTokenForm
    list_display = ("name", "prefix", "user", "scope", "state_shown", "created", "expires", "used")
    list_filter = (("user", RelatedDropdownFilter), ("scope", ChoicesDropdownFilter))
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    fields = ("name", "user", "scope", "expires_at")
    autocomplete_fields = ("user",)
    empty_hint = "Programs log in to the REST API with such a token. Its key is shown once, when it is made."
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("revoke", "Revoke", "block", tone="bad", ask=REVOKE, shown=lambda row: row.revoked_at is None),
    )

    created = time_column("created_at", "Made")
    expires = time_column("expires_at", "Ends")
    used = time_column("last_used_at", "Last used")

    @admin.display(description="State")
    def state_shown(self, row: ApiToken) -> SafeString:
        if row.revoked_at:
            return badge("Revoked", "neutral")
        if row.expires_at and row.expires_at <= timezone.now():
            return badge("Ended", "neutral")
        return badge("Valid", "good")

    # ---- who may do what --------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        return super().get_queryset(request) & tokens_seen_by(request.user)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A token acts as its account: only who looks after tokens makes one for somebody else."""
        if obj is not None:
            return ("name", "user", "scope", "prefix", "state_shown", "created", "expires", "used")
        return self.fields if request.user.has_perm(MANAGE_TOKENS) else ("name", "scope", "expires_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        chosen = super().get_changeform_initial_data(request)
        return {"user": request.user.pk, "scope": TokenScope.READ, **chosen}

    # ---- effects ----------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if not request.user.has_perm(MANAGE_TOKENS):
            obj.user = request.user  # type: ignore[assignment]
        key = obj.set_new_key()
        obj.save()
        shown = format_html(
            'The key of “{}” is <code class="hb-mono">{}</code> . '
            "Copy it now: it is not stored and cannot be shown again.",
            obj.name,
            key,
        )
        messages.warning(request, shown)

    def may_press(self, request: HttpRequest, permission: str, row: Any) -> bool:
        """One's own by the right to change, those of others by the right to look after them."""
        own = row.user_id == request.user.pk and super().may_press(request, permission, row)
        return own or request.user.has_perm(MANAGE_TOKENS)

    def revoke(self, request: HttpRequest, row: ApiToken) -> None:
        row.revoke()
        messages.success(request, f"{row} is revoked.")
