"""Staff accounts: who may sign in, and how."""
