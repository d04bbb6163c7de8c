"""Whether somebody has worked on a ticket of ours. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from integrations.records import ActionRecord


def worked_on_by(actions: Sequence[ActionRecord], markers: Collection[str], our_agent_id: int | None) -> str:
    """Who has acted on the ticket besides the bridge, or ''. A Halo agent, an end user, another program.

    Ours are the actions of the Halo agent that we are logged in as, and whatever bears one of the markers.
    HaloPSA API: what Halo does by itself has no agent and nobody's name.
    """
    for action in sorted(actions, key=lambda action: action.halo_id):
        ours = action.agent_id == our_agent_id if our_agent_id and action.agent_id else False
        if ours or any(marker in action.note for marker in markers):
            continue
        if action.agent_id or action.who:
            return action.who or f"the Halo agent {action.agent_id}"
    return ""
