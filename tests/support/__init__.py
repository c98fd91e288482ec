"""Tests of what helps whoever keeps a desk running."""
