"""The static site: every build on pages that need no server, no network and no build tool.

`build` gathers what is known (build folders, history, baselines), renders it and swaps the new site
in. The same inputs give the same bytes. A build whose files are damaged is shown with its fault.

    gather.py    folders and history -> Build, one each; known.py checks their numbers
    overview.py  the first page: every config on every target
    details.py   the page of one build; treemap.py, stored.py, messages.py make its parts
    series.py    the numbers over commits, for the trends page and the sparklines
    pairs.py     the numbers of each build, for the compare page
    render.py    pages and assets -> files
"""

from bitwright.reports.site.render import Built, build

__all__ = ["Built", "build"]
