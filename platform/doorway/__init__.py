"""What every door hangs on: the runtime, the guarded view and its one transaction, the page shell. No SQL."""
