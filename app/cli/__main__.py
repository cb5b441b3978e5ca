"""`python -m app.cli`: the same as `vierklang`."""

from app.cli import main

main()
