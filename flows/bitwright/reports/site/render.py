"""Pages and assets -> build/site/, built beside it and swapped in whole."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bitwright.errors import ToolError
from bitwright.reports.site import baselines, details, overview, pairs, series
from bitwright.reports.site.gather import Found, gather

HERE = Path(__file__).parent
TEMPLATES = (HERE / "templates", HERE.parent)  # path.html.j2 is shared with the page of a build
ASSETS = HERE / "assets"
STYLE = "site.css"  # by this file in assets/ a folder is known to be a site
LIBRARY: tuple[Literal["bokeh", "bokeh-api"], ...] = (
    "bokeh",
    "bokeh-api",
)  # of Bokeh's wheel: no network is needed to read the site
LOCK, HALF = ".site.lock", ".site-"  # beside the site: a lock, and folders half made
REMEMBERED = 60  # builds of one config and target without a folder that get a page, the newest


@dataclass(frozen=True, slots=True)
class Built:
    """What was made."""

    index: Path
    pages: tuple[Path, ...]  # relative to the folder of the index
    problems: tuple[str, ...]  # what could not be read; each is on a page, too


def build(root: Path, out: Path) -> Built:
    """Write the site of a project to the folder `out`, in place of what is there.

    root: the project's folder, whose configs/ and build/ are read
    Raises OSError if `out` cannot be written, ToolError if something else lies there; damaged
    inputs are problems of the result.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with _alone(out.parent):
        found = gather(root)
        grid = overview.grid(root, found, _pages(found))
        fresh = Path(tempfile.mkdtemp(prefix=HALF, dir=out.parent))
        fresh.chmod(0o755)
        problems = [*found.problems, *grid.problems, *_write(root, fresh, found, grid)]
        pages = sorted(path.relative_to(fresh) for path in fresh.glob("**/*.html"))
        _swap(fresh, out)
    own = tuple(path for path in pages if path.parts[0] != "files")
    return Built(out / "index.html", own, tuple(problems))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time makes a site here; what was left half made, now or by a run that was killed,
    is removed."""
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            for path in folder.glob(f"{HALF}*"):
                shutil.rmtree(path, ignore_errors=True)


def _swap(fresh: Path, out: Path) -> None:
    """Put the folder `fresh` in place of `out`; whoever reads meanwhile sees one or the other."""
    if out.exists():
        if any(out.iterdir()) and not (out / "assets" / STYLE).is_file():
            raise ToolError(
                f"{out}: not replaced, it holds something else than a site\n"
                "  next      look what it is; a config of that name?"
            )
        out.rename(Path(tempfile.mkdtemp(prefix=HALF, dir=out.parent)) / "old")
    fresh.rename(out)


def _pages(found: Found) -> dict[str, str]:
    """id -> page, of every build that gets one."""
    pages = {}
    for pair in {build.pair for build in found.builds}:
        builds = found.of(pair)
        kept = [b for b in builds if b.folder is None][-REMEMBERED:]
        for one in (*kept, *(b for b in builds if b.folder is not None)):
            pages[one.id] = f"builds/{one.id}.html"
    return pages


def _write(root: Path, fresh: Path, found: Found, grid: overview.Grid) -> list[str]:
    """All files of the site; what could not be read on the way."""
    _assets(fresh / "assets")
    pages, render = _pages(found), _renderer()
    groups = {b.pair: found.of(b.pair) for b in found.builds}
    problems: list[str] = []
    accepted = baselines.gather(root, groups, problems)
    told = (*found.problems, *grid.problems, *problems)  # what is of one build stands on its page
    known = {pair: series.series(builds, pages) for pair, builds in sorted(groups.items())}

    def page(name: str, template: str, **values: Any) -> None:
        up = "../" * name.count("/")
        path = fresh / name
        path.parent.mkdir(exist_ok=True)
        text = render(template, here=name, up=up, pages=pages, **values)
        path.write_bytes(text.encode("utf-8", "replace"))  # a name may be no Unicode at all

    def script(name: str, text: str) -> None:
        (fresh / "data").mkdir(exist_ok=True)
        (fresh / "data" / f"{name}.js").write_text(text, "utf-8")

    for one in found.builds:
        base = accepted.get(one.pair)
        diff = base.diff(one) if base and one.id in pages and one.metrics else None
        if one.id in pages:
            detail = details.of(one, root, fresh)
            problems += detail.problems
            values = {"build": one, "of": detail, "base": base, "diff": diff}
            chart = {"series": known[one.pair], "measures": series.measure_table(series.HEADLINES)}
            others = groups[one.pair]
            page(pages[one.id], "build.html.j2", chart=chart, others=others, **values)
        if one.metrics:
            judged = baselines.verdicts(base, diff) if base and diff else {}
            script(one.id, pairs.script(one, pages.get(one.id, ""), judged))
    for base in accepted.values():
        script(base.id, baselines.script(base))
    rows = overview.rows(found)
    page("index.html", "overview.html.j2", rows=rows, grid=grid, found=found, problems=told)
    page("trends.html", "trends.html.j2", data=_trends(known), known=known)
    page("compare.html", "compare.html.j2", data=_compare(found, accepted))
    return problems


def _trends(known: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    rows = [{"name": f"{config} on {target}", **one} for (config, target), one in known.items()]
    rows = [row for row in rows if row["names"]]  # of the others there is nothing to draw
    return {"all": rows, "measures": series.measure_table(series.HEADLINES)}


def _compare(
    found: Found, accepted: Mapping[tuple[str, str], baselines.Baseline]
) -> dict[str, Any]:
    from bitwright.reports.measures import MEASURES

    return {
        "beginning": _beginning(found),
        "choices": pairs.choices(found.builds, {p: b.id for p, b in accepted.items()}),
        "measures": series.measure_table(tuple(MEASURES)),
        "headlines": series.HEADLINES,
    }


def _beginning(found: Found) -> str:
    """The options of a build that gives something to compare."""
    made = [build for build in found.builds if build.metrics]
    if not made:
        return "gpt2-medium"
    seed = (made[-1].seed or 0) + 1
    return f"{made[-1].config} target={made[-1].target} seed={seed}"


def _assets(folder: Path) -> None:
    from bokeh.resources import Resources

    folder.mkdir()
    library = Resources(mode="absolute", components=list(LIBRARY), minified=True).js_files
    for path in (*map(Path, library), *sorted(ASSETS.iterdir())):
        shutil.copyfile(path, folder / path.name)


def _renderer() -> Any:
    """render(template, **values) -> text; whatever a value holds, it stays text."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(TEMPLATES),
    )
    environment.filters["day"] = lambda ended: ended[:10] or "time unknown"
    environment.filters["minute"] = lambda ended: ended.replace("T", " ")[:16] or "time unknown"
    environment.filters["capitalised"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["embedded"] = lambda value: Markup(pairs.embedded(value))
    environment.globals.update(
        standing=overview.standing,
        duration=details.duration,
        spans=details.plain,
        label=baselines.label,
        shown_number=baselines.shown_number,
    )

    def render(template: str, **values: Any) -> str:
        return environment.get_template(template).render(**values)

    return render
