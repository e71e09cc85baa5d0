"""Staff accounts: sign-in, second factor, locks and rate limits."""
