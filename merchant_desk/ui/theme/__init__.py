"""How everything looks: tokens, and what is derived from them."""
