"""Weights of the support scores, written by eval/bench/fit_support.py; do not edit by hand.

4,662 pairs of a claim and a paragraph, 1,155 of them supported (paraphrases over documents written for the project and CC0 speeches;
answered questions of SQuAD 2.0, CC BY-SA 4.0); out of fold by document: area under the curve 0.993, balanced accuracy 0.962. With the
encoder, over 1,468 of such pairs: 0.996 and 0.974.
"""

LEXICAL_WEIGHTS = (-6.8066, 3.6511, 5.2881, 3.8448, 2.9858, -0.1490, -0.0963)
ENCODER_WEIGHTS = (-4.4123, 3.0675, 2.8725, 3.0514, 2.3626, 0.7262, -1.4343, 3.7486)
THRESHOLD = 0.2
"""Below this probability of support a sentence is withheld: 1 % of the supported claims lie there, and 90 % of the others."""
ELSEWHERE = 0.25
"""By so much more must another passage at hand support a sentence for it to name the wrong one."""
BEARING = 0.02
"""Each of several passages that a sentence names must support it so far by itself."""
