"""One module for each way of running; each says only what differs from base."""
