"""Spreadsheets as people make them → rows in the words of our REST API. Pure: files in, values out."""
