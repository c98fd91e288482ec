"""Sample screens for the gallery and for tests of the shell: invented names and figures."""
