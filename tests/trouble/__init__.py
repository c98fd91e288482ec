"""Every kind of bad input and trouble that the product must stand, through its own surface."""
