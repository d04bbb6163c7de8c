"""Computers and assets, one pair: chosen by hand, taken over, taken apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from integrations.models import Computer, HaloAsset, HaloAssetType, HaloCredential, HaloSite
from integrations.models.audit import locked
from mappings.linking.unanswered import unanswered
from mappings.models import CompanyMapping, ComputerMapping, ComputerReview, MappingOrigin, RefusedPair

UNANSWERED: Final = (
    "HaloPSA has not told yet whether it made an asset for {}. A running export finds out; if it waits for "
    "staff, press “Try again” at it and export it, or choose the asset that you find in HaloPSA. Remove the "
    "mapping then."
)


def edit_computer_mapping(
    computer: Computer,
    credential: HaloCredential,
    *,
    halo_asset: HaloAsset | None = None,
    halo_site: HaloSite | None = None,
    asset_type: int | None = None,
    wanted_site: HaloSite | None = None,
    wanted_type: int | None = None,
    take: bool = False,
    staff: Any = None,
) -> ComputerMapping:
    """Choose by hand: this asset, or (without one) export to this site with this asset type (Halo's id).

    An asset that was there keeps its own site and type, unless `wanted_site` and `wanted_type` say what the
    next export makes of it. Another asset that the computer had is remembered as refused. With `take` an
    asset is taken from the computer of the same console that it stands for, and that pair is refused.
    Raises `ValidationError` with a sentence per field.
    """
    raise_edit_problems(
        computer,
        credential,
        _company_mapping(computer, credential),
        halo_asset=halo_asset,
        other=lambda: _other_on(halo_asset, computer) if halo_asset else None,
        halo_site=halo_site,
        asset_type=asset_type,
        wanted_site=wanted_site,
        wanted_type=wanted_type,
        is_type=lambda number: _is_type(credential, number),
        take=take,
    )
    with transaction.atomic():
        mapping = ComputerMapping.objects.filter(computer=computer, halo_credential=credential).first()
        mapping = mapping or ComputerMapping(computer=computer, halo_credential=credential)
        if mapping.pk is None or mapping.halo_asset_id != getattr(halo_asset, "pk", None):
            _exchange(mapping, halo_asset, take, staff)
        mapping.halo_asset, mapping.halo_site, mapping.asset_type = halo_asset, halo_site, asset_type
        mapping.wanted_site, mapping.wanted_type = _differing(halo_asset, wanted_site, wanted_type)
        mapping.origin, mapping.reason = MappingOrigin.CHOSEN, "Chosen by hand."
        mapping.mapped_at, mapping.mapped_by = timezone.now(), staff
        mapping.save()
        # Whatever was doubtful is settled; the next matching asks again if something else is.
        _open_reviews(computer, credential).delete()
    return mapping


def _open_reviews(computer: Computer, credential: HaloCredential) -> Any:
    return ComputerReview.objects.filter(
        computer=computer, halo_credential=credential, decided_at__isnull=True
    )


def _exchange(mapping: ComputerMapping, asset: HaloAsset | None, take: bool, staff: Any) -> None:
    """The mapping gets another asset: the old one is refused, the new one's former computer lets go."""
    if mapping.halo_asset_id:
        _refuse(mapping.computer, mapping.halo_asset_id, staff)
    mapping.created_by_us, mapping.retired_at, mapping.status_before = False, None, None
    if asset is None:
        return
    RefusedPair.objects.filter(computer=mapping.computer, halo_asset=asset).delete()
    former = _other_on(asset, mapping.computer)
    if former is None:
        return
    # We still made that asset, whichever computer it stands for.
    mapping.created_by_us = former.created_by_us
    if former.computer.active:
        _refuse(former.computer, asset.pk, staff)
    former.delete()


def raise_edit_problems(
    computer: Computer,
    credential: HaloCredential,
    pair: CompanyMapping | None,
    *,
    halo_asset: HaloAsset | None,
    other: Callable[[], ComputerMapping | None],
    halo_site: HaloSite | None,
    asset_type: int | None,
    wanted_site: HaloSite | None,
    wanted_type: int | None,
    is_type: Callable[[int], bool],
    take: bool = False,
) -> None:
    """Whether `edit_computer_mapping` takes this. Raises `ValidationError`; reads only what it is given.

    `pair`: the mapping of the computer's company; `other`: the mapping of another computer of the console
    that holds the asset; `is_type`: whether HaloPSA has an asset type (Halo's id). The last two are asked
    only if it matters.
    """
    if pair is None:
        company = computer.company or "of this computer"
        raise ValidationError(
            {"computer": f"The company {company} is not mapped; only computers of mapped companies can be."}
        )
    if pair.archived_at is not None:
        raise ValidationError({"computer": f"{computer.company} is offboarded; bring it back first."})
    problems: dict[str, str] = {}
    if halo_asset is not None and (words := _problem_with_asset(halo_asset, pair, other, take)):
        problems["halo_asset"] = words
    if halo_site is not None and halo_site.client_id != pair.halo_client_id:
        problems["halo_site"] = f"This site is not one of the client {pair.halo_client}."
    if asset_type is not None and not is_type(asset_type):
        problems["asset_type"] = _no_type(asset_type)
    problems = problems or _problems_with_wanted(halo_asset, wanted_site, wanted_type, is_type)
    if problems:
        raise ValidationError(problems)


def _company_mapping(computer: Computer, credential: HaloCredential) -> CompanyMapping | None:
    if computer.company_id is None:
        return None
    pairs = CompanyMapping.objects.filter(company_id=computer.company_id, halo_credential=credential)
    return pairs.first()


def _is_type(credential: HaloCredential, asset_type: int) -> bool:
    types = HaloAssetType.objects.filter(halo_credential=credential, active=True)
    return types.filter(halo_id=asset_type).exists()


def _no_type(asset_type: int) -> str:
    return f"HaloPSA has no asset type {asset_type}."


def _problem_with_asset(
    asset: HaloAsset, pair: CompanyMapping, held_by: Callable[[], ComputerMapping | None], take: bool
) -> str:
    if asset.client_id != pair.halo_client_id:
        return f"This asset is not one of the client {pair.halo_client}."
    if not asset.active:
        return "This asset is inactive in HaloPSA."
    other = held_by()
    if other is None or take or not other.computer.active:
        return ""
    return f"This asset already stands for the computer {other.computer}."


def _other_on(asset: HaloAsset, computer: Computer) -> ComputerMapping | None:
    """The mapping of another computer of the same console that holds the asset."""
    rows = ComputerMapping.objects.filter(halo_asset=asset, console_id=computer.console_id)
    return rows.exclude(computer=computer).select_related("computer").first()


def _problems_with_wanted(
    asset: HaloAsset | None,
    site: HaloSite | None,
    asset_type: int | None,
    is_type: Callable[[int], bool],
) -> dict[str, str]:
    if asset is None:
        words = "Only an asset that is there can be changed; choose one, or leave this empty."
        wanted = (("wanted_site", site), ("wanted_type", asset_type))
        return {name: words for name, value in wanted if value is not None}
    if site is not None and (site.client_id != asset.client_id or not site.active):
        return {"wanted_site": f"This site is not an active one of the client {asset.client}."}
    if asset_type is not None and not is_type(asset_type):
        return {"wanted_type": _no_type(asset_type)}
    return {}


def _differing(
    asset: HaloAsset | None, site: HaloSite | None, asset_type: int | None
) -> tuple[HaloSite | None, int | None]:
    """Without what the asset is already."""
    if asset is None:
        return None, None
    own_type = asset.asset_type.halo_id if asset.asset_type else None
    return (
        None if site is not None and site.pk == asset.site_id else site,
        None if asset_type == own_type else asset_type,
    )


def _refuse(computer: Computer, asset_id: int, staff: Any) -> RefusedPair:
    pair, _ = RefusedPair.objects.get_or_create(
        computer=computer, halo_asset_id=asset_id, defaults={"refused_by": staff}
    )
    return pair


def remove_computer_mapping(mapping: ComputerMapping, staff: Any = None) -> RefusedPair | None:
    """Take a pair apart and remember it as refused: it is not matched again. The asset stays as it is.

    Raises `ValidationError` while nobody knows whether HaloPSA has made an asset for it: the next export
    would make a second one.
    """
    mine = ComputerMapping.objects.filter(pk=mapping.pk)
    with transaction.atomic():
        # A create that begins meanwhile waits for this lock, and finds its mapping gone.
        locked(mine, to_delete=True).first()
        if unanswered(mine).exists():
            raise ValidationError(UNANSWERED.format(mapping.computer))
        asset_id = mapping.halo_asset_id
        pair = _refuse(mapping.computer, asset_id, staff) if asset_id is not None else None
        mapping.delete()
    return pair
