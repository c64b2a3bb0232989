"""The outbox loop: at least once, one id and body, and no channel in the way of another."""
