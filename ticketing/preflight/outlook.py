"""What is known by now of a profile: the newest look into HaloPSA, and what its test ticket says to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.choices import IntentionState
from integrations.models import Intention
from ticketing import lanes
from ticketing.models import IntegrationProfile, Preflight, PreflightState, Ticket
from ticketing.preflight.checks import FAILS, UNKNOWN


@dataclass(frozen=True, slots=True)
class Outlook:
    """`findings` are those that are still open, `writes` those of the test ticket in their order; `due` says
    that the profile has changed since the look, or was never looked at."""

    preflight: Preflight | None
    findings: Sequence[dict[str, str]]
    test: Ticket | None
    writes: Sequence[Intention]
    due: bool

    @property
    def state(self) -> PreflightState | None:
        """That of the look, or *failed* where a test was refused since the profile changed; None: no look."""
        if self.preflight is None:
            return None
        fails = any(row["level"] == FAILS for row in self.findings)
        return PreflightState.FAILED if fails else PreflightState(self.preflight.state)


def outlook_of(profile: IntegrationProfile) -> Outlook:
    """Three queries."""
    preflight = Preflight.objects.filter(profile=profile).first()
    test = Ticket.objects.filter(profile=profile, is_test=True).order_by("-pk").first()
    lane = Intention.objects.filter(lane=lanes.lane_of(test)).order_by("sequence") if test else ()
    writes = list(lane)
    answers = writes if test and test.created_at >= profile.changed_at else []
    found = _still_open(preflight, answers) if preflight else []
    return Outlook(preflight, found, test, writes, is_due(profile, preflight))


def _still_open(preflight: Preflight, answers: Sequence[Intention]) -> list[dict[str, str]]:
    """The findings, with what HaloPSA refused of a test, or without what a test has answered.

    A test has passed only with all of its writes: a refused note does not keep a ticket from being closed.
    """
    refused = [_refusal(write) for write in answers if write.state == IntentionState.REFUSED]
    passed = bool(answers) and all(write.state == IntentionState.DONE for write in answers)
    return [*refused, *(row for row in preflight.findings if not (passed and row["level"] == UNKNOWN))]


def _refusal(write: Intention) -> dict[str, str]:
    words = f"Test ticket, {write.get_kind_display().lower()}: {write.answer}"
    return {"level": FAILS, "about": "", "words": words}


def is_due(profile: IntegrationProfile, preflight: Preflight | None) -> bool:
    """Whether the profile has changed since it was looked at."""
    return preflight is None or preflight.checked_at < profile.changed_at
