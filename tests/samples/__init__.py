"""Databases that former versions of the program left behind, and the script that made them."""
