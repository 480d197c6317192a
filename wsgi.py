"""Entry point of the web server and of `flask --app wsgi …`."""

from config import from_environment
from incubator import create_app

app = create_app(from_environment())
