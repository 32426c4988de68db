"""A refusal says what to do next in words that lead somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.document import refuse


def test_the_log_stands_beside_the_file_not_beside_its_line():
    with pytest.raises(ReportError) as refused:
        refuse(Path("build/timing.rpt:70"), "it ends", expected="more", found="nothing")
    assert refused.value.line == 70
    assert "beside build/timing.rpt," in refused.value.next
