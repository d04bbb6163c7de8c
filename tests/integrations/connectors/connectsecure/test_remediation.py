"""Remediation of ConnectSecure: the same rows cut in four ways, and what of them is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.catalogue import REMEDIATION_CHOICES
from integrations.connectors.connectsecure.parse import products
from integrations.records import CompanyRecord, EventRecord
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

ALL = frozenset(REMEDIATION_CHOICES)
COMPANY = CompanyRecord("412", "Harbour Dental Group")


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("connectsecure") as found:
        yield found


def make_row(**fields: Any) -> dict[str, Any]:
    usual = {"company_id": 412, "asset_id": 7, "host_name": "SRV01", "product": "Google Chrome 120.0.6099.71"}
    return {
        **usual,
        "fix": "122.0.1",
        "severity": "high",
        "first_vul_discovered": "2026-03-01T00:00:00Z",
        **fields,
    }


def cut(*rows: dict[str, Any], wanted: frozenset[str] = ALL) -> dict[str, EventRecord]:
    found = products.Remediation(COMPANY, wanted)
    for row in rows:
        one = products.fix(row, UTC)
        if one is not None:
            found.add(one)
    return {event.series_key: event for event in found.events()}


def test_the_same_fixes_are_cut_in_four_ways() -> None:
    found = cut(
        make_row(),
        make_row(asset_id=8, host_name="PC08", product="Google Chrome 121.0"),
        make_row(product="7-Zip 19.00 (x64)"),
    )

    assert {key: event.raw["fixes"] for key, event in found.items()} == {
        "remediation.by_company:412": 3,
        "remediation.by_asset:412:7": 2,
        "remediation.by_asset:412:8": 1,
        "remediation.by_product:412:google chrome": 2,
        "remediation.by_product:412:7-zip (x64)": 1,
        "remediation.by_asset_and_product:7:google chrome": 1,
        "remediation.by_asset_and_product:8:google chrome": 1,
        "remediation.by_asset_and_product:7:7-zip (x64)": 1,
    }
    assert all(event.external_id == key for key, event in found.items())


def test_only_the_cuts_that_are_wanted_are_made() -> None:
    found = cut(make_row(), wanted=frozenset({"remediation.by_product"}))

    assert list(found) == ["remediation.by_product:412:google chrome"]


@pytest.mark.parametrize(
    ("named", "keys", "unknown"),
    [
        ("", ALL, []),
        (" , ", ALL, []),
        ("Company", {"remediation.by_company"}, []),
        ("asset and product, product", {"remediation.by_asset_and_product", "remediation.by_product"}, []),
        ("asset_and_product", {"remediation.by_asset_and_product"}, []),
        ("asset, colour", {"remediation.by_asset"}, ["colour"]),
    ],
)
def test_staff_choose_the_cuts_by_their_names(named: str, keys: set[str], unknown: list[str]) -> None:
    assert products.choices(named) == (frozenset(keys), unknown)


@pytest.mark.parametrize(
    ("product", "key"),
    [
        ("Google Chrome 120.0.6099.71", "google chrome"),
        ("Google  Chrome v121.0", "google chrome"),
        ("Windows Server 2022", "windows server 2022"),
        ("Microsoft Visual C++ 2015 - 14.38.33135", "microsoft visual c++ 2015"),
        ("7-Zip", "7-zip"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_a_product_counts_without_its_version(product: str, key: str) -> None:
    assert products.product_key(product) == key


def test_another_fix_makes_an_event_news_and_a_later_scan_does_not() -> None:
    key = "remediation.by_company:412"
    first = cut(make_row(last_vul_discovered="2026-03-02T00:00:00Z"))[key]
    scanned = cut(make_row(last_vul_discovered="2026-03-09T00:00:00Z"))[key]
    more = cut(make_row(), make_row(product="7-Zip", first_vul_discovered="2026-03-05T00:00:00Z"))[key]

    assert first.occurred_at == scanned.occurred_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert more.occurred_at == datetime(2026, 3, 5, tzinfo=UTC)


def test_rows_without_any_time_have_none() -> None:
    assert cut(make_row(first_vul_discovered=None))["remediation.by_company:412"].occurred_at is None


def test_the_worst_severity_is_that_of_the_event() -> None:
    rows = (
        make_row(severity="low"),
        make_row(severity="Critical", asset_id=8),
        make_row(severity=None, asset_id=9),
    )
    found = cut(*rows)["remediation.by_company:412"]

    assert found.severity == "critical"
    assert [finding.severity for finding in found.findings] == ["critical", "medium", "low"]
    assert "Fixes: 3 (1 critical, 1 medium, 1 low)" in found.message


def test_a_row_without_severity_takes_the_worst_of_its_vulnerabilities() -> None:
    one = products.fix(
        make_row(severity="", critical_vuls_count=0, high_vuls_count="2", low_vuls_count=9), UTC
    )

    assert one is not None
    assert one.severity == "high"


def test_a_finding_says_what_to_bring_where() -> None:
    row = make_row(software_version=["120.0", "119.0"], problem_name="CVE-2026-0001")
    (finding,) = cut(row)["remediation.by_asset:412:7"].findings

    assert (finding.product, finding.installed_version, finding.fixed_version) == (
        "Google Chrome 120.0.6099.71",
        "120.0, 119.0",
        "122.0.1",
    )
    assert (finding.asset, finding.cve, finding.severity) == ("SRV01", "CVE-2026-0001", "high")


@pytest.mark.parametrize(
    "fields",
    [{"is_suppressed": True}, {"is_remediated": "true"}, {"product": None, "fix": " "}],
)
def test_what_is_done_suppressed_or_nameless_is_left_out(fields: dict[str, Any]) -> None:
    assert cut(make_row(**fields)) == {}


def test_a_row_without_asset_counts_for_company_and_product_only() -> None:
    found = cut(make_row(asset_id=None))

    assert set(found) == {"remediation.by_company:412", "remediation.by_product:412:google chrome"}


def test_titles_name_product_number_of_assets_and_company() -> None:
    found = cut(make_row(), make_row(asset_id=8, host_name=""))

    assert {event.title for event in found.values()} == {
        "Remediation by Company – Harbour Dental Group",
        "Google Chrome – 2 assets – Harbour Dental Group",
        "Remediation by Asset – SRV01",
        "Remediation by Asset – asset 8",
        "Google Chrome – SRV01",
        "Google Chrome – asset 8",
    }


def test_of_thousands_of_fixes_the_most_severe_are_handed_over_and_all_are_counted() -> None:
    rows = [make_row(asset_id=n, severity="low") for n in range(3000)]
    worst = [make_row(asset_id=n, severity="critical") for n in range(3000, 3005)]
    found = cut(*rows, *worst, wanted=frozenset({"remediation.by_company"}))["remediation.by_company:412"]

    assert len(found.findings) == products.MOST_FINDINGS
    assert [finding.severity for finding in found.findings[:6]] == ["critical"] * 5 + ["low"]
    assert found.raw["fixes"] == 3005


def test_a_name_of_any_length_fits_into_a_key() -> None:
    assert all(len(key) <= 250 for key in cut(make_row(product="p" * 2000)))


# ---- through the connector ------------------------------------------------------------------


def answer(console: RecordedConsole, *rows: dict[str, Any]) -> None:
    """The same rows for every company: a console that ignores the condition."""
    data = [{**row, "total_count": len(rows)} for row in rows]
    body = json.dumps({"status": True, "data": data})
    console.faults.append(Fault("/r/report_queries/get_remediation", body=body, times=None))


def test_rows_of_another_company_are_left_out_and_told(console: RecordedConsole) -> None:
    answer(console, make_row(), make_row(company_id=418, asset_id=9))
    connector = console.connector(remediation_by="company")
    found = [event for event in connector.fetch_events() if event.event_type == "remediation.by_company"]

    assert {event.series_key: event.raw["fixes"] for event in found} == {
        "remediation.by_company:412": 1,
        "remediation.by_company:418": 1,
    }
    assert sum("ignored a filter" in warning for warning in connector.warnings) == 3


def test_only_severe_remediation_is_told_where_that_is_set(console: RecordedConsole) -> None:
    answer(console, make_row(severity="medium"), make_row(severity="critical", asset_id=8))
    connector = console.connector(severe_only="yes")
    found = [event.series_key for event in connector.fetch_events() if event.computer_external_id == "7"]

    assert not any(key.startswith("remediation.") for key in found)
    assert "remediation.by_asset:412:8" in connector.series_seen
