"""The site as people meet it: in Chromium, from the file system, in both themes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from bitwright.reports.site import Built

SHOTS = Path(__file__).parents[2] / "build/site-screenshots"
BUILD = "builds/tiny--ulx3s-85f.html"
PAGES = (
    *("index.html", "trends.html", "compare.html", BUILD),
    *("builds/gpt2-small--ulx3s-85f.html", "builds/gpt2-medium--ulx3s-85f.html"),
)
CHARTED = ("trends.html", BUILD)
HEAVIEST = 3_000_000  # bytes of a page with everything it loads
# The text of a page against what is behind it: each pair of colours once, with its contrast.
CONTRAST = """() => {
  const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (css) => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = css; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const found = new Map();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest("script, noscript, style, option, .skip")) continue;
    let behind = element, back = [0, 0, 0, 0];
    while (behind && back[3] < 255) {
      back = rgba(getComputedStyle(behind).backgroundColor);
      behind = behind.parentElement;
    }
    const ink = rgba(getComputedStyle(element).color);
    const front = ink.slice(0, 3).map((c, i) => (c * ink[3] + back[i] * (255 - ink[3])) / 255);
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
    const key = getComputedStyle(element).color + " on " + back;
    found.set(key, [(a + 0.05) / (b + 0.05), walk.currentNode.data.trim().slice(0, 40)]);
  }
  return [...found].map(([key, [ratio, text]]) => [key, ratio, text]);
}"""
# Controls, and pictures, that a screen reader could not name.
NAMELESS = """() => [...document.querySelectorAll(
    "a, button, select, input, summary, img, svg[role], [role=img], [role=region], [role=group]")]
  .filter((e) => e.checkVisibility() && !e.closest("[aria-hidden=true]"))
  .filter((e) => !(e.getAttribute("aria-label") || e.alt || e.textContent.trim()
                   || (e.labels && e.labels.length) || e.querySelector("img[alt]")))
  .map((e) => e.outerHTML.slice(0, 120))"""


class Watched:
    """A page of the site that keeps what it loads, logs and moves."""

    def __init__(self, tab: Any, site: Built) -> None:
        self.tab, self.site = tab, site
        self.loaded: list[str] = []
        self.said: list[str] = []
        tab.on("request", lambda request: self.loaded.append(request.url))
        tab.on("console", lambda line: self.said.append(f"{line.type}: {line.text}"))
        tab.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        tab.on("requestfailed", lambda request: self.said.append(f"error: {request.url} failed"))
        tab.add_init_script(
            "window.moved = 0; new PerformanceObserver((list) => {"
            " for (const entry of list.getEntries()) window.moved += entry.value;"
            "}).observe({type: 'layout-shift', buffered: true});"
        )

    def open(self, name: str) -> None:
        """Open a page and wait until every chart is drawn."""
        self.tab.goto(f"{self.site.index.parent.as_uri()}/{name}")
        self.tab.wait_for_function(
            "() => [...document.querySelectorAll('.chart')].every((e) => e.dataset.drawn)"
        )
        if name.startswith("compare.html"):
            self.tab.wait_for_selector("#result h2", state="attached")

    @property
    def complaints(self) -> list[str]:
        return [line for line in self.said if not line.startswith(("log:", "info:", "debug:"))]

    @property
    def weight(self) -> int:
        """Bytes of all files that were asked for, each once."""
        paths = {unquote(urlsplit(url).path) for url in self.loaded if url.startswith("file:")}
        return sum(Path(path).stat().st_size for path in paths)


Open = Callable[..., Watched]


@pytest.fixture
def opened(browser: Any, site: Built) -> Iterator[Open]:
    """opened(name, theme=, width=): a page of the site in a window of its own."""
    contexts = []

    def make(name: str, *, theme: str = "light", width: int = 1280) -> Watched:
        context = browser.new_context(
            color_scheme=theme, viewport={"width": width, "height": 900}, locale="en-GB"
        )
        contexts.append(context)
        watched = Watched(context.new_page(), site)
        watched.open(name)
        return watched

    yield make
    for context in contexts:
        context.close()


def colour(watched: Watched, what: str = "document.body") -> str:
    return str(watched.tab.evaluate(f"getComputedStyle({what}).backgroundColor"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_files_only_under_three_megabytes_and_complains_of_nothing(
    name: str, theme: str, opened: Open
):
    page = opened(name, theme=theme)
    assert page.complaints == []
    assert [url for url in page.loaded if not url.startswith(("file://", "data:"))] == []
    assert page.weight < HEAVIEST
    page.tab.wait_for_function("() => [...document.images].every((i) => i.complete)")
    SHOTS.mkdir(parents=True, exist_ok=True)
    shot = SHOTS / f"{Path(name).stem}-{theme}.png"
    page.tab.screenshot(path=shot, full_page=True)
    assert shot.stat().st_size > 10_000


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_text_stands_out_from_what_is_behind_it(name: str, theme: str, opened: Open):
    page = opened(name, theme=theme)
    page.tab.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    rows = page.tab.evaluate(CONTRAST)
    assert len(rows) > 4
    faint = [row for row in rows if row[1] < 4.5]  # WCAG 2.2 AA, for text of every size
    assert faint == []


@pytest.mark.parametrize("name", PAGES)
def test_every_control_and_picture_has_a_name(name: str, opened: Open):
    assert opened(name).tab.evaluate(NAMELESS) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_a_narrow_screen(name: str, opened: Open):
    page = opened(name, width=360)
    page.tab.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", CHARTED)
def test_a_page_can_be_read_before_its_charts_are_drawn_and_nothing_moves_then(
    name: str, opened: Open
):
    page = opened(name)
    painted, drawn, moved = page.tab.evaluate(
        "[performance.getEntriesByName('first-contentful-paint')[0].startTime,"
        " performance.getEntriesByName('drawn')[0].startTime, window.moved]"
    )
    assert painted < drawn
    assert moved < 0.01


def test_links_that_scripts_make_lead_somewhere(opened: Open, site: Built):
    for name in ("trends.html", "compare.html"):
        links = opened(name).tab.evaluate(
            "[...document.querySelectorAll('main a')].map(a => a.href)"
        )
        assert links
        for link in links:
            assert Path(unquote(urlsplit(link).path)).is_file(), link


def test_hovering_a_point_shows_commit_date_value_and_verdict(opened: Open):
    page = opened("trends.html#tiny--ulx3s-85f")
    chart = page.tab.locator("#chart-achieved_mhz")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    seen = ""
    for x in range(int(box["width"]) - 14, 40, -6):  # from the newest point on the right
        for y in range(10, int(box["height"]) - 30, 12):
            page.tab.mouse.move(box["x"] + x, box["y"] + y)
            tip = page.tab.locator(".tip")
            if tip.count() and tip.first.is_visible():
                seen = tip.first.inner_text()
                break
        if seen:
            break
    assert re.search(r"\d+\.\d\d MHz clock achieved", seen), seen
    assert re.search(r"\bc{9}\b", seen), seen
    assert re.search(r"2026-11-20 \d\d:\d\d UTC", seen) and "limits met" in seen, seen


def test_the_theme_is_switched_by_keyboard_kept_on_other_pages_and_followed_by_charts(
    opened: Open,
):
    page = opened(BUILD, theme="light")
    paper, bar = colour(page), "document.querySelector('.meter span')"
    assert page.tab.locator("#theme").get_attribute("aria-label").endswith("automatic. Change")
    page.tab.locator("#theme").focus()
    page.tab.keyboard.press("Enter")  # light
    page.tab.keyboard.press("Enter")  # dark
    assert colour(page) != paper
    page.tab.wait_for_function(
        "() => [...document.querySelectorAll('.chart')].every((e) => e.dataset.drawn === '3')"
    )
    dark = colour(page, bar)
    assert page.tab.evaluate("document.querySelectorAll('.chart')[0].children.length") <= 2
    page.open("index.html")
    assert colour(page) != paper
    assert colour(page, bar) == dark
    assert page.complaints == []


def test_comparing_needs_no_mouse_and_the_address_keeps_the_choice(opened: Open):
    page = opened("compare.html")
    tab = page.tab
    for _ in range(12):  # skip link, mark, three pages, theme, then the lists
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == "a":
            break
    assert tab.evaluate("document.activeElement.id") == "a"
    assert tab.evaluate("document.activeElement.matches(':focus-visible')")
    before = tab.evaluate("document.getElementById('a').value")
    tab.keyboard.press("ArrowDown")
    tab.wait_for_function(f"document.getElementById('a').value !== {before!r}")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "swap"
    a, b = tab.evaluate("['a', 'b'].map((id) => document.getElementById(id).value)")
    tab.keyboard.press("Enter")
    tab.wait_for_function(f"location.hash.includes('a=' + encodeURIComponent({b!r}))")
    address = tab.url
    told = tab.locator("#says").inner_text()
    tab.goto("about:blank")
    tab.goto(address)
    tab.wait_for_selector("#result h2", state="attached")
    assert tab.evaluate("['a', 'b'].map((id) => document.getElementById(id).value)") == [b, a]
    assert tab.locator("#says").inner_text() == told
    assert page.complaints == []


def test_changes_are_told_by_word_and_sign_and_sorted_by_size(opened: Open):
    page = opened("compare.html#a=tiny--ulx3s-85f--20260101080000--00000000&b=tiny--ulx3s-85f")
    rows = page.tab.locator("#design + .card tbody tr").all_inner_texts()
    assert rows
    words = [re.split(r"[\t\n]+", row.strip()) for row in rows]
    sizes = [abs(float(re.sub(r"[−+]", "", row[4].split(" %")[0]))) for row in words]
    assert sizes == sorted(sizes, reverse=True)
    for row in words:
        assert row[5] in ("▲ better", "▼ worse", "changed", "new", "gone"), row
    lut = next(row for row in words if row[0].startswith("LUT"))
    assert lut[3].startswith("−") and lut[5] == "▲ better"


def test_a_change_within_the_noise_of_the_baseline_is_called_noise(opened: Open):
    page = opened("compare.html#a=baseline~tiny--ulx3s-85f&b=tiny--ulx3s-85f")
    verdicts = page.tab.locator("#design + .card td.change").all_inner_texts()
    assert "noise" in verdicts
    inner = set(page.tab.locator("#instances + .card td.change").all_inner_texts())
    assert inner == {"changed"}  # no band is known of an instance
    told = page.tab.locator("#says").inner_text()
    assert re.search(r"[1-9]\d* within noise", told), told
    own = opened(BUILD).tab.locator("#baseline ~ .card").first.inner_text()
    assert "noise" in own and "4 seeds" in own


def test_the_tree_map_opens_an_instance_and_goes_back_by_keyboard(opened: Open):
    page = opened(BUILD)
    tab = page.tab
    first = tab.locator("#map > button.box").first
    name = first.locator("b").first.inner_text()
    first.focus()
    assert name in tab.locator("#map-says").inner_text()
    tab.keyboard.press("Enter")
    assert tab.locator("#trail [aria-current]").inner_text() == name
    tab.locator("#map > .box").first.focus()
    tab.keyboard.press("Escape")
    assert tab.locator("#trail [aria-current]").inner_text() != name
    tab.locator("[data-resource]").nth(1).press("Enter")
    assert "Flip-flop" in tab.locator("#map-says").inner_text()


def test_the_skip_link_is_first_and_leads_past_the_navigation(opened: Open):
    tab = opened("index.html").tab
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")


def test_a_name_of_the_history_runs_no_script(opened: Open):
    page = opened("trends.html")
    tab = page.tab
    which = tab.locator("#which option").all_inner_texts()
    hostile = next(text for text in which if "<img" in text)
    tab.locator("#which").select_option(label=hostile)
    tab.wait_for_function("document.querySelector('#table tbody').rows.length === 1")
    tab.wait_for_function(
        "() => [...document.querySelectorAll('.chart')].every((e) => e.dataset.drawn)"
    )
    assert tab.locator("main img").count() == 0
    assert page.complaints == []


def test_builds_of_two_configs_are_shown_and_not_judged(opened: Open):
    tab = opened("compare.html#a=baseline~tiny--ulx3s-85f&b=gpt2-small--ulx3s-85f").tab
    told = tab.locator("#says").inner_text()
    assert told.startswith("Different configs, tiny and gpt2-small; clocks asked for, 50 and 200")
    assert "shown, not judged" in told
    assert "better" not in told and "worse" not in told
    words = set(tab.locator("td.change").all_inner_texts())
    assert words <= {"changed", "new", "gone"} and words


def test_the_newest_number_of_trends_says_which_it_is(opened: Open):
    tab = opened("trends.html#tiny--ulx3s-85f").tab
    assert "in the newest build" in tab.locator("#charts h2").first.inner_text()


def test_no_column_of_the_trends_table_is_cut_and_no_label_of_a_path_leaves_its_own(opened: Open):
    tab = opened("trends.html#tiny--ulx3s-85f").tab
    beyond = (
        "((e) => e.scrollWidth - e.clientWidth)(document.querySelector('#table').parentElement)"
    )
    assert tab.evaluate(beyond) <= 0
    tab = opened(BUILD).tab
    tab.evaluate("document.querySelector('.what em').textContent = 'setup of pin register'")
    over = "[...document.querySelectorAll('.what em')].filter((e) => e.scrollWidth > e.clientWidth)"
    assert tab.evaluate(f"{over}.map((e) => e.textContent)") == []


def test_every_part_stands_in_the_key_of_the_bars(opened: Open):
    tab = opened(BUILD).tab
    keys = tab.locator(".legend span:has(.swatch)").all_inner_texts()
    rows = tab.evaluate("JSON.parse(document.getElementById('parts-data').textContent).parts")
    assert keys == [row["name"] for row in rows] and keys
