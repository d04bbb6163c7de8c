"""A console without a network side: staff upload its companies, computers and events as spreadsheets."""

from __future__ import annotations

from integrations.connectors.base import Abilities, Connector
from integrations.records import CheckResult


class SpreadsheetConnector(Connector):
    kind = "spreadsheet"
    label = "Spreadsheets (CSV or XLSX)"
    abilities = Abilities(uploaded=True, list_proves_existence=True)

    def _probe(self) -> CheckResult:
        return CheckResult(ok=True, message="Ready: this console waits for spreadsheets to be uploaded.")
