"""Rehearsal: desks, a server and the trouble between them, played from one seed and checked at every step.

The real domain, models, handlers, sync and server code runs; time, chance, the network and the life of
processes are simulated. See docs/decisions/0049-rehearsal.md.
"""
