"""Receipts, shipments and counts: lists and one document."""
