"""`harness cassettes`: recordings looked into and kept in good order, a command a module."""

import typer

from harness.commands.cassettes.diff import diff_cassettes
from harness.commands.cassettes.doctor import doctor
from harness.commands.cassettes.importing import import_cassettes
from harness.commands.cassettes.lint import lint_cassettes
from harness.commands.cassettes.listing import list_cassettes
from harness.commands.cassettes.merge import merge_cassettes
from harness.commands.cassettes.prune import prune_cassettes
from harness.commands.cassettes.rename import rename_cassettes
from harness.commands.cassettes.showing import show_cassette
from harness.commands.cassettes.stale import stale
from harness.commands.cassettes.verify import verify_cassettes

__all__ = ["app", "stale"]

app = typer.Typer(
    no_args_is_help=True, help="Look into cassettes, and keep them in order.", rich_markup_mode=None
)
app.command("list")(list_cassettes)
app.command("show")(show_cassette)
app.command("diff")(diff_cassettes)
app.command("verify")(verify_cassettes)
app.command("stale")(stale)
app.command("prune")(prune_cassettes)
app.command("rename")(rename_cassettes)
app.command("merge")(merge_cassettes)
app.command("import")(import_cassettes)
app.command("lint")(lint_cassettes)
app.command("doctor")(doctor)
