"""Remediation: which product of which asset has to be brought to which version, and the four ways to cut it.

What identifies what: `external_id` and `series_key` are both the cut, because there is one of each at a time:
`remediation.by_company:<company>`, `remediation.by_asset:<company>:<asset>`,
`remediation.by_product:<company>:<product without version>`,
`remediation.by_asset_and_product:<asset>:<product without version>`. When the newest fix of a cut came is the
time of the event, so that another fix makes it news.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from integrations.catalogue import EVENT_TYPES, REMEDIATION_CHOICES
from integrations.choices import EventState, Severity
from integrations.connectors import values
from integrations.connectors.connectsecure.parse import codes, envelopes
from integrations.records import CompanyRecord, EventRecord, FindingRecord

Row = Mapping[str, Any]

MOST_FINDINGS: Final = 200
"""Findings that are handed over with one event: the most severe. All are counted."""
BEGINNINGS: Final = tuple(f"{choice}:" for choice in REMEDIATION_CHOICES)
"""Of the keys of all its series."""
SEVERE: Final = frozenset({Severity.CRITICAL.value, Severity.HIGH.value})

_RANK: Final = {word: rank for rank, word in enumerate(("critical", "high", "medium", "low", "info"))}
_PRODUCTS: Final = ("product", "software_name", "title", "fix")
_VERSIONS: Final = ("software_version", "installed_version", "version")
_FIXES: Final = ("fix", "fixed_version", "target_version")
_CVES: Final = ("cve", "cve_id", "problem_name")
_COUNTS: Final = ("critical", "high", "medium", "low")
_VERSION: Final = re.compile(r"[\s\-_]*\bv?\d+(?:\.\d+)+\S*")


@dataclass(frozen=True, slots=True)
class Fix:
    """One row: what one asset needs."""

    asset_id: str | None
    asset: str
    product: str
    severity: str
    created: datetime | None
    finding: FindingRecord


def fix(row: Row, zone: tzinfo) -> Fix | None:
    """One row; None for a row that names nothing to remedy, or that is remedied or suppressed already."""
    product = _first(row, _PRODUCTS)
    if product is None or any(values.flag(row.get(key)) for key in ("is_remediated", "is_suppressed")):
        return None
    severity = codes.severity(values.text(row.get("severity"))) or _by_counts(row)
    asset = values.line(row.get("host_name")) or values.line(row.get("asset_name")) or ""
    created = values.moment(row.get("created"), zone)
    return Fix(
        asset_id=values.text(row.get("asset_id")),
        asset=asset,
        product=product,
        severity=severity,
        created=created or values.moment(row.get("first_vul_discovered"), zone),
        finding=FindingRecord(
            product=product,
            installed_version=_first(row, _VERSIONS) or "",
            fixed_version=_first(row, _FIXES) or "",
            severity=severity,
            asset=asset,
            cve=_first(row, _CVES) or "",
        ),
    )


def company_of(row: Row) -> str | None:
    return values.text(row.get("company_id"))


def choices(named: str) -> tuple[frozenset[str], list[str]]:
    """(event types, words that name none) of `company, asset and product`; all types of an empty text."""
    known = {key.partition("by_")[2]: key for key in REMEDIATION_CHOICES}
    words = [word for item in named.lower().split(",") if (word := "_".join(item.split()))]
    unknown = [word for word in words if word not in known]
    return frozenset(known[word] for word in words or known if word in known), unknown


def product_key(product: str) -> str:
    """A product's name without version and case: what stays when it is updated."""
    bare = " ".join(_VERSION.sub("", product).casefold().split())
    return bare or product.casefold()


def _first(row: Row, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = row.get(key)
        parts = value if isinstance(value, list) else [value]
        found = ", ".join(part for item in parts if (part := values.line(item)))
        if found:
            return found
    return None


def _by_counts(row: Row) -> str:
    """The worst of the vulnerabilities that the fix ends."""
    told = (word for word in _COUNTS if values.number(row.get(f"{word}_vuls_count")))
    return next(told, Severity.MEDIUM.value)


# ---- the four cuts --------------------------------------------------------------------------


@dataclass(slots=True)
class Cut:
    """Fixes that make one event. Keeps the most severe findings, and counts all."""

    event_type: str
    key: str
    asset_id: str | None = None
    asset: str = ""
    product: str = ""
    newest: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    assets: set[str] = field(default_factory=set)
    findings: list[FindingRecord] = field(default_factory=list)

    def add(self, one: Fix) -> None:
        self.counts[one.severity] = self.counts.get(one.severity, 0) + 1
        self.assets.add(one.asset_id or one.asset)
        self.newest = max(filter(None, (self.newest, one.created)), default=None)
        self.findings.append(one.finding)
        if len(self.findings) > 2 * MOST_FINDINGS:
            self.findings = self.most_severe()

    def most_severe(self) -> list[FindingRecord]:
        return sorted(self.findings, key=_order)[:MOST_FINDINGS]


class Remediation:
    """What one company has to remedy, cut in the `wanted` ways (catalogue keys)."""

    def __init__(self, company: CompanyRecord, wanted: AbstractSet[str]) -> None:
        self._company = company
        self._wanted = wanted
        self._cuts: dict[str, Cut] = {}

    def add(self, one: Fix) -> None:
        for cut in self._cuts_of(one):
            self._cuts.setdefault(cut.key, cut).add(one)

    def events(self) -> Iterator[EventRecord]:
        for cut in self._cuts.values():
            yield self._event(cut)

    def _cuts_of(self, one: Fix) -> Iterator[Cut]:
        company, name = self._company.external_id, product_key(one.product)
        by_company, by_asset, by_product, by_both = REMEDIATION_CHOICES
        if by_company in self._wanted:
            yield Cut(by_company, f"{by_company}:{company}")
        if by_product in self._wanted:
            key = envelopes.fit(f"{by_product}:{company}:{name}")
            yield Cut(by_product, key, product=one.product)
        if one.asset_id and by_asset in self._wanted:
            yield Cut(by_asset, f"{by_asset}:{company}:{one.asset_id}", one.asset_id, one.asset)
        if one.asset_id and by_both in self._wanted:
            key = envelopes.fit(f"{by_both}:{one.asset_id}:{name}")
            yield Cut(by_both, key, one.asset_id, one.asset, one.product)

    def _event(self, cut: Cut) -> EventRecord:
        worst = min(cut.counts, key=lambda word: _RANK[word])
        return EventRecord(
            external_id=cut.key,
            event_type=cut.event_type,
            state=EventState.OPEN.value,
            title=self._title(cut),
            series_key=cut.key,
            severity=worst,
            message=self._message(cut),
            occurred_at=cut.newest,
            company_external_id=self._company.external_id,
            computer_external_id=cut.asset_id,
            product=_without_version(cut.product),
            findings=tuple(cut.most_severe()),
            raw={"fixes": sum(cut.counts.values()), "assets": len(cut.assets), **cut.counts},
        )

    def _title(self, cut: Cut) -> str:
        name, product = EVENT_TYPES[cut.event_type].name, _without_version(cut.product)
        where = cut.asset or (f"asset {cut.asset_id}" if cut.asset_id else self._company.name)
        if product and cut.asset_id:
            return f"{product} – {where}"
        if product:
            assets = "1 asset" if len(cut.assets) == 1 else f"{len(cut.assets)} assets"
            return f"{product} – {assets} – {self._company.name}"
        return f"{name} – {where}"

    def _message(self, cut: Cut) -> str:
        told = ", ".join(f"{cut.counts[word]} {word}" for word in _RANK if word in cut.counts)
        lines = (
            ("Company", self._company.name),
            ("Asset", cut.asset),
            ("Product", _without_version(cut.product)),
            ("Assets", "" if cut.asset_id else str(len(cut.assets))),
            ("Fixes", f"{sum(cut.counts.values())} ({told})"),
        )
        return "\n".join(f"{name}: {value}" for name, value in lines if value)


def _without_version(product: str) -> str:
    return _VERSION.sub("", product).strip() or product


def _order(finding: FindingRecord) -> tuple[int, str, str, str]:
    return _RANK[finding.severity], finding.product, finding.asset, finding.fixed_version
