"""Seeing: one Dash application, figures from rows."""
