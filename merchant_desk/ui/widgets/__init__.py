"""Reusable parts of screens; each takes a `Look` first and draws itself from the tokens."""
