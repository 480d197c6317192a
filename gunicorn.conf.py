"""Read by gunicorn when it starts here: says when requests are taken, which is later than the sign-ins are printed."""

import os
from typing import Any


def when_ready(server: Any) -> None:
    where = os.environ.get("PUBLIC_URL") or ", ".join(str(s) for s in server.LISTENERS)
    print(f"Ready: {where}", flush=True)
