"""Which consoles there are. A literal table; a connector is imported when it is first needed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from integrations.connectors.base import Connector
    from integrations.records import MailPreset

CONNECTORS: Final[dict[str, tuple[str, str]]] = {
    # kind: (label, dotted path)
    "msp360": ("MSP360 Managed Backup", "integrations.connectors.msp360.connector.Msp360Connector"),
    "ninjaone": ("NinjaOne", "integrations.connectors.ninjaone.connector.NinjaOneConnector"),
    "tactical_rmm": ("Tactical RMM", "integrations.connectors.tactical_rmm.connector.TacticalRmmConnector"),
    "ncentral": ("N-able N-central", "integrations.connectors.ncentral.connector.NCentralConnector"),
    "itglue": ("IT Glue", "integrations.connectors.itglue.connector.ITGlueConnector"),
    "scalepad": ("ScalePad", "integrations.connectors.scalepad.connector.ScalePadConnector"),
    "datto_rmm": ("Datto RMM", "integrations.connectors.datto_rmm.connector.DattoRmmConnector"),
    "connectwise_rmm": (
        "ConnectWise RMM (Asio)",
        "integrations.connectors.connectwise_rmm.connector.ConnectWiseRmmConnector",
    ),
    "connectwise_automate": (
        "ConnectWise Automate",
        "integrations.connectors.connectwise_automate.connector.ConnectWiseAutomateConnector",
    ),
    "connectsecure": (
        "ConnectSecure",
        "integrations.connectors.connectsecure.connector.ConnectSecureConnector",
    ),
    "email": ("Mailbox (alert mails)", "integrations.connectors.email.connector.EmailConnector"),
    "spreadsheet": (
        "Spreadsheets (CSV or XLSX)",
        "integrations.connectors.spreadsheet.connector.SpreadsheetConnector",
    ),
    "push": ("Any tool that sends JSON (push)", "integrations.connectors.push.connector.PushConnector"),
}


class UnknownKind(LookupError):
    """No connector has this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no kind of console called {kind!r}; known: {', '.join(CONNECTORS)}.")


def console_kinds() -> list[tuple[str, str]]:
    """(kind, label) of every console, for the choices of forms and models."""
    return [(kind, label) for kind, (label, _) in CONNECTORS.items()]


def mail_presets(kind: str) -> tuple[MailPreset, ...]:
    """How the vendor's alert mails look; empty where nobody has written it down. Raises `UnknownKind`."""
    name = f"{connector_class(kind).__module__.rpartition('.')[0]}.mails"
    if find_spec(name) is None:
        return ()
    found: tuple[MailPreset, ...] = import_module(name).PRESETS
    return found


def connector_class(kind: str) -> type[Connector]:
    """The connector's class. Raises `UnknownKind`."""
    if kind not in CONNECTORS:
        raise UnknownKind(kind)
    found: type[Connector] = import_string(CONNECTORS[kind][1])
    return found
