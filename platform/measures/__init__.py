"""Counting: daily facts, folding, and the figures that dashboards read. No person, no text."""
