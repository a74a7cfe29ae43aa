"""Keeping house: accounts and tenants."""
