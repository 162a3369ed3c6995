"""Spatial tasks: each turns a rendered view into questions with exact answers."""
