"""Rows of the category table, by kind of thing."""
