"""Pairs of a console thing and a Halo thing, and what decides how one becomes the other."""

from mappings.models.companies import CompanyMapping, CompanyMappings, CompanySuggestion
from mappings.models.computers import ComputerMapping, MappingOrigin, RefusedPair
from mappings.models.fields import FieldMapping, FieldOwner
from mappings.models.ignoring import IgnoredComputer, IgnoreRule
from mappings.models.products import ProductMapping
from mappings.models.reviews import ComputerReview, ReviewDecision, ReviewKind

__all__ = [
    "CompanyMapping",
    "CompanyMappings",
    "CompanySuggestion",
    "ComputerMapping",
    "ComputerReview",
    "FieldMapping",
    "FieldOwner",
    "IgnoreRule",
    "IgnoredComputer",
    "MappingOrigin",
    "ProductMapping",
    "RefusedPair",
    "ReviewDecision",
    "ReviewKind",
]
