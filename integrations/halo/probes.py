"""What may be read: one small call for each thing. Writing is never probed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from integrations.choices import Resource
from integrations.halo.lists import fetch_page
from integrations.halo.permissions import (
    READ_SOFTWARE,
    READING,
    REFUSED,
    UNKNOWN,
    WORKS,
    WRITING,
    Need,
    holds,
    state_of_write,
)
from integrations.halo.session import HaloSession
from integrations.halo.values import to_id
from integrations.net.errors import Forbidden, NetError, RateLimited, Unauthorised, Unreachable
from integrations.records import Permission

_NEVER_EMPTY = ("/Client", "/Team")
"""Every HaloPSA has a client and a team: an empty list means that the Halo agent may see none."""

_PATHS: dict[str, tuple[str, ...]] = {"read_assets": ("/Asset",)}
"""Where fewer lists are looked at than a right opens: their own rights follow those of the first."""

_PARAMETERS: dict[str, dict[str, Any]] = {
    "/Asset": {"noicon": True},
    "/FieldInfo": {"typeid": 1},
}
_LISTED = {
    "/Client": Resource.CLIENTS,
    "/Site": Resource.SITES,
    "/Users": Resource.USERS,
    "/Asset": Resource.ASSETS,
    "/SoftwareLicence": Resource.LICENCES,
}


@dataclass(slots=True)
class Looks:
    """What was seen. `listed`: rows that HaloPSA says it has, inactive ones included, by `Resource`."""

    rows: list[Permission] = field(default_factory=list)
    listed: dict[str, int] = field(default_factory=dict)
    an_asset: int | None = None


def look(session: HaloSession, granted: str, refused: str) -> Looks:
    """One row for each thing that the bridge wants to do, in the order of the table.

    One call for each list. Raises Unreachable and RateLimited, for then nothing is known of the rest.
    """
    looks = Looks()
    for need in READING:
        state, words = _read(session, need, looks)
        reason = _why_no_scope(session, need, granted, refused) or words if state == REFUSED else words
        looks.rows.append(_row(need, state, reason))
    for need in WRITING:
        state = state_of_write(need, granted)
        reason = _why_no_scope(session, need, granted, refused) if state == REFUSED else ""
        looks.rows.append(_row(need, state, reason))
    return looks


def _read(session: HaloSession, need: Need, looks: Looks) -> tuple[str, str]:
    """The state of a right to read, and a sentence where it does not work."""
    if need is READ_SOFTWARE and looks.an_asset is None:
        return UNKNOWN, "There is no asset of which it could be read."
    for path in _PATHS.get(need.key, need.paths):
        try:
            rows = _page(session, path, looks)
        except (Unauthorised, Forbidden) as error:
            return REFUSED, f"HaloPSA answered {error.status} to {path}."
        except (Unreachable, RateLimited):
            raise
        except NetError as error:
            return UNKNOWN, error.sentence
        if not rows and path in _NEVER_EMPTY:
            return REFUSED, f"HaloPSA shows nothing at {path}: its Halo agent may see none."
    return WORKS, ""


def _page(session: HaloSession, path: str, looks: Looks) -> list[Any]:
    parameters = dict(_PARAMETERS.get(path, {}))
    if path == "/AssetSoftware":
        parameters["device_id"] = looks.an_asset
    if path in _LISTED:
        parameters |= {"includeactive": True, "includeinactive": True}
    page = fetch_page(session, path, "rows", size=1, **parameters)
    if path in _LISTED and page.total is not None:
        looks.listed[_LISTED[path].value] = page.total
    if path == "/Asset":
        looks.an_asset = next(_ids(page.rows), None)
    return page.rows


def _ids(rows: list[Any]) -> Iterator[int]:
    yield from (found for row in rows if (found := to_id(row.get("id"))) is not None)


def _why_no_scope(session: HaloSession, need: Need, granted: str, refused: str) -> str:
    """'' where the scope is there, or where it is not known: then it is not what is missing."""
    if not need.scope or not granted or holds(granted.split(), need.scope):
        return ""
    asked = session.access.scopes.split()
    edit = need.scope.replace("read:", "edit:")
    if not {need.scope, edit} & set(asked):
        return f"The scope {need.scope} is not among the scopes of this credential."
    if {need.scope, edit} & set(refused.split()):
        return f"HaloPSA does not know or allow the scope {need.scope} for this application."
    return f"HaloPSA gave no scope {need.scope}."


def _row(need: Need, state: str, reason: str) -> Permission:
    return Permission(
        name=need.name,
        state=state,
        needed_for=need.needed_for,
        grant=need.grant,
        key=need.key,
        scope=need.scope,
        application_permission=need.application_permission,
        agent_permission=need.agent_permission,
        essential=need.essential,
        reason=reason,
    )


def wanted(session: HaloSession, need: Need) -> bool:
    """Whether the credential asks for it at all: what it does not ask for is not missing."""
    return not need.scope or holds(session.access.scopes.split(), need.scope)
