"""Size of an installation, and the time from start to first tag.

Makes a fresh virtual environment outside the checkout, installs the wheel into it, and measures:
megabytes of site-packages beyond pip; seconds from the start of the process to the first tag of
the example review, the file cache cold for the first run and warm for the rest; seconds that
``import scr_themes`` takes beyond bare Python; and, with the network cut off (``unshare -rn``),
whether the command line tags the example all the same. Run ``python benchmarks/start.py``. Writes
``benchmarks/results/start.json``.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_TAG = """
import scr_themes
for document in scr_themes.tag({path!r}):
    print(next(p for p in document.passages if p.tags).tags[0].theme)
    break
"""


def megabytes(folder: Path) -> float:
    """Return the size of all files below a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def seconds(command: list[str], cwd: Path, repeats: int = 5) -> list[float]:
    """Return the wall times of a command, run again and again."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, cwd=cwd, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return times


def main() -> None:
    """Install, measure, print and write."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        subprocess.run([sys.executable, "-m", "venv", place / "env"], check=True)
        python = str(place / "env/bin/python")
        site = next((place / "env").rglob("site-packages"))
        before = megabytes(site)
        wheel = [python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(place), str(ROOT)]
        subprocess.run(wheel, check=True)
        (built,) = place.glob("*.whl")
        subprocess.run([python, "-m", "pip", "install", "-q", str(built)], check=True)
        example = place / "review.pdf"
        example.write_bytes((ROOT / "examples/review.pdf").read_bytes())
        script = FIRST_TAG.format(path=str(example))
        first, *rest = seconds([python, "-c", script], place, repeats=6)
        bare = statistics.median(seconds([python, "-c", "pass"], place))
        imported = statistics.median(seconds([python, "-c", "import scr_themes"], place))
        loading = "from scr_themes.classifying import open_reader; open_reader()"
        loaded = statistics.median(seconds([python, "-c", loading], place))
        command = [str(place / "env/bin/scr-themes"), "tag", str(example)]
        whole = statistics.median(seconds(command, place))
        offline = subprocess.run(
            ["unshare", "-rn", *command], check=False, cwd=place, capture_output=True
        )
        figures = {
            "wheel_mb": round(built.stat().st_size / 1e6, 1),
            "installed_mb": round(megabytes(site) - before, 1),
            "first_tag_s_cold": round(first, 2),
            "first_tag_s_median_of_5": round(statistics.median(rest), 2),
            "tag_example_s_median_of_5": round(whole, 2),
            "import_s_beyond_python": round(imported - bare, 3),
            "import_and_load_s_beyond_python": round(loaded - bare, 2),
            "tags_with_network_cut_off": offline.returncode == 0,
        }
    for name, value in figures.items():
        print(f"{name:33} {value}")
    out = ROOT / "benchmarks/results/start.json"
    out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
