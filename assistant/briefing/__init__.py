"""Briefings: questions and references of a plan, answered, and written as Word, HTML or Markdown with a footnote to every paragraph.

    plan (Markdown) ── plan, markup ──► Plan ── gather ──► Gathered ── sheet ──► Sheet ──► markdown, or pandoc and word

`fill` puts answers and quotations into a text of one's own; `citing` and `words` know how references are written. A `Sheet` holds
text only: what is markup in a format is decided in the module of that format.
"""
