"""Composition: relay, consumer, scheduler."""
