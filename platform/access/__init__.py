"""Who may: accounts, roles, sessions, the actor of a unit of work and the policy tables."""
