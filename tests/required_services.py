"""Where everything is installed, a test fails that would be skipped for want of something.

`HARNESS_REQUIRE_SERVICES=1` asks for that. `HARNESS_WITHOUT` names what is known to be missing all
the same, with commas between, as it stands behind "needs" in the reasons.
"""

import os
import re
from collections.abc import Generator
from typing import Final

import pytest

_NEED: Final = re.compile(r"Skipped: (?:needs (?P<said>[^:]+)|could not import '(?P<module>\w+))")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _demand(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _demand(report)
    return report


def _demand(report: pytest.TestReport | pytest.CollectReport) -> None:
    if "HARNESS_REQUIRE_SERVICES" not in os.environ or not isinstance(report.longrepr, tuple):
        return
    path, line, reason = report.longrepr
    need = _NEED.match(reason)
    if need is None:
        return
    name = need["said"] or need["module"]
    if name in (each.strip() for each in os.environ.get("HARNESS_WITHOUT", "").split(",")):
        return
    report.outcome = "failed"
    report.longrepr = (
        f"{path}:{line}: {reason}\n"
        f"HARNESS_REQUIRE_SERVICES is set, so {name!r} must be there.\n"
        f"  fix:  install it (.ci/services installs servers, `make setup` libraries), "
        f'or set HARNESS_WITHOUT="{name}" where it can\'t be'
    )
