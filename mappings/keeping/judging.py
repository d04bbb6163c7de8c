"""Which companies' changes are small enough to happen by themselves. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mappings.models import SyncLimits


@dataclass(slots=True)
class Tally:
    """What a scheduled update would do to the assets of one company. `assets`: those that it has now."""

    company: str
    assets: int = 0
    creates: int = 0
    updates: int = 0
    deactivations: int = 0
    held: int = 0
    """Assets that would become inactive, and that the loss guard holds back."""

    @property
    def changes(self) -> int:
        return self.creates + self.updates + self.deactivations


def why_it_waits(limits: SyncLimits | None, tallies: dict[int, Tally]) -> dict[int, str]:
    """By company: why its changes wait for an approval; the others may happen by themselves.

    `limits`: as staff have saved them; without any nothing happens by itself.
    """
    reasons = {key: reason for key, tally in tallies.items() if (reason := _own_reason(limits, tally))}
    if limits is None:
        return reasons
    free = [tally for key, tally in tallies.items() if key not in reasons]
    gone = sum(tally.deactivations for tally in free)
    if gone > limits.most_deactivations:
        told = f"{gone} assets would be made inactive in one run, more than {limits.most_deactivations}"
        reasons |= {k: told for k, tally in tallies.items() if k not in reasons and tally.deactivations}
    return reasons


def _own_reason(limits: SyncLimits | None, tally: Tally) -> str:
    if not tally.changes and not tally.held:
        return ""
    if limits is None:
        return "nobody has set limits for updates without approval"
    if tally.held:
        return f"{tally.held} assets would be made inactive at once"
    whole = tally.assets + tally.creates
    too_many = tally.changes * 100 > limits.most_share * whole
    if tally.changes > limits.always_allowed and too_many:
        return f"{tally.changes} of {whole} assets would change, more than {limits.most_share} %"
    return ""


NAMED = 3


def in_words(tallies: dict[int, Tally], reasons: dict[int, str], changes: int) -> str:
    """What waits and why, as a sentence for staff."""
    companies = [(tallies[key].company, reason) for key, reason in reasons.items()]
    one = len(companies) == 1
    told = _grouped(sorted(companies))
    whose = "1 company" if one else f"{len(companies)} companies"
    what = "1 asset change" if changes == 1 else f"{changes} asset changes"
    verb = "waits" if changes == 1 else "wait"
    return f"{what} of {whose} {verb} for an approval: {told}."


def _grouped(companies: Sequence[tuple[str, str]]) -> str:
    """The first ones by name; where all have the same reason it is told once."""
    names = ", ".join(name for name, _ in companies[:NAMED]) + (" …" if len(companies) > NAMED else "")
    if len({reason for _, reason in companies}) == 1:
        return f"{names} ({companies[0][1]})"
    shown = [f"{name} ({reason})" for name, reason in companies[:NAMED]]
    return ", ".join(shown) + (" …" if len(companies) > NAMED else "")
