"""Protocol, outbox, desk engine (do, push, pull, replay) and schedule."""
