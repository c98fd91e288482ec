"""Jobs: work of many operations, such as an import, that goes on where it was interrupted."""
