"""Measurements, one group a file."""
