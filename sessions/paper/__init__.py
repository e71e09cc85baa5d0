"""Sheets: what is printed, and how it is laid out."""
