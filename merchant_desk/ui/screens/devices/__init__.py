"""The printers and the scanner of this desk."""
