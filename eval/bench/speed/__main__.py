"""Entry: `python eval/bench/speed DATA` (see run.py)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from speed.run import main

main()
