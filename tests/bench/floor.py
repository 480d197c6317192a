"""The floor: a Flask page with one primary-key query, on the same server and database as what is measured."""

from __future__ import annotations

import os

import sqlalchemy as sa
from flask import Flask

from config import Config, _database_url

engine = sa.create_engine(_database_url(os.environ["DATABASE_URL"]), **Config.SQLALCHEMY_ENGINE_OPTIONS)
app = Flask("floor")


@app.get("/floor")
def floor() -> str:
    with engine.connect() as connection:
        name = connection.execute(sa.text("SELECT name FROM contest WHERE id = :id"), {"id": 1}).scalar()
    return f"<!doctype html><title>{name}</title>"
