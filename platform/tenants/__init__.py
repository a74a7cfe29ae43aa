"""The federation: the union tree, its tenants and their place in it."""
