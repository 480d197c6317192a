"""Pages that show many domains: public front page, what waits for a role, search, the frame of every page."""

from flask import Flask


def init_app(app: Flask) -> None:
    from . import routes, shell

    shell.init_app(app)
    app.register_blueprint(routes.bp)
