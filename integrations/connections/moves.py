"""A known HaloPSA under another address: the same one keeps everything, another one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.connections.instances import drop_unused, take_along
from integrations.models import HaloAsset, HaloClient, HaloCredential

SERVERS: Final = ("resource_server", "authorisation_server", "tenant")
PLACE: Final = ("resource_server", "tenant")
"""What makes an instance; the authorisation server may change without asking."""
SAME: Final = 0.8
"""Share of the compared ids that have to bear the known names."""

ADD_ANOTHER: Final = "To connect another HaloPSA add a new credential; this one stays as it was."


def check_move(credential: HaloCredential) -> None:
    """Raise `ValidationError` where server and application of a known HaloPSA are changed at once.

    With neither known, nothing tells whether it is the same HaloPSA, and the old server would be called with
    what is not its own. The servers are normalised already.
    """
    old = HaloCredential.objects.filter(pk=credential.pk).first()
    if old is None or old.client_id == credential.client_id or not _moves(old, credential):
        return
    if _is_known(old):
        raise ValidationError({"client_id": f"Server and application can't change at once. {ADD_ANOTHER}"})


def hold_move(credential: HaloCredential) -> bool:
    """Whether the servers that were typed wait for their test; then the credential has its old ones again.

    Raises as `check_move`.
    """
    check_move(credential)
    old = (
        HaloCredential.objects.select_for_update().filter(pk=credential.pk).first() if credential.pk else None
    )
    if old is None:
        return False
    if not _moves(old, credential):
        # Something else was changed: what waits goes on waiting.
        credential.moving_to, credential.move_refused = old.moving_to, old.move_refused
        credential.instance = old.instance
        return True
    credential.move_refused = ""
    if not _is_known(old):
        credential.moving_to = {}
        return False
    credential.moving_to = {name: getattr(credential, name) for name in SERVERS}
    for name in SERVERS:
        setattr(credential, name, getattr(old, name))
    credential.instance = old.instance
    return True


def moved(credential: HaloCredential) -> HaloCredential:
    """The credential as it would be with the servers that wait; not to be saved."""
    copy = HaloCredential.objects.select_related("instance").get(pk=credential.pk)
    for name in SERVERS:
        setattr(copy, name, credential.moving_to[name])
    return copy


def known_names(credential: HaloCredential) -> dict[str, dict[int, str]]:
    """Names by Halo's id of what is known: the hundred clients and assets of the lowest ids."""
    return {
        "clients": _lowest(HaloClient, credential),
        "assets": _lowest(HaloAsset, credential),
    }


def compare(known: Mapping[int, str], told: Mapping[int, str]) -> tuple[int, int]:
    """(agreeing, compared): of the known ids that a list from the lowest id on must hold, those it holds.

    Names are compared without case. What lies behind the end of the list says nothing.
    """
    last = max(told, default=0)
    within = [halo_id for halo_id in known if halo_id <= last]
    same = [halo_id for halo_id in within if told.get(halo_id, "").casefold() == known[halo_id].casefold()]
    return len(same), len(within)


def settle_move(credential: HaloCredential, agreeing: int, compared: int) -> str:
    """Carry out or refuse the move that waits; the sentence of the refusal, '' where it was carried out.

    Safe to repeat, and at once: whoever comes second finds nothing waiting.
    """
    with transaction.atomic():
        row = HaloCredential.objects.select_for_update().select_related("instance").get(pk=credential.pk)
        if not row.moving_to or row.moving_to != credential.moving_to:
            return row.move_refused
        if (compared and agreeing < compared * SAME) or not compared:
            server = row.moving_to["resource_server"]
            row.moving_to = {}
            row.move_refused = (
                f"{server} is another HaloPSA: only {agreeing} of {compared} known clients and assets have "
                f"the same names there. {ADD_ANOTHER}"
            )
            row.save(update_fields=["moving_to", "move_refused"])
            return row.move_refused
        old = row.instance_id
        row.instance = take_along(row, row.moving_to["resource_server"], row.moving_to["tenant"])
        for name in SERVERS:
            setattr(row, name, row.moving_to[name])
        row.moving_to, row.move_refused = {}, ""
        row.access_token, row.token_expires_at = "", None
        row.save(
            update_fields=[
                *SERVERS,
                "instance",
                "moving_to",
                "move_refused",
                "access_token",
                "token_expires_at",
            ]
        )
        drop_unused(old)
    return ""


def postpone_move(credential: HaloCredential, reason: str) -> None:
    """It could not be compared: it waits for the next test, and the page says why."""
    sentence = f"The new address could not be compared yet; the old one stays in force. {reason}"
    HaloCredential.objects.filter(pk=credential.pk).update(move_refused=sentence)


def give_up_move(credential: HaloCredential) -> None:
    """The old servers stay; what was refused is not told any more."""
    HaloCredential.objects.filter(pk=credential.pk).update(moving_to={}, move_refused="")


def _moves(old: HaloCredential, new: HaloCredential) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in PLACE)


def _is_known(credential: HaloCredential) -> bool:
    return HaloClient.objects.filter(halo_credential=credential).exists()


def _lowest(model: Any, credential: HaloCredential) -> dict[int, str]:
    # What is inactive is listed as well, what reads have missed is not.
    rows = model.objects.filter(halo_credential=credential, missed_reads=0).order_by("halo_id")
    return dict(rows.values_list("halo_id", "name")[:100])
