"""Telling people: notices inside the product; other channels come behind the same port."""
