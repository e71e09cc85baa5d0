"""The pages that patients open."""
