"""Outbound: picking and shipping orders."""
