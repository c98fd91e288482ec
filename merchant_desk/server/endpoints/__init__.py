"""The server's interface, subject by subject; each module lists its endpoints in ENDPOINTS."""
