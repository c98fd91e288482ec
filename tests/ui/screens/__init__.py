"""Tests of screens, on the real program with real desks."""
