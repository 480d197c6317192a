"""gunicorn's threaded worker with a short way for kept pages.

    gunicorn --worker-class incubator.publishing.server.Worker … wsgi:app

On the evening of the results nearly every request asks for a page that `prebuilt.py` has ready, down to its compressed bytes.
gunicorn would still make a WSGI environment of each request, check fourteen headers that never change and send them apart
from the body, which costs more than all else that is left to do. Here such an answer is one write. Whatever is not plainly the
usual question of a browser goes the usual way, and the answers are the same.
"""

from __future__ import annotations

import time
from typing import Any

from gunicorn import SERVER, util
from gunicorn.workers.gthread import ThreadWorker

from .prebuilt import Page, Prebuilt, Reply

# What the usual way treats in its own manner: a body, or a question before the body is sent.
UNUSUAL = frozenset({"CONTENT-LENGTH", "TRANSFER-ENCODING", "EXPECT", "UPGRADE"})


class Worker(ThreadWorker):
    """Answers kept pages itself where the settings ask for nothing that gunicorn does around a request."""

    layer: Prebuilt | None = None
    _dated: tuple[int, bytes] = (0, b"")

    def load_wsgi(self) -> None:
        super().load_wsgi()
        cfg = self.cfg
        logs = (
            cfg.accesslog,
            cfg.logconfig,
            cfg.logconfig_dict,
            cfg.logconfig_json,
            cfg.syslog,
            cfg.statsd_host,
        )
        if cfg.keepalive and not any(logs):
            self.layer = getattr(self.wsgi, "extensions", {}).get("kept_pages")

    def handle_request(self, req: Any, conn: Any) -> bool:
        reply = self.kept(req) if self.layer is not None else None
        if reply is None:
            return bool(super().handle_request(req, conn))
        self.nr += 1
        conn.sock.sendall(b"".join((reply.head, self.dated(), reply.body)))
        return True

    def kept(self, req: Any) -> Reply | None:
        """The answer to a request for a page that is ready, None for every other."""
        page = self.page(req)
        if page is None:
            return None
        asked = {"IF-NONE-MATCH": "", "ACCEPT-ENCODING": ""}
        for name, value in req.headers:
            if name in asked:
                asked[name] = f"{asked[name]},{value}" if asked[name] else value
            elif name in UNUSUAL:
                return None
        return page.reply(asked["IF-NONE-MATCH"], asked["ACCEPT-ENCODING"])

    def page(self, req: Any) -> Page | None:
        # An escaped address is another one once it is read, and pages are kept under what is read.
        if self.layer is None or req.method != "GET" or req.query or "%" in req.path:
            return None
        if req.version != (1, 1) or req.should_close() or not self.alive:
            return None
        if len(self.keepalived_conns) >= self.max_keepalived or self.nr + 1 >= self.max_requests:
            return None  # the usual way closes the connection, or ends this worker
        return self.layer.warm(req.path)

    def dated(self) -> bytes:
        """The end of the head, which says the second."""
        now = int(time.time())
        if self._dated[0] != now:
            lines = ("", f"Server: {SERVER}", f"Date: {util.http_date()}", "Connection: keep-alive", "", "")
            self._dated = now, "\r\n".join(lines).encode()
        return self._dated[1]
