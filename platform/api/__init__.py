"""Machines: JSON resources over the same services as the desk."""
