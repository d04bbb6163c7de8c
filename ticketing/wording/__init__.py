"""Texts that staff write: a small template language, the facts it may tell, and HTML that is always whole."""
