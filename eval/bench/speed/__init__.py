"""Speed, memory and growth, against a stack of LangChain parts: `python eval/bench/speed DATA` (or `make bench DATA=…`).

    sources ─► corpus ─► vectors ─► steps, each in processes of its own ─► kept JSON ─► table and plots

Texts are real paragraphs, filled up with recombined real sentences. A step that was measured is kept and not measured again.
"""
