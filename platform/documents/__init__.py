"""Paper: numbering and issued documents (文书)."""
