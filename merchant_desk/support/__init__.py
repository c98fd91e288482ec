"""Help for whoever keeps a desk running: repairs, logs to read, what may be sent to somebody who helps."""
