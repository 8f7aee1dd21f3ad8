"""The command line: one module a command, each a thin skin over the library."""

from __future__ import annotations

from scr_themes.cli.app import app, main

__all__ = ["app", "main"]
