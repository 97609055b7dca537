"""`make seeds`: every chapter with other random seeds. An assertion about an experiment must hold for each.

Runs the notebooks as they are; `shift_seeds` in the kernel changes what they seed with. Names every failure and
exits 1 if there is one. `python tests/seeds.py optimizers` runs one chapter.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

import nbformat
from conftest import CHAPTERS, ROOT

from book.execute import ChapterError, execute

SHIFTS = (1, 2, 3, 7, 42)


def run(path, shift: int) -> tuple[float, str]:
    """Seconds it took, and what went wrong (empty if nothing did)."""
    os.environ["SEED_SHIFT"] = str(shift)
    os.environ["PYTHONPATH"] = str(ROOT / "tests")
    notebook = nbformat.read(path, as_version=4)
    try:
        return execute(notebook, path.name, extensions=("shift_seeds",)), ""
    except ChapterError as error:
        return 0.0, str(error)


def main(names: list[str]) -> int:
    chapters = [path for path in CHAPTERS if not names or path.stem in names]
    failures = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = {
            pool.submit(run, path, shift): (path.stem, shift)
            for path in chapters
            for shift in SHIFTS
        }
        for count, job in enumerate(as_completed(jobs), 1):
            name, shift = jobs[job]
            seconds, error = job.result()
            outcome = f"holds ({seconds:.0f} s)" if not error else "FAILS"
            print(
                f"{count} of {len(jobs)}: {name} with seeds + {shift}: {outcome}",
                flush=True,
            )
            if error:
                failures.append(f"{name} with seeds + {shift}: {error}")
    print("\n\n".join(failures))
    print(f"{len(jobs) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not jobs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
