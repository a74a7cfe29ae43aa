"""Composition: the application, security, errors, command line."""
