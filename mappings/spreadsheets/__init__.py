"""Mappings as spreadsheets, towards one HaloPSA credential."""
