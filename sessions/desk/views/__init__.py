"""The pages of the print desk."""
