"""The screens of Django admin on which staff edit, check and publish."""
