"""pytest's side of the harness: `@pytest.mark.cassette`, and scenarios as items.

Nothing but pytest is imported here, so that the plugin costs a session without cassettes and
scenarios nothing; what it needs is imported where the first of them is met.
"""

import pytest

from harness.pytest_plugin import _vcr
from harness.pytest_plugin._ending import Ending
from harness.pytest_plugin._failures import taken_for_outcomes
from harness.pytest_plugin._fixtures import (
    SUITE,
    _cassette_in_use,
    _cassette_of_test,
    cassette,
    cassette_config,
    cassette_dir,
    cassette_name,
)
from harness.pytest_plugin._options import pytest_addoption, pytest_load_initial_conftests
from harness.pytest_plugin._rerecording import Rerecording
from harness.pytest_plugin._run import PytestRun
from harness.pytest_plugin._scenarios import (
    pytest_collect_file,
    pytest_pycollect_makeitem,
    pytest_pycollect_makemodule,
)
from harness.pytest_plugin._server import harness_server
from harness.pytest_plugin._settings import settings_of
from harness.pytest_plugin._suite import Suite

__all__ = [
    "_cassette_in_use",
    "_cassette_of_test",
    "cassette",
    "cassette_config",
    "cassette_dir",
    "cassette_name",
    "harness_server",
    "pytest_addoption",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_load_initial_conftests",
    "pytest_pycollect_makeitem",
    "pytest_pycollect_makemodule",
]

_MARKERS = (
    "cassette(name=None, *, scope='function', record_mode=None, shared=[], ignore=[], "
    "normalise=[], ...): play what the test asks over HTTP from a cassette, or record it.",
    "block_network(allowed_hosts=[]): the test has no network, but for these hosts.",
)
_MARKERS_OF_VCR = (
    "vcr(*shared, **config): as @pytest.mark.cassette, with the file and settings of vcrpy.",
    "default_cassette(name): the file of a test marked with vcr.",
)


def pytest_configure(config: pytest.Config) -> None:
    """Reads the settings, and takes its place in the session."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    settings = settings_of(config)
    if settings.mode() != "none":
        # What a test opens by `harness.cassette` itself goes by the same mode.
        environment = pytest.MonkeyPatch()
        environment.setenv("HARNESS_RECORD_MODE", settings.mode())
        config.add_cleanup(environment.undo)
    config.add_cleanup(taken_for_outcomes().undo)
    if _vcr.has_no_owner(config):
        for marker in _MARKERS_OF_VCR:
            config.addinivalue_line("markers", marker)
        config.pluginmanager.register(_vcr, _vcr.NAME)
    run = PytestRun(config)
    suite = config.stash[SUITE] = Suite(settings, run)
    cassettes = suite.cassettes
    config.pluginmanager.register(run, "harness-run")
    config.pluginmanager.register(suite, "harness-cassettes")
    if settings.rerecords:
        config.pluginmanager.register(Rerecording(settings, cassettes), "harness-rerecording")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Ending(config, settings, run, cassettes), "harness-ending")
