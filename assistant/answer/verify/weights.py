"""Weights of the support scores, written by eval/bench/fit_support.py; do not edit by hand."""

LEXICAL_WEIGHTS = (-4.0, 4.0, 2.0, 1.5, 1.5, 1.0, 0.1)
ENCODER_WEIGHTS = (-5.0, 3.0, 1.5, 1.0, 1.0, 1.0, 0.1, 4.0)
THRESHOLD = 0.3
"""Below this probability of support a sentence is withheld."""
ELSEWHERE = 0.25
"""By so much more must another passage at hand support a sentence for it to name the wrong one."""
BEARING = 0.05
"""Each of several passages that a sentence names must support it so far by itself."""
