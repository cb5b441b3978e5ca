"""`vierklang …`: the command line. Heavy libraries are imported only inside the command that needs them.

Exit codes: 0 done, 1 a finding (or a blocked draft), 2 wrong usage or settings, 3 something outside failed.
"""

from __future__ import annotations

import gc
import sys

import typer

from app.cli.check import check
from app.cli.db import db
from app.cli.draft import draft
from app.cli.erase import erase
from app.cli.eval import evaluation
from app.cli.import_ import import_, job
from app.cli.key import key
from app.cli.macro import macro
from app.cli.prompt import prompt
from app.cli.rules import rules
from app.cli.serve import serve, worker
from app.cli.settings import settings

app = typer.Typer(
    name="vierklang",
    help="Draft replies to angry customers in four steps, and check every word against the channel's rules.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (serve, worker, draft, check, job, erase, rules, settings):
    app.command()(command)
app.command(name="import")(import_)
app.add_typer(macro, name="macro")
app.add_typer(prompt, name="prompt")
app.add_typer(key, name="key")
app.add_typer(db, name="db")
app.add_typer(evaluation, name="eval")

_USAGE, _OUTSIDE = 2, 3
# New objects between two searches for cycles, 700 as Python has it: importing makes hundreds of thousands that stay,
# and every search among them is for nothing, a fifth of a start.
_GARBAGE = 20_000


def main() -> None:
    """The console script. Says in one sentence what went wrong; never a stack trace."""
    gc.set_threshold(_GARBAGE)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last net of the command line
        sys.exit(_explain(error))


def _explain(error: Exception) -> int:
    from app.errors import AppError

    known = isinstance(error, AppError | RuntimeError | OSError)
    sentence = str(error).splitlines()[0] if known and str(error) else f"unexpected {type(error).__qualname__}"
    print(f"vierklang: {sentence}", file=sys.stderr)
    for field in getattr(error, "errors", ()):
        print(f"  {field.pointer or '/'}: {field.detail}", file=sys.stderr)
    if not known:
        print("Run again with VIERKLANG_LOG_LEVEL=DEBUG and report what it says.", file=sys.stderr)
        _trace_when_debugging(error)
    return _USAGE if isinstance(error, AppError) and error.status < 503 else _OUTSIDE  # noqa: PLR2004


def _trace_when_debugging(error: Exception) -> None:
    import os
    import traceback

    if os.environ.get("VIERKLANG_LOG_LEVEL", "").upper() == "DEBUG":
        traceback.print_exception(error)
