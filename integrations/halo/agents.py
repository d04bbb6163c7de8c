"""The Halo agent that an application logs in as, and what staff should know about it."""

from __future__ import annotations

from integrations.halo.session import HaloSession
from integrations.halo.values import to_id, to_text, to_told
from integrations.net.errors import NetError, RateLimited, Unreachable
from integrations.records import AgentRecord

_UNKNOWN = (
    "HaloPSA does not say which Halo agent this application logs in as: check that the application has login "
    "type 'Agent' and an agent of its own for the bridge. With few scopes HaloPSA may not tell it at all."
)
_NO_API_AGENT = (
    "The Halo agent '{name}' is a person's account, not an API-only agent: it takes a named licence, and "
    "what the bridge writes bears its name. Use an agent of its own and tick 'Is an API-only Agent' there."
)
_ADMINISTRATOR = (
    "The Halo agent '{name}' is an administrator and may do more than the bridge needs: take that role away "
    "and grant what the table of permissions names."
)


def fetch_agent(session: HaloSession) -> AgentRecord | None:
    """The agent by `/Agent/me`; None where Halo does not say. One call.

    HaloPSA API: `isapiagent`, `is_admin`; either may be left out. Raises NetError only where no call would
    work.
    """
    try:
        row = session.get("/Agent/me")
    except (Unreachable, RateLimited):
        raise
    except NetError:
        return None
    if not isinstance(row, dict) or not to_text(row.get("name")):
        return None
    return AgentRecord(
        halo_id=to_id(row.get("id")),
        name=to_text(row.get("name")),
        is_api_only=to_told(row.get("isapiagent")),
        is_administrator=to_told(row.get("is_admin")),
    )


def advice_about(agent: AgentRecord | None) -> tuple[str, ...]:
    """Sentences for staff about what works, but should not be so. What Halo does not say is no fault."""
    if agent is None:
        return (_UNKNOWN,)
    found = []
    if agent.is_api_only is False:
        found.append(_NO_API_AGENT.format(name=agent.name))
    if agent.is_administrator:
        found.append(_ADMINISTRATOR.format(name=agent.name))
    return tuple(found)
