"""Telling upward: reports of weeks to years (周报、月报、季报、年报), frozen and signed when issued."""
