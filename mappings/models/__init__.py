"""Pairs of a console thing and a Halo thing, and what decides how one becomes the other."""

from mappings.models.companies import CompanyMapping, CompanyMappings, CompanySuggestion, Evidence
from mappings.models.company_choices import ClientField, CompanyField, IgnoredCompany, SuggestionFields
from mappings.models.company_news import CompanyChange, Newcomer, NewcomerState
from mappings.models.computers import ComputerMapping, MappingOrigin, RefusedPair
from mappings.models.fields import FieldMapping, FieldOwner
from mappings.models.locations import LocationMapping
from mappings.models.products import ProductMapping

__all__ = [
    "ClientField",
    "CompanyChange",
    "CompanyField",
    "CompanyMapping",
    "CompanyMappings",
    "CompanySuggestion",
    "ComputerMapping",
    "Evidence",
    "FieldMapping",
    "FieldOwner",
    "IgnoredCompany",
    "LocationMapping",
    "MappingOrigin",
    "Newcomer",
    "NewcomerState",
    "ProductMapping",
    "RefusedPair",
    "SuggestionFields",
]
