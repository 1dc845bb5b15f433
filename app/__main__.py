"""`python -m app` is the `portal` command."""

from app.cli import main

main()
