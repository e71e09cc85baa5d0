"""What patients read now, as pages on the web."""
