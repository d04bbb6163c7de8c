"""One row of a plan, before it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from integrations.choices import Action

ASSETS, UNDO, ASSET_TYPES, ASSET_SHEET = "assets", "undo", "asset_types", "asset_sheet"
"""Kinds of plan: of an export, of taking a run of one back, of asset types that are missing, of an imported
sheet of assets."""
MOVE, OFFBOARD = "move", "offboard"
"""Kinds of plan: another client or site for a company that is mapped; an end to looking after it."""
COMPUTER_MAPPING = "computer_mapping"
"""The usual subject of a row."""
COMPANY_MAPPING, COMPUTER = "company_mapping", "computer"
TICKET = "ticket"
"""Subject of rows that the floor above adds, and compares when it sends them."""
ORDER = (
    Action.CREATE,
    Action.UPDATE,
    Action.CLOSE,
    Action.DEACTIVATE,
    Action.LINK,
    Action.UNLINK,
    Action.SKIP,
)
"""As the rows of a plan are shown."""
COUNTED = tuple(action for action in ORDER if action not in (Action.UNLINK, Action.CLOSE))
"""Actions that a plan counts also where there are none of them."""
WRITES = frozenset({Action.CREATE, Action.UPDATE, Action.CLOSE, Action.DEACTIVATE})
"""Actions that change Halo."""
LOCAL = frozenset({Action.LINK, Action.UNLINK})
"""Actions that change our side alone, where they are selected; the others only tell."""


ASKED = "tick it if you want that."
"""Ends the reason of a change that is left to staff, unticked: another console still has the asset."""
LOCATIONS = "locations"
"""In the link of a company mapping: by our id of a location, its name and site (`value`, Halo's id; none: the
default site)."""
MAPPING = "mapping_id"
"""Where a computer was unlinked, and is to be linked again: our id of its mapping."""


class NotPlannable(ValueError):
    """The plan cannot be made; the text is a sentence for staff."""


@dataclass(frozen=True, slots=True)
class Change:
    """Shapes of `before` and `after` (all ids are Halo's own):

    create: {} → {asset_type_id, asset_type_name, client_id, client_name, site_id, site_name,
    inventory_number, fields} · update: {halo_id, fields} → {fields}, changed ones only, and on both sides
    client, site and asset type (id and name, as in a create) where staff change those · deactivate:
    {halo_id, inactive} → {inactive} · link: {} → {halo_id, name} · skip: nothing, but for a reason.
    An update that makes an asset active again has `inactive` as well; `status_id` and `status_name` are
    there where a rule for gone assets changes the status. A plan of another client or site has, besides, a
    selected link of a `company_mapping` (client, site and lost `locations` on both sides) and unlinks of
    computers ({halo_id, name, client_name} → {}): those change our side alone. An asset type (kind
    `asset_type`, by its place in the plan) has `name`, group, key fields and fields, each as `…_id` and
    `…_name`. An empty `inventory_number` leaves the tag to HaloPSA.
    `fields` is {"<place>": {"name": …, "value": …}}, places and rows as in `mappings.targets`. The subject
    is a `computer`, a `computer_mapping`, (its asset was taken apart) a `refused_pair` or, of an imported
    sheet, a `sheet_asset`.
    """

    action: str
    subject: str
    subject_kind: str
    subject_id: int
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    selected: bool = True

    @property
    def key(self) -> tuple[str, int]:
        return self.subject_kind, self.subject_id

    @property
    def place(self) -> tuple[int, str, str, int]:
        return ORDER.index(Action(self.action)), self.subject.casefold(), *self.key


def skip(subject: str, subject_kind: str, subject_id: int, reason: str) -> Change:
    return Change(Action.SKIP.value, subject, subject_kind, subject_id, reason=reason, selected=False)


def held_words(run_id: int | None) -> str:
    """Why a held mapping is left alone."""
    return f"Held until released: undone by run {run_id}." if run_id else "Held until released."


def subject_of(computer: str, company: str) -> str:
    return f"{computer} ({company})" if company else computer


def told_of(computer: str, company: str | None, console: str) -> str:
    """A computer beside its own twin: names may be equal, so the console is told."""
    return f"{computer} of {company or 'no company'} in {console}"
