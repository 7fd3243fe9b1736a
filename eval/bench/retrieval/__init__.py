"""What eval/bench/quality.py is made of: the sets as matrices, the ways to score that were tried, and the tables."""
