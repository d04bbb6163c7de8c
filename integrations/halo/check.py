"""The test of a HaloPSA credential: who answers, does it let us in, and what may we do there. Only reads."""

from __future__ import annotations

from integrations.halo import sentences
from integrations.halo.lists import fetch_page
from integrations.halo.permissions import (
    NEEDS,
    READ_CUSTOMERS,
    READ_TEAMS,
    REFUSED,
    UNKNOWN,
    WORKS,
    Need,
    state_of_write,
)
from integrations.halo.session import HaloSession
from integrations.halo.values import to_text
from integrations.net.errors import (
    BadAnswer,
    Forbidden,
    NetError,
    NotFound,
    RateLimited,
    Refused,
    Unauthorised,
    Unreachable,
)
from integrations.records import CheckResult, Permission

_NEVER_EMPTY = (READ_CUSTOMERS, READ_TEAMS)
"""Every HaloPSA has a client and a team: an empty list means that the Halo agent may see none."""


def fetch_check(session: HaloSession) -> CheckResult:
    """Seven calls. Never raises NetError; BudgetExhausted passes."""
    try:
        told_tenant = _look_at_server(session)
    except NetError as error:
        return CheckResult(ok=False, message=error.sentence)
    try:
        scopes = session.sign_in().scope
    except NetError as error:
        return CheckResult(ok=False, message=error.sentence + _tenant_hint(session, told_tenant))
    try:
        rows = [(need, _state(session, need, scopes)) for need in NEEDS]
        agent = fetch_agent_name(session)
    except (Unreachable, RateLimited) as error:
        return CheckResult(ok=False, message=error.sentence, scopes=scopes)
    return _result(rows, agent, scopes)


def _look_at_server(session: HaloSession) -> str:
    """The tenant that the server names. HaloPSA API: authinfo needs no token; it holds `auth_url`."""
    try:
        info = session.get_anonymous("/authinfo")
    except (NotFound, BadAnswer, Refused, Unauthorised, Forbidden) as error:
        raise sentences.not_a_halo(error, session.host) from None
    if not isinstance(info, dict) or not any(key.lower() == "auth_url" for key in info):
        raise sentences.not_a_halo(BadAnswer("No auth_url."), session.host)
    return to_text(info.get("tenant_id"))


def _state(session: HaloSession, need: Need, scopes: str) -> str:
    if need.writes:
        return state_of_write(need, scopes)
    try:
        rows = fetch_page(session, need.resource, "rows", size=1).rows
    except (Unauthorised, Forbidden):
        return REFUSED
    except (Unreachable, RateLimited):
        raise
    except NetError:
        return UNKNOWN
    return REFUSED if not rows and need in _NEVER_EMPTY else WORKS


def fetch_agent_name(session: HaloSession) -> str:
    """Name of the Halo agent that the application logs in as; '' where Halo does not say."""
    try:
        row = session.get("/Agent/me")
    except (Unreachable, RateLimited):
        raise
    except NetError:
        return ""
    return to_text(row.get("name")) if isinstance(row, dict) else ""


def _result(rows: list[tuple[Need, str]], agent: str, scopes: str) -> CheckResult:
    """Works if every essential reading does; a missing right to write is named, but stops no reading."""
    refused = [need for need, state in rows if state == REFUSED and need.essential]
    unknown = [need for need, state in rows if state == UNKNOWN and need.essential and not need.writes]
    message = f"Connected to HaloPSA as {agent}." if agent else "Connected to HaloPSA."
    if refused:
        missing = "; ".join(f"'{need.name}' needs {need.grant}" for need in refused)
        message = f"{message[:-1]}, but a permission is missing: {missing}."
    elif unknown:
        message = f"{message[:-1]}, but this could not be read: {', '.join(need.name for need in unknown)}."
    return CheckResult(
        ok=not unknown and all(need.writes for need in refused),
        message=message,
        details=tuple(Permission(need.name, state, need.needed_for, need.grant) for need, state in rows),
        agent_name=agent,
        scopes=scopes,
    )


def _tenant_hint(session: HaloSession, told: str) -> str:
    typed = session.access.tenant
    return f" HaloPSA itself names the tenant '{told}'." if told and told.lower() != typed.lower() else ""
