"""Measurements of this machine: each figure beside the one that it should be compared with, in one run."""
