"""PDF files from HTML, drawn in a process of its own."""
