"""The print desk, where staff print sheets for patients."""
