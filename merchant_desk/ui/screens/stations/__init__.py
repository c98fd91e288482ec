"""What the scan stations have in common: the way of a scan, the panel, the tables, the questions."""
