"""The content folder: its files, its languages, and what is wrong with them."""
