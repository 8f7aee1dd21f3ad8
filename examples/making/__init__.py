"""How the invented review is made: its source read, then set as PDF and as DOCX."""
