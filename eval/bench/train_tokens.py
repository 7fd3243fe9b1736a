"""Trains the byte-pair vocabulary of assistant/answer/tokens.py on text files, and writes it in tiktoken's form.

python eval/bench/train_tokens.py assistant/answer/tokens.tiktoken corpus/chair-closing-remarks.txt TEXT…
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from assistant.answer.tokens import PATTERN

SIZE = 4096


def byte_alphabet() -> dict[str, int]:
    """The printable character by which byte-level vocabularies write each byte (GPT-2's table)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + at): byte for at, byte in enumerate(others)}


def main(target: str, *sources: str) -> None:
    """Trains on `sources` and writes `target`: a line for each piece, base64 and rank."""
    tokenizer = Tokenizer(models.BPE())
    # The engine of this library has no possessive quantifiers; without them the pattern cuts the same.
    pattern = Regex(PATTERN.replace("?+", "?").replace("++", "+"))
    split = pre_tokenizers.Split(pattern, behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train(list(sources), trainer)
    table = byte_alphabet()
    pieces = [
        bytes(table[character] for character in piece) for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    ]
    lines = [base64.b64encode(piece) + b" " + str(rank).encode() for rank, piece in enumerate(pieces)]
    Path(target).write_bytes(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
