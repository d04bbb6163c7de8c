"""Whether anything may be written to a HaloPSA at this moment: the control in the header of every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from integrations.admin.credential_choice import credentials_of
from integrations.admin.display import admin_url
from integrations.choices import WriteMode
from integrations.models import HaloCredential

STOPPED: Final = ("Stopped", "bad")
OFF: Final = ("Switched off", "neutral")
WRITING: Final = ("Writing", "good")
HELD: Final = ("Held back", "bad")
OBSERVING: Final = ("Observing", "info")


@dataclass(frozen=True, slots=True)
class Mode:
    """One credential in the menu. `observe_url`: where one click makes it observe; '' where it can't."""

    credential: HaloCredential
    told: str
    tone: str
    url: str
    observe_url: str


@dataclass(frozen=True, slots=True)
class WritingControl:
    """`told`: whether anything may be written at all. `back`: where the person is and stays."""

    told: str
    tone: str
    modes: list[Mode]
    stopped: bool
    back: str


def writing_control(request: HttpRequest) -> WritingControl | None:
    """For whoever may stop instances; None for others and where no HaloPSA is connected. One query."""
    if not request.user.has_perm("integrations.stop_instance"):
        return None
    may_observe = request.user.has_perm("integrations.stop_halocredential")
    modes = [_mode(row, may_observe) for row in credentials_of(request)]
    if not modes:
        return None
    told, tone = _of_all({(mode.told, mode.tone) for mode in modes})
    stopped = all(mode.credential.instance.writes_stopped for mode in modes)
    return WritingControl(told, tone, modes, stopped, request.get_full_path())


def told_of(row: HaloCredential) -> tuple[str, str]:
    """Word and tone for whether anything may be written with it now: the same on every page."""
    if row.instance.writes_stopped:
        return STOPPED
    if not row.enabled:
        return OFF
    if row.held_since:
        return HELD
    return WRITING if row.write_mode == WriteMode.WRITE else OBSERVING


def _mode(row: HaloCredential, may_observe: bool) -> Mode:
    told, tone = told_of(row)
    observe_url = admin_url(row, "only_observe") if row.write_mode == WriteMode.WRITE and may_observe else ""
    return Mode(row, told, tone, admin_url(row), observe_url)


def _of_all(told: set[tuple[str, str]]) -> tuple[str, str]:
    """Writing, if any credential may; stopped, if nothing is left that could at least be planned for."""
    return next((state for state in (WRITING, HELD, OBSERVING, STOPPED) if state in told), OFF)
