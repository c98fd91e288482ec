"""Locations: made, labelled, archived."""
