"""What a callback shows in each state, as one piece of HTML."""

import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from html import escape
from multiprocessing import get_context
from os import cpu_count

from IPython import get_ipython
from IPython.core.displaypub import DisplayPublisher
from IPython.display import display

from .controls import FreezeError

# What a frame can hold, best first. text/html comes from figures too: kernel.py formats them as inline SVG.
MIMES = {
    "text/html": str,
    "image/svg+xml": str,
    "image/png": lambda data: (
        f'<img alt="" src="data:image/png;base64,{data.strip()}">'
    ),
    "image/jpeg": lambda data: (
        f'<img alt="" src="data:image/jpeg;base64,{data.strip()}">'
    ),
    "text/plain": lambda data: f"<pre>{escape(data)}</pre>",
}
# Shown by a live front end, but not readable without one: text/plain would be a poor copy.
RICH_ONLY = ("text/markdown", "text/latex", "application/vnd.jupyter.widget-view+json")


class _Recorder(DisplayPublisher):
    """Takes the place of both the display publisher and sys.stdout, so that text and pictures keep their order."""

    def __init__(self, shell):
        super().__init__(shell=shell)
        self.parts: list[tuple[str, object]] = []

    def publish(self, data, metadata=None, *, update=False, **_):
        if update:
            raise FreezeError("it changes what it has shown already")
        self.parts.append(("data", data))

    def clear_output(self, wait=False):
        self.parts.clear()

    def write(self, text):
        if self.parts and self.parts[-1][0] == "text":
            self.parts[-1] = ("text", self.parts[-1][1] + text)
        elif text:
            self.parts.append(("text", text))

    def flush(self):
        pass


class _Complaint:
    """Stands in for sys.stderr: a warning in a frame would reach the reader, so it is an error."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass


@contextmanager
def _recording():
    shell = get_ipython()
    recorder, complaint = _Recorder(shell), _Complaint()
    saved = shell.display_pub, sys.stdout, sys.stderr
    shell.display_pub, sys.stdout, sys.stderr = recorder, recorder, complaint
    try:
        yield recorder, complaint
    finally:
        shell.display_pub, sys.stdout, sys.stderr = saved


def to_html(parts: list[tuple[str, object]]) -> str:
    """What was shown, in order. `parts` holds ("text", str) and ("data", {mime type: content})."""
    pieces = []
    for kind, content in parts:
        if kind == "text":
            pieces.append(f"<pre>{escape(content.rstrip())}</pre>")
            continue
        rich = [mime for mime in RICH_ONLY if mime in content]
        mime = next((mime for mime in MIMES if mime in content), None)
        if mime is None or (mime == "text/plain" and rich):
            raise FreezeError(
                f"it shows {', '.join(rich or content)}, which a page without a kernel cannot hold"
            )
        pieces.append(MIMES[mime](content[mime]))
    return "\n".join(pieces)


def capture(show: Callable[[], object], auto_display: bool = True) -> str:
    """Run `show` as `interact` would and return what it showed as HTML.

    Raises `FreezeError` where it raises, shows nothing, or writes to stderr.
    """
    from ipywidgets.widgets.interaction import show_inline_matplotlib_plots

    # Inside catch_warnings a warning is heard each time, not only the first.
    with warnings.catch_warnings(), _recording() as (recorder, complaint):
        try:
            result = show()
            show_inline_matplotlib_plots()
            if auto_display and result is not None:
                display(result)
        except Exception as error:
            raise FreezeError(f"{type(error).__name__}: {error}") from error
    if complaint.text:
        raise FreezeError(f"it writes to stderr: {complaint.text.strip()}")
    frame = to_html(recorder.parts)
    if not frame.strip():
        raise FreezeError("it shows nothing")
    return frame


def _after_fork():
    """What a forked worker must not share with its parent: thread pools, whose threads are not there, and open
    font files, whose position all workers would move. Matplotlib itself forgets its fonts, but not parsed formulas,
    which hold some."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    if "threadpoolctl" in sys.modules:
        sys.modules["threadpoolctl"].threadpool_limits(1)
    if "matplotlib.mathtext" in sys.modules:
        sys.modules["matplotlib.mathtext"].MathTextParser._parse_cached.cache_clear()


def _work(index: int):
    """Runs in a forked worker, which inherited `_task`. Errors return as text: a BaseException would kill it."""
    try:
        return _task(index), None
    except FreezeError as error:
        return None, str(error)


def capture_all(task: Callable[[int], str], count: int) -> list[str]:
    """`[task(0), …, task(count - 1)]`, on all cores where the system can fork.

    A fork sees the notebook's variables as they are; what a callback changes in them stays in the worker.
    Raises the first `FreezeError`.
    """
    jobs = min(cpu_count() or 1, count)
    if jobs == 1 or sys.platform != "linux":
        return [task(i) for i in range(count)]
    global _task
    _task = task
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads; `_after_fork` deals with what it warns of.
        warnings.simplefilter("ignore", DeprecationWarning)
        fork = get_context("fork")
        with ProcessPoolExecutor(jobs, fork, initializer=_after_fork) as pool:
            try:
                chunk = max(1, count // (4 * jobs))
                results = list(pool.map(_work, range(count), chunksize=chunk))
            except BrokenProcessPool:
                raise FreezeError("the process that draws it died: memory?") from None
    for _, error in results:
        if error is not None:
            raise FreezeError(error)
    return [frame for frame, _ in results]
