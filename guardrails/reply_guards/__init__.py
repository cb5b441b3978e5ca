"""Checks for customer support replies: links, feedback requests, contact data, promises, tone, structure, language."""

__version__ = "0.1.0"
