"""The file: case, claims, parties, workflow, clocks, intake, import."""
