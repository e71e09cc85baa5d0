"""Looking after a running site: health, checks, backups, export."""
