"""The first shift: server and two desks as processes, driven by keys, cut off, compared by SQL."""
