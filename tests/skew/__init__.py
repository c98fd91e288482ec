"""Programs of two versions beside each other: the one of the first shift, from its wheel, and today's."""
