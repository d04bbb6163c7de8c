"""Pairs of a console thing and a Halo thing, and what decides how one becomes the other."""

from mappings.models.companies import CompanyMapping, CompanyMappings, CompanySuggestion
from mappings.models.computers import ComputerMapping, MappingOrigin, RefusedPair
from mappings.models.exports import AssetRules, ExportChoice
from mappings.models.fields import FieldMapping, FieldOwner
from mappings.models.products import ProductMapping

__all__ = [
    "AssetRules",
    "CompanyMapping",
    "CompanyMappings",
    "CompanySuggestion",
    "ComputerMapping",
    "ExportChoice",
    "FieldMapping",
    "FieldOwner",
    "MappingOrigin",
    "ProductMapping",
    "RefusedPair",
]
