"""From stored rows to open doors: sessions, readers and connectors for a credential or a console.

Nothing is imported before it is needed: connectors and the Halo client are known by dotted path only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from integrations.choices import Purpose
from integrations.models import Console, HaloCredential
from integrations.models.fields import UNREADABLE, is_unreadable
from integrations.net.auth import Token, TokenStore
from integrations.net.errors import NoSecret
from integrations.registry import connector_class
from integrations.runs.budget import BudgetGate
from integrations.runs.pauses import WRITE_LIMIT, scaled

if TYPE_CHECKING:
    from integrations.connectors.base import Connector
    from integrations.halo.permissions import Need
    from integrations.halo.reader import HaloReader
    from integrations.halo.session import HaloSession

HALO_SESSION = "integrations.halo.session.HaloSession"
HALO_ACCESS = "integrations.halo.session.HaloAccess"
HALO_READER = "integrations.halo.reader.HaloReader"
CONSOLE_ACCESS = "integrations.connectors.base.ConsoleAccess"
HALO_NEEDS = ("integrations.halo.permissions.NEEDS", "integrations.halo.permissions.CREATE_ASSET_TYPES")
LIMITS = "integrations.net.http.Limits"


class StoredToken:
    """The access token of one credential or console, shared by all processes through its (encrypted) row."""

    def __init__(self, row: HaloCredential | Console) -> None:
        self._rows: QuerySet[Any] = type(row)._default_manager.filter(pk=row.pk)
        self._scopes = ("granted_scopes",) if isinstance(row, HaloCredential) else ()

    def load(self) -> Token | None:
        row = self._rows.values_list("access_token", "token_expires_at", *self._scopes).first()
        if row is None or not row[0] or row[1] is None or row[1] <= timezone.now():
            return None
        return Token(row[0], row[1], *row[2:])

    def save(self, token: Token) -> None:
        scopes = dict.fromkeys(self._scopes, token.scope[:500])
        self._rows.update(access_token=token.access_token, token_expires_at=token.expires_at, **scopes)

    def drop(self, access_token: str) -> None:
        """Forget this token, unless another process has already stored a newer one."""
        row = self._rows.values_list("access_token", "token_expires_at").first()
        if row and row[0] == access_token:
            self._rows.filter(token_expires_at=row[1]).update(access_token="", token_expires_at=None)


class PassingToken:
    """A token that is kept nowhere: for servers that are only looked at."""

    def load(self) -> Token | None:
        return None

    def save(self, token: Token) -> None:
        """The session holds it for as long as it lasts."""

    def drop(self, access_token: str) -> None:
        """Nothing is stored."""


def halo_needs() -> tuple[Need, ...]:
    """What the bridge wants to do in HaloPSA and what has to be ticked for it there, for whoever shows it."""
    table, extra = (import_string(path) for path in HALO_NEEDS)
    return (*table, extra)


def open_session(
    credential: HaloCredential, purpose: Purpose, tokens: TokenStore | None = None
) -> HaloSession:
    """A session of this credential; each of its calls takes a permit for `purpose`. Raises `NoSecret`."""
    _has_to_be_readable(credential.client_secret)
    access = import_string(HALO_ACCESS)(
        resource_server=credential.resource_server,
        authorisation_server=credential.authorisation_server,
        tenant=credential.tenant,
        client_id=credential.client_id,
        client_secret=credential.client_secret,
        scopes=credential.scopes,
        refused_scopes=credential.refused_scopes,
        allow_private=tuple(settings.HALOBRIDGE_ALLOW_PRIVATE_HOSTS),
        ca_bundle=settings.HALOBRIDGE_CA_BUNDLE or None,
    )
    total = max(5.0, scaled(WRITE_LIMIT))
    limits = import_string(LIMITS)(connect=10, read=total, total=total)
    session: HaloSession = import_string(HALO_SESSION)(
        access,
        tokens=tokens or StoredToken(credential),
        gate=BudgetGate(credential, purpose),
        limits=limits,
    )
    return session


def _has_to_be_readable(secret: object) -> None:
    if is_unreadable(secret):
        raise NoSecret(UNREADABLE)


def open_reader(session: HaloSession) -> HaloReader:
    reader: HaloReader = import_string(HALO_READER)(session)
    return reader


def open_connector(console: Console) -> Connector:
    """The console's connector, ready to read. Raises `UnknownKind` and `NoSecret`."""
    _has_to_be_readable(console.credentials)
    connector = connector_class(console.kind)
    access = import_string(CONSOLE_ACCESS)(
        base_url=console.base_url or connector.default_base_url,
        credentials=console.credentials,
        time_zone=console.time_zone,
        allow_private=tuple(settings.HALOBRIDGE_ALLOW_PRIVATE_HOSTS),
        ca_bundle=settings.HALOBRIDGE_CA_BUNDLE or None,
        tokens=StoredToken(console) if console.pk else None,
    )
    return connector(access)
