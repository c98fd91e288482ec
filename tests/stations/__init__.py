"""Stations without a window: what a scan does, stops, asks and leaves behind."""
