"""Entry point of the web server and of `flask --app wsgi …`."""

import gc

gc.disable()  # what loading makes is kept: to look for garbage in between costs a tenth of every start

from config import from_environment  # noqa: E402
from incubator import create_app  # noqa: E402

app = create_app(from_environment())
gc.collect()
gc.freeze()  # what is loaded now stays: the collector need not walk it again in the middle of requests
gc.enable()
