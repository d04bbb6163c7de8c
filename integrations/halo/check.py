"""The test of a HaloPSA credential: who answers, does it let us in, and what may we do there. Only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from integrations.halo import sentences
from integrations.halo.addresses import AddressError, normalise_authorisation_server, normalise_tenant
from integrations.halo.agents import advice_about, fetch_agent
from integrations.halo.permissions import (
    NEEDS,
    READ_ASSETS,
    READ_CUSTOMERS,
    READ_TICKETS,
    REFUSED,
    UNKNOWN,
    WORKS,
    Need,
)
from integrations.halo.probes import Looks, look, wanted
from integrations.halo.session import HaloSession
from integrations.halo.signing import Signed, sign_in
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
from integrations.records import AgentRecord, CheckResult, Permission

_MAIN = (READ_CUSTOMERS.key, READ_ASSETS.key, READ_TICKETS.key)
_NEEDS = {need.key: need for need in NEEDS}


def fetch_check(session: HaloSession) -> CheckResult:
    """Thirteen calls at most, and more where a scope is refused. Never raises NetError.

    BudgetExhausted passes. `details` are the rows that could be judged: where HaloPSA was not reached or gave
    no token, nothing is said about the others.
    """
    try:
        told = _look_at_server(session)
    except NetError as error:
        return CheckResult(ok=False, message=error.sentence, details=(_reach(REFUSED, error.sentence),))
    found = _sign_in_and_look(session, told)
    return replace(found, authorisation_server=told.authorisation_server, tenant=told.tenant)


@dataclass(frozen=True, slots=True)
class _Told:
    """What HaloPSA tells of itself to anybody; '' for what it does not tell, or tells in no usable form."""

    authorisation_server: str
    tenant: str


def _sign_in_and_look(session: HaloSession, told: _Told) -> CheckResult:
    rows = [_reach(WORKS)]
    try:
        signed = sign_in(session)
    except NetError as error:
        message = error.sentence + _hint(session, told)
        return CheckResult(ok=False, message=message, details=(*rows, _token(REFUSED, message)))
    rows.append(_token(WORKS))
    try:
        looks = look(session, signed.granted, signed.refused)
        agent = fetch_agent(session)
    except (Unreachable, RateLimited) as error:
        return CheckResult(
            ok=False,
            message=error.sentence,
            details=tuple(rows),
            scopes=signed.granted,
            refused_scopes=signed.refused,
        )
    return _result(session, signed, Looks([*rows, *looks.rows], looks.listed), agent)


def _look_at_server(session: HaloSession) -> _Told:
    """HaloPSA API: authinfo needs no token and holds `auth_url` and `tenant_id`."""
    try:
        info = session.get_anonymous("/authinfo")
    except (NotFound, BadAnswer, Refused, Unauthorised, Forbidden) as error:
        raise sentences.not_a_halo(error, session.host) from None
    told = {key.lower(): value for key, value in info.items()} if isinstance(info, dict) else {}
    if "auth_url" not in told:
        raise sentences.not_a_halo(BadAnswer("No auth_url."), session.host)
    return _Told(_usable(normalise_authorisation_server, told["auth_url"]), _tenant_of(told))


def _tenant_of(told: Mapping[str, Any]) -> str:
    return _usable(normalise_tenant, told.get("tenant_id"))


def _usable(normalise: Callable[[str], str], value: object) -> str:
    try:
        return normalise(to_text(value)) if to_text(value) else ""
    except AddressError:
        return ""


def fetch_agent_name(session: HaloSession) -> str:
    """Name of the Halo agent that the application logs in as; '' where Halo does not say."""
    agent = fetch_agent(session)
    return agent.name if agent else ""


def _reach(state: str, reason: str = "") -> Permission:
    return Permission(
        name="Reach HaloPSA",
        state=state,
        needed_for="everything",
        grant="the resource server of Configuration > Integrations > HaloPSA API, reachable from here",
        key="reachable",
        reason=reason,
    )


def _token(state: str, reason: str = "") -> Permission:
    return Permission(
        name="Sign in (token)",
        state=state,
        needed_for="everything",
        grant="application with authentication method 'Client ID and Secret (Services)', login type 'Agent'",
        key="token",
        reason=reason,
    )


# ---- what it comes to -----------------------------------------------------------------------


def _result(session: HaloSession, signed: Signed, looks: Looks, agent: AgentRecord | None) -> CheckResult:
    """Works if clients can be read, and assets or tickets; all else that is missing is switched off."""
    refused = [_NEEDS[row.key] for row in looks.rows if row.state == REFUSED and row.key in _NEEDS]
    unknown = [row for row in looks.rows if row.key in _MAIN and row.state == UNKNOWN]
    usable = READ_CUSTOMERS not in refused and not {READ_ASSETS, READ_TICKETS} <= set(refused)
    return CheckResult(
        ok=usable and not unknown,
        message=_message(session, refused, unknown, agent, usable=usable),
        details=tuple(looks.rows),
        agent_name=agent.name if agent else "",
        scopes=signed.granted,
        refused_scopes=signed.refused,
        agent=agent,
        listed=looks.listed,
        advice=advice_about(agent),
    )


def _message(
    session: HaloSession,
    refused: Sequence[Need],
    unknown: Sequence[Permission],
    agent: AgentRecord | None,
    *,
    usable: bool,
) -> str:
    connected = f"Connected to HaloPSA as {agent.name}" if agent else "Connected to HaloPSA"
    missing = [need for need in refused if _is_missed(session, need, usable=usable)]
    if missing:
        told = "; ".join(f"'{need.name}' needs {need.grant}" for need in missing)
        return f"{connected}, but a permission is missing: {told}."
    if unknown:
        names = ", ".join(f"{row.name}{_because(row)}" for row in unknown)
        return f"{connected}, but this could not be read: {names}."
    return f"{connected}."


def _is_missed(session: HaloSession, need: Need, *, usable: bool) -> bool:
    """Extras are never missed, other things where the credential asks for them or can't be used without."""
    if need.key in _MAIN and not usable:
        return True
    return (need.key in _MAIN or need.writes) and wanted(session, need)


def _because(row: Permission) -> str:
    return f" ({row.reason.rstrip('.')})" if row.reason else ""


def _hint(session: HaloSession, told: _Told) -> str:
    """Where HaloPSA names another tenant or authorisation server than was typed."""
    access, hints = session.access, list[str]()
    if told.tenant and told.tenant.lower() != access.tenant.lower():
        hints.append(f" HaloPSA itself names the tenant '{told.tenant}'.")
    named = told.authorisation_server
    if named and f"{named}/token" != access.token_url:
        hints.append(
            f" HaloPSA itself names {named} as its authorisation server, not the one that was asked."
        )
    return "".join(hints)
