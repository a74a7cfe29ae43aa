"""The staff day: queue, registration, case page, letters (Jinja and htmx)."""
