"""Whether the models say the same on processors without AVX-512 and VNNI; valgrind plays one.

valgrind runs a program on a processor of its own making, which has AVX2 and no AVX-512; libraries
that choose their kernels by what the processor can do choose others there. The token vectors of a
few invented passages are worked out on the processor itself and under valgrind, and compared.

Run ``python benchmarks/processors.py [--models FOLDER]``; needs valgrind (a Debian package). Writes
``benchmarks/results/processors.json``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from scr_themes.encoding import OnnxEncoder

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("accurate", "fast")
TEXTS = (
    "No one told the health visitor that he had moved back in.",
    "The school had kept no record of the call, and the nurse, who knew, was never asked; a year "
    "went by before anyone looked.",
    "Agencies should share what they know of a risk to a child.",
    "The boy was seen alone at each visit, and what he said was written down in his own words.",
)


def vectors(models: Path, target: Path) -> None:
    """Write the token vectors of each text."""
    found = {}
    for name in NAMES:
        encoder = OnnxEncoder(models / name / "encoder", n_threads=1)
        found[name] = np.concatenate([tokens.vectors for tokens in encoder.tokens(TEXTS)])
    np.savez(target, **found)


def main() -> None:
    """Run both, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    parser.add_argument("--vectors", type=Path, help=argparse.SUPPRESS)  # in the process played to
    options = parser.parse_args()
    if options.vectors is not None:
        vectors(options.models, options.vectors)
        return
    again = [sys.executable, __file__, "--models", str(options.models), "--vectors"]
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder, "here.npz"), Path(folder, "there.npz")
        subprocess.run([*again, str(here)], check=True)
        played = ["valgrind", "-q", "--tool=none", *again, str(there)]
        subprocess.run(played, check=True, stderr=subprocess.DEVNULL)
        one, other = np.load(here), np.load(there)
        figures = {
            name: {
                "largest_difference": float(np.abs(one[name] - other[name]).max()),
                "mean_size": float(np.abs(one[name]).mean()),
            }
            for name in NAMES
        }
    out = ROOT / "benchmarks/results/processors.json"
    if options.models == ROOT / "models":
        out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
