"""Company mappings by REST, whose open tickets count as well."""

from __future__ import annotations

from mappings.api.company_mappings import CompanyMappingViewSet
from ticketing.planning import companies_with_open_tickets


class TicketedCompanyMappingViewSet(CompanyMappingViewSet):
    __doc__ = CompanyMappingViewSet.__doc__
    above = staticmethod(companies_with_open_tickets)
