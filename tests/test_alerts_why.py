"""Why something was told or not, as it was stored at the time."""
