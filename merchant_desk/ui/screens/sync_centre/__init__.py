"""The sync centre."""
