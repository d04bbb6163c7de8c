"""Pairs of a console thing and a Halo thing, and what decides how one becomes the other."""

from mappings.models.companies import CompanyMapping, CompanyMappings, CompanySuggestion, Evidence
from mappings.models.company_choices import (
    CUSTOM_FIELD,
    ClientField,
    CompanyField,
    IgnoredCompany,
    RefusedCompanyPair,
    SuggestionFields,
    client_fields,
)
from mappings.models.company_news import CompanyChange, Newcomer, NewcomerState
from mappings.models.computers import ComputerMapping, MappingOrigin, RefusedPair
from mappings.models.counts import MonthCount, MonthEnd
from mappings.models.exports import AssetRules, ExportChoice
from mappings.models.fields import (
    AssetProperty,
    DayFormat,
    FieldMapping,
    FieldOwner,
    SourceKind,
    TargetKind,
)
from mappings.models.gaps import Gap, GapKind
from mappings.models.ignoring import IgnoredComputer, IgnoreRule
from mappings.models.limits import SyncLimits, limits_of_many
from mappings.models.locations import LocationMapping
from mappings.models.products import ProductMapping
from mappings.models.reviews import ComputerReview, ReviewDecision, ReviewKind
from mappings.models.sheets import MappingSheet, SheetAsset, SheetKind, SheetRow, SheetVerdict

__all__ = [
    "CUSTOM_FIELD",
    "AssetProperty",
    "AssetRules",
    "ClientField",
    "CompanyChange",
    "CompanyField",
    "CompanyMapping",
    "CompanyMappings",
    "CompanySuggestion",
    "ComputerMapping",
    "ComputerReview",
    "DayFormat",
    "Evidence",
    "ExportChoice",
    "FieldMapping",
    "FieldOwner",
    "Gap",
    "GapKind",
    "IgnoreRule",
    "IgnoredCompany",
    "IgnoredComputer",
    "LocationMapping",
    "MappingOrigin",
    "MappingSheet",
    "MonthCount",
    "MonthEnd",
    "Newcomer",
    "NewcomerState",
    "ProductMapping",
    "RefusedCompanyPair",
    "RefusedPair",
    "ReviewDecision",
    "ReviewKind",
    "SheetAsset",
    "SheetKind",
    "SheetRow",
    "SheetVerdict",
    "SourceKind",
    "SuggestionFields",
    "SyncLimits",
    "TargetKind",
    "client_fields",
    "limits_of_many",
]
