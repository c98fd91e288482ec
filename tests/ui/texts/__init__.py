"""Tests of `ui/texts`."""
