"""Stocktake: counting locations, blind by default."""
