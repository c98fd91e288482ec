"""Windows, widgets and models of the user interface."""
