"""The evidence of one review, side by side: the computer, its rivals, the assets, and which keys agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final

from integrations.models import Computer, HaloAsset
from mappings.linking.evidence import AssetReader, ignored_values, keys_of
from mappings.matching import STEP_NAMES, AssetKeys, ComputerKeys, Ignored, Step, shown
from mappings.models import ComputerMapping, ComputerReview

MOST_SHOWN: Final = 4
"""Rivals and assets each that stand side by side; of more, the number is told."""


class Agreement(StrEnum):
    """One key of the computer against the same of another thing."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One kind of key. `value` is what staff read; nothing where there is none, or only junk."""

    step: Step
    value: str
    agreement: Agreement

    @property
    def name(self) -> str:
        return STEP_NAMES[self.step]


@dataclass(slots=True)
class Thing:
    """A column: a computer or an asset. `mapping`: of a computer, to its asset; `computers`: of an asset."""

    row: Computer | HaloAsset
    evidence: list[Evidence]
    mapping: ComputerMapping | None = None
    computers: list[ComputerMapping] = field(default_factory=list)

    @property
    def agreeing(self) -> list[str]:
        return [one.name for one in self.evidence if one.agreement == Agreement.SAME]

    @property
    def contradicting(self) -> list[str]:
        return [one.name for one in self.evidence if one.agreement == Agreement.OTHER]


@dataclass(frozen=True, slots=True)
class Comparison:
    computer: Thing
    rivals: list[Thing]
    assets: list[Thing]
    more_rivals: int
    more_assets: int


def compare(review: ComputerReview) -> Comparison:
    """As the facts are now. Eight statements, whatever the number of rows; one less without rivals."""
    credential = review.halo_credential
    ignored = ignored_values(credential)
    others = review.rivals[:MOST_SHOWN]
    numbers = [review.computer_id, *others]
    computers = Computer.objects.select_related("console", "company", "location", "product").in_bulk(others)
    mapped = ComputerMapping.objects.filter(halo_credential=credential, computer__in=numbers)
    mapping_of = {row.computer_id: row for row in mapped.select_related("halo_asset")}
    own = _keys(review.computer)
    rivals = [computers[pk] for pk in others if pk in computers]
    return Comparison(
        Thing(
            review.computer,
            evidence_of(own, own, ignored),
            mapping_of.get(review.computer_id),
        ),
        [Thing(row, evidence_of(own, _keys(row), ignored), mapping_of.get(row.pk)) for row in rivals],
        _assets(review, own, ignored),
        max(0, len(review.rivals) - MOST_SHOWN),
        max(0, len(review.candidates) - MOST_SHOWN),
    )


def _assets(review: ComputerReview, own: ComputerKeys, ignored: Ignored) -> list[Thing]:
    found = HaloAsset.objects.filter(
        pk__in=review.candidates[:MOST_SHOWN], halo_credential=review.halo_credential
    )
    rows = list(found.select_related("client", "site", "asset_type").order_by("pk"))
    read = attrgetter(*AssetReader.COLUMNS)
    reader = AssetReader(review.halo_credential)
    standing: dict[int, list[ComputerMapping]] = {row.pk: [] for row in rows}
    pairs = ComputerMapping.objects.filter(halo_asset__in=standing).select_related("computer__console")
    for pair in pairs.order_by("pk"):
        standing[pair.halo_asset_id or 0].append(pair)
    return [
        Thing(row, evidence_of(own, reader.keys(read(row)), ignored), computers=standing[row.pk])
        for row in rows
    ]


def _keys(computer: Computer) -> ComputerKeys:
    names: Sequence[Any] = (
        computer.pk,
        computer.serial_number,
        computer.mac_addresses,
        computer.host_name,
        computer.name,
        computer.external_id,
        computer.console.kind,
    )
    return keys_of(tuple(names), 0)


def evidence_of(
    own: ComputerKeys, other: ComputerKeys | AssetKeys, ignored: Ignored | None = None
) -> list[Evidence]:
    """Every kind of key of `other`, and whether it agrees with the computer's own. Pure."""
    rules = ignored or Ignored()
    mine, theirs = rules.keys_of(own), rules.keys_of(other)
    found = []
    for step in Step:
        own_keys = {key for key in mine if key[0] == step}
        keys = {key for key in theirs if key[0] == step}
        if step == Step.LINK:
            # Only the link of this console's kind says anything.
            kinds = {key[1].partition(":")[0] for key in own_keys}
            keys = {key for key in keys if key[1].partition(":")[0] in kinds}
        agreement = Agreement.UNKNOWN
        if own_keys and keys:
            agreement = Agreement.SAME if own_keys & keys else Agreement.OTHER
        found.append(Evidence(step, ", ".join(shown(key) for key in sorted(keys)), agreement))
    return found
