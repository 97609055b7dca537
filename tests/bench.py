"""`make bench`: what the book costs, beside a stock Jupyter Book of the same chapters, both measured in one run.

Prints tables and writes them to BENCHMARK.md. The stock book has Jupyter Book's defaults: MathJax, Font Awesome, no
frozen widgets. Its MathJax comes from this machine, with none of the delay that a real CDN adds.
"""

import functools
import gzip
import http.server
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
from conftest import CHAPTERS, ROOT, compressed, launch_chromium
from playwright.sync_api import sync_playwright

from book.vendor import vendored

REPEATS = 3  # page loads
STEPS = 40  # slider steps
LIVE_STEPS = 20
LIVE_CHAPTER = "linear_models"  # its first widget is stepped live in JupyterLab
LOOKED_UP = ("interview_questions", "cheat_sheet", "glossary")  # lists, not chapters

# What is aimed for: at most (≤) or at least (≥) so much.
TARGETS = {
    "largest first load of a chapter (kB)": ("≤", 400),
    "largest payload (kB)": ("≤", 300),
    "cold build (s)": ("≤", 900),
    "95 % of slider steps within (ms)": ("≤", 16.7),
    "formulas sooner than in the stock book, median (times)": ("≥", 3),
    "slider on the page faster than live, median (times)": ("≥", 20),
}

STOCK_CONFIG = """\
title: Machine Learning Encyclopedia
only_build_toc_files: true
execute: {execute_notebooks: cache, timeout: 300}
"""


def say(text: str) -> None:
    print(text, flush=True)


# ------------------------------------------------------------------ the books


def copy_tree(target: Path) -> None:
    """The files that git knows, in their present state."""
    names = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True
    )
    for name in names.split():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


EXECUTED = re.compile(r"chapters/(\w+)\.ipynb in ([\d.]+) s")


def build(folder: Path) -> tuple[float, dict[str, float]]:
    """Build the book in `folder`: the seconds it took, and those of each chapter that it executed (ours says so)."""
    started = time.monotonic()
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONPATH"
    }
    result = subprocess.run(
        ["jupyter-book", "build", "."],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    seconds = time.monotonic() - started
    if result.returncode:
        sys.exit(result.stdout + result.stderr)
    return seconds, {
        name: float(value) for name, value in EXECUTED.findall(result.stdout)
    }


def make_stock(folder: Path) -> None:
    """The same chapters under Jupyter Book's defaults."""
    shutil.copytree(
        ROOT / "chapters", folder / "chapters", ignore=shutil.ignore_patterns(".*")
    )
    (folder / "_config.yml").write_text(STOCK_CONFIG)
    (folder / "index.md").write_text("# Machine Learning Encyclopedia\n")
    chapters = [f"  - file: chapters/{path.stem}" for path in CHAPTERS]
    (folder / "_toc.yml").write_text(
        "\n".join(["format: jb-book", "root: index", "chapters:", *chapters])
    )


def edit_prose(folder: Path) -> None:
    path = folder / f"chapters/{CHAPTERS[0].name}"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += "\n\nOne more sentence."
    nbformat.write(notebook, path)


def serve(folder: Path) -> str:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=folder)
    )
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


# ---------------------------------------------------------------- the browser

# Sets window.readable to the milliseconds from navigation until every formula stands in its final font.
WATCH = """
document.addEventListener("readystatechange", async () => {
  if (document.readyState !== "interactive") return;  // all of the page is there; deferred scripts may still run
  const pause = ms => new Promise(done => setTimeout(done, ms));
  if (document.querySelector("script[src*=mathjax]")) {
    while (!window.MathJax?.startup?.promise) await pause(2);
    await MathJax.startup.promise;
  }
  await document.fonts.ready;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  window.readable = performance.now();
});
"""

STEP = """async ([index, steps]) => {
  const widget = document.querySelectorAll(".frozen")[index];
  const output = widget.querySelector(".frozen-output"), range = widget.querySelector("input[type=range]");
  const times = [];
  for (let i = 0; i < steps; i++) {
    await new Promise(done => requestAnimationFrame(done));
    range.value = (Number(range.value) + 1) % (Number(range.max) + 1);
    const start = performance.now();
    range.dispatchEvent(new Event("input", { bubbles: true }));
    output.getBoundingClientRect();  // the new picture is laid out
    times.push(performance.now() - start);
  }
  return times;
}"""


def from_this_machine(route) -> None:
    """MathJax from node_modules; whatever else a stock page asks of other hosts is not to be had."""
    name = re.search(r"/mathjax@3/(.+?)(\?|$)", route.request.url)
    path = vendored("mathjax") / name[1] if name else None
    if path and path.exists():
        route.fulfill(path=path)
    else:
        route.abort()


def load(chromium, url: str) -> tuple[float, int]:
    """Milliseconds until all formulas are readable; bytes of the first load, text compressed."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), from_this_machine)
    context.add_init_script(WATCH)
    page = context.new_page()
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(url)
    page.wait_for_function("window.readable", timeout=120_000)
    milliseconds = page.evaluate("window.readable")
    size = sum(
        compressed(response)
        for response in responses
        if "/_frozen/" not in response.url
    )
    context.close()
    return milliseconds, size


def measure_page(chromium, url: str) -> tuple[float, int]:
    runs = [load(chromium, url) for _ in range(REPEATS)]
    return statistics.median(run[0] for run in runs), runs[0][1]


def frozen_steps(chromium, url: str, only: int | None = None) -> list[float]:
    """Milliseconds from a control's event to the new picture laid out, over the widgets that have a slider."""
    page = chromium.new_page()
    page.goto(url)
    page.keyboard.press("Shift")  # the reader's first move: the page is laid out
    times = []
    for index, widget in enumerate(page.locator(".frozen").all()):
        if widget.locator("input[type=range]").count() == 0 or only not in (
            None,
            index,
        ):
            continue
        widget.scroll_into_view_if_needed()
        page.wait_for_function("w => 'ready' in w.dataset", arg=widget.element_handle())
        times += page.evaluate(STEP, [index, STEPS])
    page.close()
    return times


# ------------------------------------------------------------------ JupyterLab

# Presses of the arrow key on the first slider: from the key to the new picture, decoded.
LIVE_WATCH = """area => {
  window.livePicture = new Promise(done => {
    const start = performance.now();
    const before = area.querySelector("img")?.src;
    const look = () => {
      const image = area.querySelector("img");
      if (image && image.src !== before) image.decode().then(() => done(performance.now() - start));
      else setTimeout(look, 1);
    };
    look();
  });
}"""


def live_steps(chromium) -> list[float]:
    """Milliseconds a step of the same widget takes with a kernel behind it, in JupyterLab on this machine."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copy(ROOT / f"chapters/{LIVE_CHAPTER}.ipynb", scratch)
        settings = Path(scratch, "settings/@jupyterlab/notebook-extension")
        settings.mkdir(parents=True)
        (settings / "tracker.jupyterlab-settings").write_text(
            '{"windowingMode": "none"}'
        )
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [
            *[
                "jupyter",
                "lab",
                "--no-browser",
                "--allow-root",
                f"--port={port}",
                "--IdentityProvider.token=",
            ],
            f"--ServerApp.root_dir={scratch}",
        ]
        environment = os.environ | {"JUPYTERLAB_SETTINGS_DIR": f"{scratch}/settings"}
        server = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            wait_for_server(f"http://127.0.0.1:{port}/api")
            page.goto(f"http://127.0.0.1:{port}/lab/tree/{LIVE_CHAPTER}.ipynb")
            idle = page.get_by_text("| Idle")
            page.locator(".jp-CodeCell").first.wait_for(timeout=60_000)
            idle.wait_for(timeout=60_000)
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_text("Run All Cells", exact=True).click()
            area = page.locator(".widget-interact").first
            area.locator("img").wait_for(timeout=120_000)
            idle.wait_for(timeout=120_000)  # the cells below still run
            handle = area.locator(".noUi-handle").first
            handle.scroll_into_view_if_needed()
            handle.focus()
            times = []
            for step in range(LIVE_STEPS):
                page.evaluate(LIVE_WATCH, area.element_handle())
                page.keyboard.press(("ArrowLeft", "ArrowRight")[step % 2])
                times.append(page.evaluate("window.livePicture"))
            page.close()
            return times[2:]  # the first ones warm the kernel up
        finally:
            server.terminate()
            server.wait()


def wait_for_server(url: str) -> None:
    from urllib.request import urlopen

    for _ in range(300):
        try:
            urlopen(url)
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("JupyterLab did not start")


# ------------------------------------------------------------------ the tables


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def table(head: list[str], rows: list[list]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def payloads(site: Path, name: str) -> tuple[list[int], list[int]]:
    """States and compressed payload bytes of each widget of a page."""
    html = (site / name).read_text()
    states = [int(count) for count in re.findall(r'data-states="(\d+)"', html)]
    files = re.findall(r'href="\.\./(_frozen/\w+\.js)"', html)
    return states, [len(gzip.compress((site / file).read_bytes(), 9)) for file in files]


def measure(scratch: Path) -> dict:
    """Builds and loads both books; all that the report is made of."""
    found: dict = {"chapters": {}}
    ours, stock = scratch / "ours", scratch / "stock"
    copy_tree(ours)
    stock.mkdir()
    make_stock(stock)
    say("building the book, cold")
    found["cold"], seconds = build(ours)
    say("building the stock book, cold")
    found["stock cold"], _ = build(stock)
    edit_prose(ours)
    edit_prose(stock)
    say("both again after an edit of one chapter's prose")
    found["warm"], found["stock warm"] = build(ours)[0], build(stock)[0]
    site = ours / "_build/html"
    address, stock_address = serve(site), serve(stock / "_build/html")
    with sync_playwright() as playwright:
        chromium = launch_chromium(playwright)
        for path in CHAPTERS:
            name = f"chapters/{path.stem}.html"
            say(f"loading {name}, here and stock")
            states, sizes = payloads(site, name)
            found["chapters"][path.stem] = {
                "seconds": seconds[path.stem],
                "states": states,
                "payloads": sizes,
                "load": measure_page(chromium, address + name),
                "stock load": measure_page(chromium, stock_address + name),
                "steps": frozen_steps(chromium, address + name),
            }
        say(f"stepping the first widget of {LIVE_CHAPTER} live, in JupyterLab")
        found["live"] = live_steps(chromium)
        page = f"{address}chapters/{LIVE_CHAPTER}.html"
        found["on the page"] = frozen_steps(chromium, page, only=0)
        chromium.close()
    return found


def targets(found: dict) -> str:
    """What was aimed for, what was measured."""
    chapters = found["chapters"]
    read = [c for name, c in chapters.items() if name not in LOOKED_UP]
    steps = [step for c in chapters.values() for step in c["steps"]]
    live, page = (
        statistics.median(found["live"]),
        statistics.median(found["on the page"]),
    )
    measured = [
        max(c["load"][1] for c in read) / 1000,
        max(size for c in chapters.values() for size in c["payloads"]) / 1000,
        found["cold"],
        p95(steps),
        statistics.median(c["stock load"][0] / c["load"][0] for c in read),
        live / page,
    ]
    rows = []
    for (what, (sign, aim)), value in zip(TARGETS.items(), measured, strict=True):
        met = value <= aim if sign == "≤" else value >= aim
        rows.append([what, f"{sign} {aim}", f"{value:.3g}", "yes" if met else "no"])
    return table(["target", "aim", "measured", "met"], rows)


def report(found: dict) -> str:
    """BENCHMARK.md."""
    chapters = found["chapters"]
    node = subprocess.check_output(["node", "-p", "process.versions.node"], text=True)
    intro = (
        "Written by `make bench`, which builds this book and a stock Jupyter Book of the same chapters (MathJax, "
        f"no frozen widgets) and loads both in Chromium. {os.cpu_count()} cores, Python {sys.version.split()[0]}, "
        f"node {node.strip()}. Bytes are compressed; milliseconds are medians unless p95 is said."
    )
    made = [
        [
            name,
            f"{c['seconds']:.0f}",
            len(c["states"]),
            sum(c["states"]),
            f"{max(c['payloads']) / 1000:.0f}",
        ]
        for name, c in chapters.items()
    ]
    loaded = [
        [
            name,
            f"{c['load'][1] / 1000:.0f}",
            f"{c['stock load'][1] / 1000:.0f}",
            f"{c['load'][0]:.0f}",
            f"{c['stock load'][0]:.0f}",
            f"{c['stock load'][0] / c['load'][0]:.1f}",
            f"{statistics.median(c['steps']):.1f}",
            f"{p95(c['steps']):.1f}",
        ]
        for name, c in chapters.items()
    ]
    builds = [
        ["cold, all chapters executed and frozen", "cold"],
        ["warm, one chapter's prose edited", "warm"],
    ]
    stepped = [["on the page", "on the page"], ["live in JupyterLab", "live"]]
    return "\n\n".join(
        [
            "# Benchmark",
            intro,
            targets(found),
            table(
                ["build", "this book (s)", "stock (s)"],
                [
                    [text, f"{found[key]:.0f}", f"{found[f'stock {key}']:.0f}"]
                    for text, key in builds
                ],
            ),
            table(
                [
                    f"one step of the first slider of {LIVE_CHAPTER}",
                    "median (ms)",
                    "p95",
                ],
                [
                    [
                        text,
                        f"{statistics.median(found[key]):.1f}",
                        f"{p95(found[key]):.1f}",
                    ]
                    for text, key in stepped
                ],
            ),
            table(
                ["chapter", "made in (s)", "widgets", "states", "largest payload (kB)"],
                made,
            ),
            table(
                [
                    *["page", "first load (kB)", "stock", "formulas readable (ms)"],
                    *["stock", "times sooner", "slider (ms)", "p95"],
                ],
                loaded,
            ),
        ]
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        text = report(measure(Path(scratch)))
    (ROOT / "BENCHMARK.md").write_text(text + "\n")
    say(text)


if __name__ == "__main__":
    main()
