"""The screen of the opening books."""
