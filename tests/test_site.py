"""The built site in a real browser: every page, every control of every widget, light and dark, desk and phone."""

import functools
import http.server
import json
import re
import threading
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from urllib.parse import quote_plus, unquote, urldefrag, urljoin

import pytest
from conftest import ROOT, SITE, compressed

from book.vendor import vendored

REDIRECT = "index.html"  # to book/index.html
PAGES = sorted(
    name
    for path in SITE.rglob("*.html")
    if (name := str(path.relative_to(SITE))) != REDIRECT and "_static" not in path.parts
)
MAX_STATES_PER_PAGE = 600
MAX_FIRST_LOAD = 400_000  # bytes, compressed, without the other pictures of widgets
# Lists in which one looks things up are longer than a chapter.
MAX_FIRST_LOAD_OF_LISTS = 500_000
LISTS = ("interview_questions", "cheat_sheet", "glossary", "search", "claims")


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def address(site):
    """The site over http on this machine."""
    handler = functools.partial(_QuietHandler, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # a browser that closes a page early
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture(scope="session")
def file_address(site):
    return site.resolve().as_uri() + "/"


@pytest.fixture
def open_page(browser):
    """Opens an address and afterwards asserts that no error and no foreign request happened."""
    contexts, faults = [], []

    def opened(url, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        home = url[: url.index("/", url.index("//") + 2)]

        def check(request):
            if not request.url.startswith((home, "data:", "blob:")):
                faults.append(f"request to {request.url}")

        page.on("request", check)
        page.on("requestfailed", lambda r: faults.append(f"failed: {r.url}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on(
            "console",
            lambda m: faults.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def widgets(page):
    return page.locator(".frozen").all()


def lay_out_everything(page):
    """Also what is far from the screen, which the browser skips until the reader's first move."""
    page.keyboard.press("Shift")
    page.wait_for_function("!('lazy' in document.documentElement.dataset)")


def await_scripts(page):
    """The theme's own, which come after the page has been painted."""
    page.wait_for_function(
        "document.documentElement.dataset.scripts === 'pydata-sphinx-theme'"
    )


def play_all(page, few=False):
    """Move every control of every widget through its values; each must change the picture at least once.

    With `few`, to the first and the last value only; then one control of each widget must.
    """
    lay_out_everything(page)
    for widget in widgets(page):
        widget.scroll_into_view_if_needed()
        page.wait_for_function("w => 'ready' in w.dataset", arg=widget.element_handle())
        silent, controls = widget.evaluate(MOVE_CONTROLS, few)
        message = f"{widget.get_attribute('aria-label')}: no new picture"
        assert len(silent) < controls if few else silent == [], message


# For each control: all its values, or a few, one animation frame after each. Returns the controls that changed
# nothing, and how many controls there are.
MOVE_CONTROLS = """async (widget, few) => {
  const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const output = widget.querySelector(".frozen-output");
  const form = widget.querySelector("form");
  const shown = () => output.innerHTML.replace(/ tabindex="-?1"/g, ""); // which the theme's script adds
  const start = shown();
  const silent = [];
  const names = new Set([...form.elements].filter(e => e.name).map(e => e.name));
  for (const name of names) {
    const group = [...form.elements].filter(e => e.name === name);
    const control = group[0];
    const moves = [];
    if (group.length > 1) for (const radio of group) moves.push(() => { radio.checked = true; });
    else if (control.type === "checkbox") moves.push(() => { control.checked = !control.checked; });
    else if (control.tagName === "SELECT")
      for (let i = 0; i < control.options.length; i++) moves.push(() => { control.selectedIndex = i; });
    else for (let i = 0; i <= control.max; i++) moves.push(() => { control.value = i; });
    let changes = 0;
    for (const move of few ? [moves[0], moves.at(-1)] : moves) {
      const before = output.innerHTML;
      move();
      control.dispatchEvent(new Event("input", { bubbles: true }));
      await frame();
      if (output.innerHTML !== before) changes++;
      if (!output.innerHTML.trim()) silent.push(name + " shows nothing");
    }
    if (!changes) silent.push(name);
    widget.querySelector(".frozen-reset").click();
    await frame();
    if (shown() !== start) silent.push(name + " does not reset");
  }
  return [silent, names.size];
}"""


@pytest.mark.parametrize("name", PAGES)
def test_page_over_http(name, address, open_page):
    page = open_page(address + name, reduced_motion="reduce")
    play_all(page)


@pytest.mark.parametrize("name", PAGES)
def test_first_load(name, address, browser):
    page, responses = browser.new_page(), []
    page.on("response", lambda response: responses.append(response))
    page.goto(address + name, wait_until="networkidle")
    size = sum(compressed(r) for r in responses if "/_frozen/" not in r.url)
    page.close()
    listing = name.rpartition("/")[2].removesuffix(".html") in LISTS
    assert size <= (MAX_FIRST_LOAD_OF_LISTS if listing else MAX_FIRST_LOAD)


@pytest.mark.parametrize("name", PAGES)
def test_page_from_a_file(name, file_address, open_page):
    page = open_page(file_address + name)
    play_all(page, few=True)


@pytest.mark.parametrize("name", PAGES)
def test_phone(name, address, open_page):
    size = {"width": 375, "height": 700}
    page = open_page(
        address + name,
        viewport=size,
        is_mobile=True,
        has_touch=True,
        device_scale_factor=2,
    )
    lay_out_everything(page)
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    small = page.evaluate(
        "[...document.querySelectorAll('.frozen :is(select, button, input[type=range])')]"
        ".filter(e => e.offsetParent && e.offsetHeight < 24).map(e => e.outerHTML)"
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_accessibility(name, scheme, address, open_page):
    page = open_page(address + name, color_scheme=scheme, reduced_motion="reduce")
    lay_out_everything(page)
    page.evaluate("document.fonts.ready")
    await_scripts(page)
    page.add_script_tag(path=vendored("axe-core/axe.min.js"))
    violations = page.evaluate("axe.run().then(result => result.violations)")
    assert [
        f"{v['id']}: {v['nodes'][0]['html'][:200]} ({len(v['nodes'])})"
        for v in violations
    ] == []


@pytest.mark.parametrize("name", ["attention", "ml_system_design", "glossary"])
def test_links_within_a_page_lead_to_their_place(name, address, open_page):
    """From the contents of a page just opened, and from outside: the rest need not be laid out until then."""
    page = open_page(f"{address}chapters/{name}.html", viewport=DESK)
    for link in page.locator(".bd-sidebar-secondary a.nav-link:visible").all()[::4]:
        link.click()
        anchor = link.get_attribute("href")
        page.wait_for_function(IN_SIGHT, arg=anchor)
    for anchor in ("#claim-2", "#claim-4"):
        other = open_page(f"{address}chapters/{name}.html{anchor}", viewport=DESK)
        other.wait_for_load_state("networkidle")
        assert other.evaluate(IN_SIGHT, anchor)


def test_scrolling_lays_the_page_out(address, open_page):
    page = open_page(address + "chapters/attention.html")
    assert page.evaluate("'lazy' in document.documentElement.dataset")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 300)
    page.wait_for_function("!('lazy' in document.documentElement.dataset)")


def test_the_root_leads_to_the_landing_page(address, open_page):
    page = open_page(address)
    page.wait_for_url("**/book/index.html")


def test_without_scripts_a_widget_shows_its_start(address, open_page):
    page = open_page(address + "book/index.html", java_script_enabled=False)
    widget = page.locator(".frozen").first
    assert widget.locator("svg").count() == 1
    assert widget.locator("output").inner_text() != ""
    assert widget.locator("input").is_disabled()


DESK = {"width": 1280, "height": 900}
IN_SIGHT = """anchor => {
  const { top } = document.getElementById(anchor.slice(1)).getBoundingClientRect();
  return top > -5 && top < innerHeight;
}"""


def settle(page):
    """Wait until the next animation frame has been drawn."""
    page.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def test_touching_a_control_first_loads_and_shows_that_state(address, open_page):
    """Far from the screen nothing is loaded; a control moved at once ends in its own picture, not a stale one."""
    page = open_page(address + "chapters/linear_models.html")
    page.wait_for_load_state("networkidle")
    last = page.locator(".frozen").last
    assert last.get_attribute("data-ready") is None
    slider = last.locator("input[type=range]").first
    move = (
        "(s, values) => { for (const v of values) { s.value = v;"
        " s.dispatchEvent(new Event('input', { bubbles: true })); } }"
    )
    slider.evaluate(move, [3, 2, 1])
    page.wait_for_function("w => 'ready' in w.dataset", arg=last.element_handle())
    quick = last.locator(".frozen-output").inner_html()
    slider.evaluate(move, [2])
    settle(page)
    assert last.locator(".frozen-output").inner_html() != quick
    slider.evaluate(move, [1])
    settle(page)
    assert last.locator(".frozen-output").inner_html() == quick


def test_keyboard_moves_a_slider_and_play_runs_and_stops(address, open_page):
    page = open_page(address + "book/index.html")
    widget = page.locator(".frozen").first
    widget.scroll_into_view_if_needed()
    page.wait_for_function(
        "document.querySelector('.frozen').dataset.ready !== undefined"
    )
    output, slider = (
        widget.locator(".frozen-output"),
        widget.locator("input[type=range]"),
    )
    before = output.inner_html()
    slider.focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert output.inner_html() != before
    assert (
        slider.get_attribute("aria-valuetext") == widget.locator("output").inner_text()
    )
    play = widget.locator(".frozen-play")
    play.click()
    value = slider.input_value()
    page.wait_for_function(
        "value => document.querySelector('.frozen input').value !== value", arg=value
    )
    play.click()
    stopped = slider.input_value()
    page.wait_for_timeout(400)
    assert slider.input_value() == stopped
    play.click()
    widget.locator(".frozen-reset").click()
    assert play.inner_text() == "Play"


def test_play_is_absent_where_motion_is_unwanted(address, open_page):
    page = open_page(address + "book/index.html", reduced_motion="reduce")
    assert not page.locator(".frozen-play").first.is_visible()


def test_a_payload_that_cannot_be_loaded_is_said(address, browser):
    page = browser.new_page()
    page.route("**/_frozen/*", lambda route: route.abort())
    page.goto(address + "book/index.html")
    page.locator(".frozen").first.scroll_into_view_if_needed()
    page.locator(".frozen input").first.focus()
    status = page.locator(".frozen-status").first
    status.filter(has_text="could not be loaded").wait_for(timeout=5000)
    page.unroute("**/_frozen/*")
    page.locator(".frozen input").first.press("ArrowLeft")
    page.wait_for_function(
        "document.querySelector('.frozen').dataset.ready !== undefined"
    )
    assert status.inner_text() == ""
    page.close()


def test_questions_of_a_level_and_topic(address, open_page):
    page = open_page(address + "chapters/interview_questions.html")
    lay_out_everything(page)
    total = page.locator("section > h3", has_text=re.compile(r"Q\d{3} ")).count()
    page.get_by_label("Level").select_option("staff")
    page.get_by_label("Topic").select_option("experimentation")
    headings = page.locator("section:not([hidden]) > h3:visible").all_inner_texts()
    shown = [text for text in headings if re.match(r"Q\d{3} ", text)]
    assert shown
    assert all("staff" in text and "experimentation" in text for text in shown)
    page.get_by_text(f"{len(shown)} question").wait_for()
    page.get_by_label("Level").select_option("all")
    page.get_by_label("Topic").select_option("all")
    page.get_by_text(f"{total} questions", exact=True).wait_for()


@pytest.mark.parametrize(
    ("query", "kind", "target"),
    [
        ("normal equation", "formula", "cheat_sheet.html#linear-models"),
        ("Normal equations", "term", "glossary.html#normal-equation"),
        ("batch normalization", "section", "regularization.html#batch-normalisation"),
        ("KV cache", "term", "glossary.html#kv-cache"),
        ("pre-training always helps", "claim", "types_of_machine_learning.html#claim-"),
        ("threshold F1 calibrated", "question", "interview_questions.html#q016"),
        ("why divide by sqrt d_k", "question", "interview_questions.html#q112"),
        ("bayes theorem prevalance", "term", "glossary.html#bayes-theorem"),
    ],
)
def test_search_finds_by_name(query, kind, target, address, open_page):
    """Among the first three; in American spelling, in the plural, with a word misspelt."""
    page = open_page(f"{address}search.html?q={quote_plus(query)}")
    page.locator(".found li").first.wait_for()
    best = [
        (
            one.locator(".found-kind").inner_text().strip(),
            one.locator("a").get_attribute("href"),
        )
        for one in page.locator(".found li").all()[:3]
    ]
    assert any(k.startswith(kind) and target in href for k, href in best), best


def test_search_that_finds_nothing_by_name_leaves_the_pages(file_address, open_page):
    page = open_page(file_address + "search.html?q=torch+manual+seed")
    page.locator("#search-results li").first.wait_for()
    assert page.locator(".found").count() == 0


def test_every_search_entry_leads_to_its_place(site):
    text = (site / "_static/search_entries.js").read_text()
    entries = json.loads(text.removeprefix("const searchEntries = ").rstrip(";\n"))
    assert {e["kind"] for e in entries} == {
        "section",
        "term",
        "formula",
        "claim",
        "question",
    }
    for entry in entries:
        page, anchor = urldefrag(entry["address"])
        assert anchor in parsed(page).ids, entry["address"]


def test_a_chapter_can_be_downloaded(site):
    html = (site / "chapters/linear_models.html").read_text()
    link = re.search(r'href="\.\./(_sources/chapters/linear_models\.ipynb)"', html)[1]
    assert (site / link).read_bytes() == (
        ROOT / "chapters/linear_models.ipynb"
    ).read_bytes()


def test_printed_pages_are_light_and_complete(address, open_page):
    """Folded answers are printed, buttons are not; a reader in dark mode gets black on white."""
    page = open_page(address + "chapters/linear_models.html", color_scheme="dark")
    await_scripts(page)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not page.locator(".frozen-reset").first.is_visible()
    assert page.locator(".frozen svg").first.is_visible()
    folded = page.locator("details:not([open]) > p").last
    assert folded.evaluate("p => p.checkVisibility()")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_paint_has_its_colours(scheme, address, browser):
    """Before the theme's own scripts have come."""
    page = browser.new_page(color_scheme=scheme)
    page.route("**/scripts/pydata*", lambda route: route.abort())
    page.goto(address + "book/index.html")
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.close()


# ------------------------------------------------------------- without a browser


class _Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.sources = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if attributes.get("rel") == "canonical":
            return  # says where the page lives, and loads nothing
        for name in ("src", "href"):
            if tag in ("script", "link", "img") and attributes.get(name):
                self.sources.append(attributes[name])


@functools.cache
def parsed(name):
    return _Links((SITE / name).read_text())


@pytest.mark.parametrize("name", PAGES)
def test_links_and_anchors(name):
    broken = []
    for link in parsed(name).links:
        target, anchor = urldefrag(link)
        if re.match(r"[a-z]+:", target):
            continue
        path = normpath(join(dirname(name), unquote(target))) if target else name
        if not (SITE / path).is_file() or (
            anchor
            and path.endswith(".html")
            and unquote(anchor) not in parsed(path).ids
        ):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", PAGES)
def test_assets_are_local_and_there(name):
    for source in parsed(name).sources:
        assert not re.match(r"(https?:)?//", source), source
        if not source.startswith(("data:", "http")):
            path = urljoin(name, source.partition("?")[0])
            assert (SITE / path).is_file(), source


@pytest.mark.parametrize("name", PAGES)
def test_state_budget(name):
    counts = re.findall(r'data-states="(\d+)"', (SITE / name).read_text())
    assert sum(map(int, counts)) <= MAX_STATES_PER_PAGE


@pytest.mark.parametrize("name", PAGES)
def test_formulas_are_typeset_in_the_html(name):
    text = (SITE / name).read_text()
    assert not any("mathjax" in source.lower() for source in parsed(name).sources)
    assert "katex-error" not in text
    assert not re.search(r'class="math[^"]*">\s*(\\\(|\\\[|\$)', text)
