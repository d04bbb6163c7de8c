"""The names of the generated world, chosen to be awkward in the ways real ones are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """A company of the console and the Halo client that stands for it (None: there is none)."""

    console: str
    halo: str | None
    code: str
    computers: int
    halo_inactive: bool = False


_LONG = (
    "Association for the Preservation and Continued Development of Inland Waterways, Canal Boats, Locks "
    "and Towpaths in the Northern and Eastern Counties"
)

PAIRS = [
    Pair("Harbour Dental Group", "Harbour Dental Group Ltd", "HDG", 33),
    Pair("Alder Veterinary Clinic", "Alder Veterinary Clinic", "ALD", 18),
    Pair("Birch Logistics", "BIRCH LOGISTICS LIMITED", "BIRCH", 41),
    Pair("Müller & Söhne GmbH", "Mueller & Soehne GmbH", "MÜL", 16),
    Pair("Café Zürich AG", "Cafe Zurich", "CAFÉ", 5),
    Pair("O'Brien Solicitors", "O’Brien Solicitors LLP", "OBR", 14),
    Pair('North "Star" Media', 'North "Star" Media', "NSM", 9),
    Pair("Fjord Shipping A/S", "Fjord Shipping", "FJORD", 22),
    Pair("R&D Optics, Inc.", "R & D Optics", "R&D", 12),
    Pair("Société Générale d'Horlogerie", "Societe Generale d'Horlogerie SA", "SGH", 8),
    Pair("Northwind Traders", "Northwind Traders", "NWT", 11),
    Pair("Old Mill Bakery", "Old Mill Bakery", "OMB", 3, halo_inactive=True),
    Pair("  Trailing Spaces Ltd ", "Trailing Spaces", "TRAIL", 4),
    Pair("<b>Bold</b> Branding", "<b>Bold</b> Branding", "BOLD", 3),
    Pair(_LONG, _LONG[:100], "CANAL", 7),
    Pair("Łódź Textiles Sp. z o.o.", "Lodz Textiles", "ŁÓDŹ", 10),
    Pair("Greenfield Academy Trust", "The Greenfield Academy Trust", "GAT", 26),
    Pair("Kestrel Aviation", "Kestrel Aviation plc", "KES", 13),
    Pair("Summit Physiotherapy", "Summit Physiotherapy Ltd.", "SUM", 6),
    Pair("Pine Ridge Accounting", "PINE RIDGE ACCOUNTING LLP", "PINE", 9),
    Pair("株式会社さくら", "Sakura KK (株式会社さくら)", "SAKURA", 4),
    Pair("Vale of Avon Housing", "vale of avon housing", "VALE", 15),
    Pair("Quokka Pop-up Stores", None, "QUOKKA", 2),
    Pair("Internal – Backup Tests", None, "TEST", 1),
    Pair("Empty Desk Co", "Empty Desk Co.", "EMPTY", 0),
]
"""Computers per company; eight more computers have no company."""

HALO_ONLY = [
    # name, inactive
    ("Northwind Traders", False),
    ("Ash & Elm Interiors", False),
    ("Brightwater Hotels", False),
    ("Copper Kettle Tea Rooms", False),
    ("Dunmore Farm Supplies", False),
    ("Eastgate Pharmacy", False),
    ("Fernhill Nursery School", False),
    ("Gull Rock Lighthouse Museum", False),
    ("Harbour Dental Laboratory", False),
    ("Birch Landscaping", False),
    ("Kestrel Books", False),
    ("Dissolved Partners", True),
    ("Moved to Another Provider Ltd", True),
]

FIRST_NAMES = [
    "Amélie",
    "Björn",
    "Chloé",
    "Daan",
    "Élodie",
    "Fergus",
    "Grażyna",
    "Hiro",
    "Ines",
    "Jürgen",
    "Kofi",
    "Łukasz",
    "Mei",
    "Niamh",
    "Óscar",
    "Páll",
]
LAST_NAMES = [
    "Adams",
    "Brøndum",
    "D'Angelo",
    "Ferreira",
    "Müller",
    "Nguyen",
    "O'Neill",
    "Østergaard",
    "Šimůnek",
    "Smith-Jones",
    "Żuk",
]

NO_COMPANY = [
    "LOANER-01",
    "LOANER-02",
    "DESKTOP-7QK2M1A",
    "WIN-8H3JK2L9",
    "bench pc",
    "NAS-TEST",
    "old laptop",
    "?",
]

AWKWARD_COMPUTERS: dict[str, list[str]] = {
    "MÜL": ["BÜRO-PC01", "EMPFANG-ÄÖÜß"],
    "OBR": ["Pat O'Brien's Laptop"],
    "NSM": ['EDIT "SUITE" 7'],
    "R&D": ["R&D-LASER <1>"],
    "TRAIL": ["TRAIL-PC01   ", "  TRAIL-PC02"],
    "CAFÉ": ["CAFÉ-KASSE"],
    "SAKURA": ["受付パソコン"],
    "CANAL": ["LOCK-KEEPER-" + "VERY-" * 40 + "LONG"],
    "HDG": ["RECEPTION", "RECEPTION"],
    "ALD": ["RECEPTION"],
    "BIRCH": ["DESKTOP-1A2B3C4", "desktop-1a2b3c4"],
}
"""Names that stand before the ordinary ones of a company: two of one name, one name in two companies."""

JUNK_SERIALS = [
    "To Be Filled By O.E.M.",
    "Default string",
    "0",
    "",
    "System Serial Number",
    "0123456789",
    "None",
    "............",
    "N/A",
    "XXXXXXXX",
]

MODELS = [
    # manufacturer, model, kind
    ("Dell Inc.", "OptiPlex 7090", "pc"),
    ("HP", "HP EliteDesk 800 G6", "pc"),
    ("LENOVO", "11JN002WGE", "pc"),
    ("Dell Inc.", "Latitude 5540", "laptop"),
    ("LENOVO", "ThinkPad T14 Gen 3", "laptop"),
    ("HPE", "ProLiant DL380 Gen10", "server"),
    ("Microsoft Corporation", "Virtual Machine", "server"),
    ("VMware, Inc.", "VMware7,1", "server"),
]
