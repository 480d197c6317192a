"""Entry point of the web server and of `flask --app wsgi …`."""

import gc

from config import from_environment
from incubator import create_app

app = create_app(from_environment())
gc.collect()
gc.freeze()  # what is loaded now stays: the collector need not walk it again in the middle of requests
