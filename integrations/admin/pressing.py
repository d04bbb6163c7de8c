"""Addresses that only a pressed button may use, and what whoever comes there otherwise is told."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect


def not_pressed(request: HttpRequest, back: str, label: str = "") -> HttpResponse:
    """The answer to anything but POST; it does nothing and leads to `back`, where the button is.

    The log-in sends people here whose session had ended when they pressed: what they sent is lost, and they
    would take it for done.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["POST"])
    button = f"“{label}”" if label else "the button"
    messages.warning(request, f"You were logged out, so nothing was done. Press {button} again.")
    return HttpResponseRedirect(back)
