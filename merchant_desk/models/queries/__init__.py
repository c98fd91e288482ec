"""The questions asked of a desk's database, by subject. Read-only; each takes a reading connection."""
