"""gunicorn's threaded worker with a short way for kept pages.

    gunicorn --worker-class incubator.publishing.server.Worker … wsgi:app

On the evening of the results nearly every request asks for a page that `prebuilt.py` has ready, down to its compressed bytes.
gunicorn would still make a WSGI environment of each request, check fourteen headers that never change and send them apart
from the body, which costs more than all else that is left to do. Here such an answer is one write. On a connection that is open
already it is even given in the loop that waits for questions: no thread is woken for it, and it does not queue behind pages that
are being worked out. Whatever is not plainly the usual question of a browser goes the usual way, and the answers are the same.
"""

from __future__ import annotations

import time
from socket import MSG_PEEK
from typing import Any

from gunicorn import SERVER, util
from gunicorn.workers.gthread import ThreadWorker

from .prebuilt import Page, Prebuilt, Reply

# What the usual way treats in its own manner: a body, or a question before the body is sent.
UNUSUAL = frozenset({"CONTENT-LENGTH", "TRANSFER-ENCODING", "EXPECT", "UPGRADE"})
END = b"\r\n\r\n"  # of the head of a request
LONGEST_HEAD = 8192  # bytes
_UNUSUAL_BYTES = tuple(name.encode() for name in sorted(UNUSUAL))


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
        if cfg.keepalive and not cfg.is_ssl and not any(logs):
            self.layer = getattr(self.wsgi, "extensions", {}).get("kept_pages")

    def handle_request(self, req: Any, conn: Any) -> bool:
        reply = self.kept(req) if self.layer is not None else None
        if reply is None:
            return bool(super().handle_request(req, conn))
        conn.sock.sendall(self.whole(reply))
        return True

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        reply = self.asked(self.layer, conn, client) if self.layer is not None else None
        if reply is None:
            super().on_client_socket_readable(conn, client)
            return
        message = self.whole(reply)
        try:
            sent = client.send(message)
        except BlockingIOError:
            sent = 0
        except OSError:  # the visitor is gone; a failing thread closes the connection as it would any other
            sent = 0
        self.keepalived_conns.remove(conn)
        if sent == len(message):
            conn.set_timeout()
            self.keepalived_conns.append(conn)
            return
        # The line is slow: a thread waits for it, not the loop.
        self.poller.unregister(client)
        job = self.tpool.submit(self.send_rest, conn, message[sent:])
        job.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    @staticmethod
    def send_rest(conn: Any, message: bytes) -> bool:
        conn.sock.setblocking(True)
        conn.sock.sendall(message)
        return True

    def asked(self, layer: Prebuilt, conn: Any, client: Any) -> Reply | None:
        """The answer to what waits on an open connection; where it is None, what was read is put back."""
        try:
            head: bytes = client.recv(LONGEST_HEAD, MSG_PEEK)
        except OSError:
            return None
        path = head[4 : head.find(b" ", 4)].decode("latin-1")
        if not head.startswith(b"GET ") or path not in layer.pages or not _is_plain(head):
            return None
        try:
            reply = self.kept(next(conn.parser))
        except (
            Exception
        ):  # of whatever kind, it must not end the loop; the thread reads the same again and answers it
            reply = None
        if reply is None:
            conn.parser.mesg = None
            conn.parser.unreader.unread(head)
        return reply

    def whole(self, reply: Reply) -> bytes:
        self.nr += 1
        return b"".join((reply.head, self.dated(), reply.body))

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


def _is_plain(head: bytes) -> bool:
    """Whether these bytes are one whole head and nothing that would make the parser wait for more."""
    if head.find(END) != len(head) - len(END):
        return False
    upper = head.upper()
    return not any(name in upper for name in _UNUSUAL_BYTES)
