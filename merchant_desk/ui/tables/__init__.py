"""Tables: rows with stable ids, fetched by key windows, drawn by one delegate."""
