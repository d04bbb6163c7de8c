"""Spreadsheets as people make them → rows in the words of our REST API. Pure: files and values in, values out."""
