"""What came of asking: tests of connections, rights, and writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Outcome of testing a credential or a console: one sentence that staff can act on."""

    ok: bool
    message: str
    details: tuple[Permission, ...] = ()
    agent_name: str = ""
    scopes: str = ""
    refused_scopes: str = ""
    """Of the scopes that were asked for, those which HaloPSA does not know or allow."""
    agent: AgentRecord | None = None
    authorisation_server: str = ""
    """Where HaloPSA itself says that tokens are given; '' where it does not say."""
    tenant: str = ""
    """The tenant that HaloPSA itself names; '' where it names none."""
    listed: Mapping[str, int] = field(default_factory=dict)
    """Rows that HaloPSA says it has, by `choices.Resource`: what a forecast is made of."""
    advice: tuple[str, ...] = ()
    """Sentences for staff about what works, but should not be so."""


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """The Halo agent (technician) that an application logs in as. None: HaloPSA does not say."""

    halo_id: int | None
    name: str
    is_api_only: bool | None = None
    is_administrator: bool | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that the bridge wants to do. `state` is works, refused or unknown.

    `scope`, `application_permission` and `agent_permission` are what to grant for it, by HaloPSA's own names;
    `grant` says it in one sentence. `reason` is what HaloPSA answered where it was refused.
    """

    name: str
    state: str
    needed_for: str
    grant: str = ""
    key: str = ""
    scope: str = ""
    application_permission: str = ""
    agent_permission: str = ""
    essential: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """What Halo said to one object that was sent. `outcome` is a value of `choices.Answer`."""

    outcome: str
    halo_id: int | None = None
    message: str = ""
    safe_to_repeat: bool = False
    """True where the connection was never made, so that nothing can have been executed."""
    batch: tuple[dict[str, Any], ...] = ()
    status: int | None = None
    """The HTTP status of a failed write, if there was an answer."""
