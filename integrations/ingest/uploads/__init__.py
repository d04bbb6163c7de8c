"""Uploaded spreadsheets: taken in, looked at, applied, cleared away. Each step can be done twice."""
