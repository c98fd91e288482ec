"""Getting a new shop ready."""
