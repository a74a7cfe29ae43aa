"""Letters between unions: everything that crosses a tenant border."""
