"""Everything that is printed goes this way: pages, drawn for a printer, a label printer or a PDF."""
