"""What eval/bench/verify.py is made of: documents split in two, sentences made wrong on purpose, and honest ones."""
