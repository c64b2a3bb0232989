"""The running service: polls what is due once, reloads, and stops cleanly."""
