"""Tests of what is on its way to a printer."""
