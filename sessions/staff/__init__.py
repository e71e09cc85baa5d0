"""The views of Django admin with which staff edit, check and publish texts."""
