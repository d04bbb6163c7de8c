"""What computers and assets are compared by: links, serial numbers, MAC addresses, host names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

JUNK_SERIALS: Final = frozenset(
    """
    systemserialnumber tobefilledbyoem 0123456789 123456789 1234567890 12345678 1234567 123456
    defaultstring none na notspecified notapplicable notavailable chassisserialnumber serialnumber
    baseboardserialnumber unknown null nil empty invalid oem oeminvalid noserial noserialnumber
    undefined unspecified test asset assetserialnumber systemproductname
    """.split()  # noqa: SIM905
)
"""What manufacturers and consoles write where there is no serial number; letters and digits only."""

NOT_AN_ADDRESS: Final = frozenset({"0" * 12, "f" * 12})
_SEPARATORS: Final = str.maketrans("", "", "-:.")
_ADDRESS: Final = re.compile(r"[0-9a-f]{12}")
_SIGNS: Final = re.compile(r"[\W_]")


class Step(IntEnum):
    """What two things are matched by; the lower, the stronger."""

    LINK = 0
    SERIAL = 1
    MAC = 2
    HOST = 3


_LINK, _SERIAL, _MAC, _HOST = Step
STEP_NAMES: Final = {
    Step.LINK: "ID in HaloPSA's own integration",
    Step.SERIAL: "serial number",
    Step.MAC: "MAC address",
    Step.HOST: "host name",
}
Key = tuple[Step, str]


@dataclass(frozen=True, slots=True)
class ComputerKeys:
    """A computer of one console. `client_id`: the client that its company is mapped to.

    `links`: under which names HaloPSA itself would hold the computer (see `link_key`).
    """

    id: int
    client_id: int
    serial: str = ""
    macs: tuple[str, ...] = ()
    host: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssetKeys:
    id: int
    client_id: int
    serial: str = ""
    macs: tuple[str, ...] = ()
    host: str = ""
    links: tuple[str, ...] = ()


def serial_key(text: str) -> str:
    """The serial number as it is compared; "" for junk (see `JUNK_SERIALS`, and one repeated character)."""
    bare = _bare(text)
    if len(set(bare)) <= 1 or bare in JUNK_SERIALS:
        return ""
    return " ".join(text.split()).casefold()


def mac_key(text: str) -> str:
    """Twelve lower-case hex digits; "" for what is no address of one device."""
    bare = "".join(text.translate(_SEPARATORS).split()).lower()
    return bare if _ADDRESS.fullmatch(bare) and bare not in NOT_AN_ADDRESS else ""


def host_key(text: str) -> str:
    return text.strip().casefold()


def link_key(name: str, value: str) -> str:
    """A property of a Halo asset with the id that an integration keeps there; "" for no id."""
    bare = value.strip().casefold()
    return f"{name}:{bare}" if bare and bare != "0" else ""


class Ignored:
    """Values that never identify anything: HaloPSA's own list, beside the junk that everybody knows."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        listed = [value for value in values if value.strip()]
        self._serials = {bare for value in listed if (bare := _bare(value))}
        self._macs = {mac for value in listed if (mac := mac_key(value))}
        self._hosts = {host_key(value) for value in listed}

    def keys_of(self, thing: ComputerKeys | AssetKeys) -> list[Key]:
        """All keys that tell something, the strongest first, each once."""
        serial, host = serial_key(thing.serial), host_key(thing.host)
        keys: list[Key] = [(_LINK, link) for link in thing.links if link]
        if serial and not (self._serials and _bare(serial) in self._serials):
            keys.append((_SERIAL, serial))
        for mac in dict.fromkeys(map(mac_key, thing.macs)):
            if mac and mac not in self._macs:
                keys.append((_MAC, mac))
        if host and host not in self._hosts:
            keys.append((_HOST, host))
        return keys


def shown(key: Key) -> str:
    """A key as staff read it; the serial number and the name as they are known are the caller's."""
    step, text = key
    if step == Step.MAC:
        return ":".join(text[at : at + 2] for at in range(0, 12, 2)).upper()
    if step == Step.LINK:
        return text.replace(":", " ", 1)
    return text.upper() if step == Step.SERIAL else text


def _bare(text: str) -> str:
    # Most have no sign in them, and there are very many.
    return (text if text.isalnum() else _SIGNS.sub("", text)).casefold()
