"""The demo season, built through the services. Each domain has a module with `load(ctx)`."""

from flask import Flask


def init_app(app: Flask) -> None:
    from . import commands

    app.cli.add_command(commands.demo)
