"""The pages for staff accounts and for the second factor."""
