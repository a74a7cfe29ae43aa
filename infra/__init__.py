"""Servers, assets and the one-machine demo: what runs around the platform, which imports none of it."""
