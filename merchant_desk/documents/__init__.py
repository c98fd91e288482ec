"""What leaves or enters as paper and files: sheets, labels, pick lists, reports."""
