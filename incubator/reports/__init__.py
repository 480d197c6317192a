"""Figures and reports over all domains."""

from flask import Flask


def init_app(app: Flask) -> None:
    from . import commands

    app.cli.add_command(commands.figures)
