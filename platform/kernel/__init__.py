"""Ground floor: settings, clock, errors, database, outbox, workflow engine, cryptography."""
