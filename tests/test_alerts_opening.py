"""What commands work with: config, model, database, one service at a time."""
