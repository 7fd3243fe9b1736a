"""Finds paragraphs: by number where a question names one, else by meaning and words together."""
