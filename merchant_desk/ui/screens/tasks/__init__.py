"""What waits for a person: tasks and unknown codes."""
