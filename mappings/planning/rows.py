"""One row of a plan, before it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from integrations.choices import Action

ORDER = (Action.CREATE, Action.UPDATE, Action.DEACTIVATE, Action.LINK, Action.SKIP)
"""As the rows of a plan are shown."""
WRITES = frozenset({Action.CREATE, Action.UPDATE, Action.DEACTIVATE})
"""Actions that change Halo; the others only tell."""


@dataclass(frozen=True, slots=True)
class Change:
    """Shapes of `before` and `after` (all ids are Halo's own):

    create: {} → {asset_type_id, asset_type_name, client_id, client_name, site_id, site_name,
    inventory_number, fields} · update: {halo_id, fields} → {fields}, changed ones only, and on both sides
    client, site and asset type (id and name, as in a create) where staff change those · deactivate:
    {halo_id, inactive} → {inactive} · link: {} → {halo_id, name} · skip: nothing, but for a reason.
    `fields` is {"<place>": {"name": …, "value": …}}, places and rows as in `mappings.targets`. The subject
    is a `computer`, a `computer_mapping` or (its asset was taken apart) a `refused_pair`.
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


def subject_of(computer: str, company: str) -> str:
    return f"{computer} ({company})" if company else computer
