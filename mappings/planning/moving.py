"""Another client or site for a mapped company, as a plan: the assets that we created move along.

Assets that were merely linked stay where they are and are unlinked; so matching looks among the new client's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError

from integrations.choices import Action
from integrations.models import HaloClient, HaloCredential, HaloSite, Plan
from mappings.linking.companies import check_pair
from mappings.linking.default_sites import default_sites
from mappings.linking.unmapping import is_creating_for
from mappings.models import CompanyMapping, LocationMapping
from mappings.planning.company_assets import CompanyAsset, Member, read_assets_of
from mappings.planning.rows import (
    ASKED,
    COMPANY_MAPPING,
    COMPUTER,
    COMPUTER_MAPPING,
    LOCATIONS,
    MOVE,
    Change,
    NotPlannable,
    held_words,
    skip,
    subject_of,
)

OURS: Final = "Created here, so it moves along."
IGNORED: Final = "Staff ignore its computer, so its asset is left alone."
CREATING: Final = (
    "Assets are just being created for computers of {}. Make the preview when that run has ended."
)


# ---- making ---------------------------------------------------------------------------------


def new_move(
    mapping: CompanyMapping,
    halo_client: HaloClient,
    halo_site: HaloSite | None = None,
    created_by: Any = None,
) -> Plan:
    """An empty plan that brings a mapped company to another client or site, to be filled by a run.

    Without a site, the client's default site is taken, of the same client the one that is mapped. Raises
    `ValidationError` with a sentence.
    """
    if halo_client.halo_credential_id != mapping.halo_credential_id:
        raise ValidationError({"halo_client": "This client belongs to another HaloPSA credential."})
    check_pair(mapping.company, halo_client, halo_site)
    stays = mapping.halo_site if mapping.halo_client_id == halo_client.pk else None
    site = halo_site or stays or default_sites([halo_client]).get(halo_client.pk)
    if site is None:
        raise ValidationError({"halo_site": f"{halo_client} has no active site where assets could go."})
    if (mapping.halo_client_id, mapping.halo_site_id) == (halo_client.pk, site.pk):
        raise ValidationError(f"{mapping.company} is mapped to {halo_client}, site {site}, already.")
    return Plan.objects.create(
        kind=MOVE,
        halo_credential=mapping.halo_credential,
        company=mapping.company,
        parameters={"mapping": mapping.pk, "halo_client": halo_client.pk, "halo_site": site.pk},
        created_by=created_by,
    )


# ---- planning -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """A company that is to go from its mapping's client and site to these."""

    mapping: CompanyMapping
    client: HaloClient
    site: HaloSite

    @property
    def changes_client(self) -> bool:
        return self.mapping.halo_client_id != self.client.pk

    @property
    def there(self) -> dict[str, Any]:
        return _place(self.client, self.site)


def read_move(plan: Plan) -> Move:
    """Three statements. Raises `NotPlannable` where mapping, client or site do not allow it (any more)."""
    wanted = plan.parameters
    mappings = CompanyMapping.objects.select_related("company", "halo_client", "halo_site")
    mapping = mappings.filter(pk=wanted.get("mapping"), halo_credential=plan.halo_credential_id).first()
    if mapping is None:
        raise NotPlannable("The mapping was removed.")
    clients = HaloClient.objects.select_related("halo_credential")
    client = clients.filter(pk=wanted.get("halo_client")).first()
    site = HaloSite.objects.filter(pk=wanted.get("halo_site")).first()
    if client is None or site is None:
        raise NotPlannable("The client or site is no longer in HaloPSA.")
    try:
        check_pair(mapping.company, client, site)
    except ValidationError as problem:
        raise NotPlannable(" ".join(problem.messages)) from problem
    if is_creating_for(mapping):
        raise NotPlannable(CREATING.format(mapping.company))
    return Move(mapping, client, site)


def changes_of_move(plan: Plan, credential: HaloCredential, counts: Counter[str]) -> Iterator[Change]:
    """The mapping itself, and at most one change for each asset of it or computer. Eight statements, whatever
    the number. Raises `NotPlannable`."""
    move = read_move(plan)
    if not move.changes_client and move.mapping.halo_site_id == move.site.pk:
        raise NotPlannable(f"{move.mapping.company} is mapped to {move.client}, site {move.site}, already.")
    yield _of_mapping(move)
    judge = _Judge(move, counts)
    for asset in read_assets_of(move.mapping):
        yield from judge.changes(asset)


def _place(client: HaloClient | None, site: HaloSite | None) -> dict[str, Any]:
    return {
        "client_id": client.halo_id if client else None,
        "client_name": client.name if client else "",
        "site_id": site.halo_id if site else None,
        "site_name": site.name if site else "",
    }


def _of_mapping(move: Move) -> Change:
    mapping = move.mapping
    told = "The mapping itself; nothing of it is sent to HaloPSA."
    places = _places_elsewhere(move)
    if number := len(places):
        told += (
            f" {number} location{'s'[: number != 1]} of it, mapped until now, will go to the default site."
        )
    before, after = _place(mapping.halo_client, mapping.halo_site), dict(move.there)
    if places:
        before[LOCATIONS] = places
        lost = {"value": None, "shown": "default site"}
        after[LOCATIONS] = {key: {**place, **lost} for key, place in places.items()}
    subject, action = str(mapping.company), Action.LINK.value
    return Change(action, subject, COMPANY_MAPPING, mapping.pk, before, after, told)


def _places_elsewhere(move: Move) -> dict[str, dict[str, Any]]:
    """Locations whose site is none of the client, so that they lose it, as a change tells them. By our id."""
    rows = LocationMapping.objects.filter(company_mapping=move.mapping).exclude(halo_site__client=move.client)
    told = rows.order_by("location").values_list(
        "location_id", "location__name", "halo_site__halo_id", "halo_site__name"
    )
    return {str(pk): {"name": name, "value": site, "shown": shown} for pk, name, site, shown in told}


class _Judge:
    """Decides about one asset after the other."""

    def __init__(self, move: Move, counts: Counter[str]) -> None:
        self._move = move
        self._counts = counts
        mappings = CompanyMapping.objects.filter(halo_credential=move.mapping.halo_credential_id)
        self._client_of = dict(mappings.values_list("company_id", "halo_client_id"))
        places = LocationMapping.objects.in_use().filter(company_mapping=move.mapping)
        self._own_site = set(places.values_list("location_id", flat=True))

    def changes(self, asset: CompanyAsset) -> Iterator[Change]:
        company = self._move.mapping.company_id
        mine = [member for member in asset.members if member.company_id == company]
        if self._is_right(asset, mine):
            self._counts["unchanged"] += 1
        elif held := next((member for member in asset.members if member.held), None):
            yield self._skip(mine[0], held_words(held.held_by))
        elif not any(member.created_by_us for member in asset.members):
            yield from (self._unlink(asset, member) for member in mine)
        elif not asset.active:
            yield self._skip(mine[0], "Its asset is inactive in HaloPSA, so it stays where it is.")
        elif all(member.ignored for member in mine):
            yield self._skip(mine[0], IGNORED)
        else:
            yield self._moved(asset, mine[0])

    def _is_right(self, asset: CompanyAsset, mine: Sequence[Member]) -> bool:
        """With another client: it is that client's already. With another site: it is not of the old one, or
        its location has a site of its own, or it is not ours to move."""
        if self._move.changes_client:
            return asset.client_pk == self._move.client.pk
        return (
            asset.client_pk != self._move.client.pk
            or asset.site_pk != self._move.mapping.halo_site_id
            or any(member.location_id in self._own_site for member in mine)
            or not any(member.created_by_us for member in asset.members)
        )

    def _moved(self, asset: CompanyAsset, first: Member) -> Change:
        before = {"halo_id": asset.halo_id, **asset.place}
        stays = self._who_stays(asset)
        return Change(
            Action.UPDATE.value,
            self._subject(first),
            COMPUTER_MAPPING,
            first.mapping_id,
            before,
            self._move.there,
            f"{OURS} {stays}".strip(),
            selected=not stays,
        )

    def _who_stays(self, asset: CompanyAsset) -> str:
        """A sentence where it stands for a computer of another company, which does not move along."""
        own, there = self._move.mapping.company_id, self._move.client.pk
        for member in asset.members:
            if member.company_id != own and self._client_of.get(member.company_id or 0) != there:
                return (
                    f"It also stands for {member.told}, which is not mapped to {self._move.client}: {ASKED}"
                )
        return ""

    def _unlink(self, asset: CompanyAsset, member: Member) -> Change:
        owner = asset.client_name or "no client"
        told = f"Not created here: the asset stays with {owner} in HaloPSA, and the computer is unlinked."
        before = {"halo_id": asset.halo_id, "name": asset.name, "client_name": owner}
        subject, number = self._subject(member), member.computer_id
        return Change(Action.UNLINK.value, subject, COMPUTER, number, before, {}, told)

    def _skip(self, member: Member, reason: str) -> Change:
        return skip(self._subject(member), COMPUTER_MAPPING, member.mapping_id, reason)

    def _subject(self, member: Member) -> str:
        return subject_of(member.computer, str(self._move.mapping.company))
