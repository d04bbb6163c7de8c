"""Webhook addresses of credentials and consoles: made by a click, shown once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from integrations.admin.bases import Button
from integrations.connections.hook_addresses import new_hook_token

HOOK_ADDRESS = Button(
    "hook_address",
    "Make a webhook address",
    "webhook",
    ask="Make a webhook address for {row}? An earlier one stops working at once. The new one is shown once.",
)


class HookAddress:
    """For the admin of rows with a `hook_token_digest`; `hook_route` names the door."""

    hook_route: str

    def hook_address(self, request: HttpRequest, row: Any) -> None:
        url = request.build_absolute_uri(reverse(self.hook_route, args=[new_hook_token(row)]))
        shown = format_html(
            'The webhook address of “{}” is <code class="hb-mono">{}</code> . '
            "Copy it now: it is not stored and cannot be shown again.",
            row,
            url,
        )
        messages.warning(request, shown)
