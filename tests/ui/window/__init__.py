"""Tests of `ui/window`."""
