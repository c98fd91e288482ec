"""The scan stations in a real window on a real desk."""
