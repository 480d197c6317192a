"""Pages that show many domains: public front page, what waits for a role, search, the frame of every page."""

from flask import Flask


def init_app(app: Flask) -> None:
    from . import routes, shell
    from .words import sentence_of

    shell.init_app(app)
    app.jinja_env.globals["verb_words"] = sentence_of
    app.register_blueprint(routes.bp)
