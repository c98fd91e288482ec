"""Scanner capture: keys and bytes in, scans out, nothing lost."""
