"""The content folder: its files, its languages, and their faults."""
