"""The guide inside the product: one page per area, reached from every page of that area."""

from halobridge.guide.pages import PAGES, Page, page_of_view

__all__ = ["PAGES", "Page", "page_of_view"]
