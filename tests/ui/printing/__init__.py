"""Tests of what is drawn for printers."""
