"""Weights of the similarity reader, written by eval/bench/fit_similarity.py; do not edit by hand.

773 questions over documents written for the project and CC0 speeches; each figure out of fold by set of documents:
right paragraph first 0.537; best sentence holds evidence 0.379
(most similar sentence 0.259);
area under the curve of answerable questions against removed 0.65, elsewhere 0.87, near miss 0.27.
"""

SENTENCE_WEIGHTS = (2.1066, 0.8994, -1.1349, 0.4453, -0.0248, 0.1251, 1.3896, 1.9586, 1.2184, 0.6471, 0.7549, -0.6888, 0.1245)
ABSTENTION_WEIGHTS = (-4.5924, 0.2150, 6.1577, 1.2684, 0.0000, -0.6217, 3.1291, -0.3101, 0.1989)
