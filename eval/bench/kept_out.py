"""Writes the articles of SQuAD 2.0 that the reader was not trained on, to be asked as one corpus.

python eval/bench/kept_out.py SQUAD.json OUT.json
assistant eval run OUT.json --sample 400
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from assistant.reader.examples import is_kept_out


def main(source: Path, target: Path) -> None:
    """Keeps the articles whose title's hash says so."""
    articles = json.loads(source.read_text(encoding="utf-8"))["data"]
    kept = [article for article in articles if is_kept_out(article["title"])]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"version": "v2.0", "data": kept}, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
