"""Look-up: what any code means, and all that is known of it."""
