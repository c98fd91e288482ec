"""Signing in, the lock, and enrolment."""
