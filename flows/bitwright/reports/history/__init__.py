"""What every build measured, for good: one file that any number of builds may append to at once.

SQLite, because it is in Python's standard library, lets several processes write to one file (each
addition waits its turn), and an addition that was acknowledged survives whatever ends the process
or the machine a moment later. DuckDB would read columns faster, but lets one process at a time
write; a plain file of lines would need a lock and a repair of its own. The rollback journal is
used, not the write-ahead log: between two additions the history is one file, easily copied.

    history = open(Path("build/history.db"))
    history.add(Entry(...))                     # False: that build is there already
    history.entries("tiny", "ulx3s-85f")        # oldest first

A build is the same one when what was measured, the commit and the place and route are the same;
building again what is up to date adds nothing.
"""

from bitwright.reports.history.entry import Entry, entry_of_build, entry_of_metrics
from bitwright.reports.history.store import History, open

__all__ = ["Entry", "History", "entry_of_build", "entry_of_metrics", "open"]
