"""Inbound: receiving deliveries."""
