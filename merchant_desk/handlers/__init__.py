"""What operations do: one function each, a file per subject."""
