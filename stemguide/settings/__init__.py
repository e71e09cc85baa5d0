"""One settings module for each use; each holds only what differs from base."""
