"""What happened: append-only events, hash-chained per tenant; reading an identity is an event too."""
