"""The demo federation: invented unions, invented people and 20,000 invented cases, the same for the same seed."""
