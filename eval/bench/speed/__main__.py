"""Entry: `python eval/bench/speed DATA` (see run.py)."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])  # the folder that this package lies in, in place of the package itself

from speed.run import main

main()
