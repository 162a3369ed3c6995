"""Checks of a dataset by means other than those that made it."""
