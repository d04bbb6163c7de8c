"""Installed programs by name: on how many active assets, in which versions. The database groups them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from integrations.models import HaloSoftware

MOST_VERSIONS = 6
BY_NAME = "name"


@dataclass(frozen=True, slots=True)
class Version:
    version: str
    assets: int
    url: str


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    assets: int
    url: str
    versions: list[Version]
    """The most frequent ones."""
    more: int
    """How many versions are not told."""


def _installed(credential_id: int | None) -> QuerySet[Any]:
    rows = HaloSoftware.objects.filter(asset__active=True).order_by()
    return rows.filter(asset__halo_credential=credential_id) if credential_id else rows


def program_names(words: str, credential_id: int | None, order: str = "") -> QuerySet[Any]:
    """`name` and `assets`, most frequent first or by name; every one of the words occurs in the name."""
    rows = _installed(credential_id)
    for word in words.split():
        rows = rows.filter(name__icontains=word)
    grouped = rows.values("name").annotate(assets=Count("asset", distinct=True))
    return grouped.order_by("name") if order == BY_NAME else grouped.order_by("-assets", "name")


def program_count(names: QuerySet[Any]) -> int:
    return names.order_by().values("name").distinct().count()


def program_rows(names: Iterable[dict[str, Any]], credential_id: int | None) -> list[Program]:
    """The rows of one page with their versions. Two statements, the page's own among them."""
    page = list(names)
    versions = _versions([row["name"] for row in page], credential_id)
    return [
        Program(
            row["name"],
            row["assets"],
            _assets_with(credential_id, software=row["name"]),
            versions[row["name"]][:MOST_VERSIONS],
            max(len(versions[row["name"]]) - MOST_VERSIONS, 0),
        )
        for row in page
    ]


def _versions(names: list[str], credential_id: int | None) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = defaultdict(list)
    rows = _installed(credential_id).filter(name__in=names).values_list("name", "version")
    counted = rows.annotate(assets=Count("asset", distinct=True)).order_by("name", "-assets", "version")
    for name, version, assets in counted:
        url = _assets_with(credential_id, software=name, **({"version": version} if version else {}))
        found[name].append(Version(version or "not told", assets, url))
    return found


def _assets_with(credential_id: int | None, **query: str) -> str:
    wanted: dict[str, Any] = {"active__exact": 1, **query}
    if credential_id:
        wanted["halo_credential__id__exact"] = credential_id
    return f"{reverse('admin:integrations_haloasset_changelist')}?{urlencode(wanted)}"
