"""A real OpenAI-compatible server on this machine that plays teacher, judge and solver, with real
faults.
"""

import hashlib
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Sent:
    """An answer in full: anything that is not bytes is sent as JSON."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Behaviour = Callable[[dict[str, Any], int], str | int | bytes | Sent | None]
"""(body of the request, its number) -> the text to reply, a status, raw bytes or all to send, or
None to hang up.
"""


@dataclass
class Oracle:
    """What the server saw; `delivered` was sent to the end, `connections` are open.

    Setting `hold_after` makes it keep every request waiting once so many were answered.
    """

    url: str = ""
    answered: Counter[str] = field(default_factory=Counter)
    received: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)
    hold_after: int | None = None
    connections: int = 0
    most_at_once: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def oracle(
    behave: Behaviour, *, delay: float = 0.0, retry_after: str | None = None
) -> Iterator[Oracle]:
    """Yields the running server's record."""
    record = Oracle()
    lock = threading.Lock()
    now = [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: else each reply waits for an acknowledgement

        def do_POST(self) -> None:
            raw = self.rfile.read(length := int(self.headers["Content-Length"]))
            if len(raw) < length:  # the client is gone
                return
            name = hashlib.sha256(raw).hexdigest()
            body = json.loads(raw)
            with lock:
                record.received[name] += 1
                number = sum(record.received.values())
                record.bodies.append(body)
                now[0] += 1
                record.most_at_once = max(record.most_at_once, now[0])
                hold = (
                    record.hold_after is not None
                    and sum(record.answered.values()) >= record.hold_after
                )
                if hold:
                    record.held[name] += 1
                elif record.hold_after is not None:
                    record.answered[name] += 1
            try:
                if hold:
                    time.sleep(60)
                    return
                if delay:
                    time.sleep(delay)
                reply = behave(body, number)
                if record.hold_after is None:
                    with lock:
                        record.answered[name] += 1
                self._send(reply)
                self.wfile.flush()
                with lock:
                    record.delivered[name] += 1
            except OSError:
                pass  # the client is gone
            finally:
                with lock:
                    now[0] -= 1

        def _send(self, reply: str | int | bytes | Sent | None) -> None:
            if reply is None:
                self.close_connection = True
                return
            if isinstance(reply, Sent):
                self._send_all(reply)
                return
            if isinstance(reply, str):
                usage = {"prompt_tokens": 100, "completion_tokens": max(1, len(reply) // 4)}
                choice = {
                    "message": {"role": "assistant", "content": reply},
                    "finish_reason": "stop",
                }
                content = json.dumps({"choices": [choice], "usage": usage}).encode()
            else:
                content = (
                    reply if isinstance(reply, bytes) else b'{"error": {"message": "not now"}}'
                )
            self.send_response(reply if isinstance(reply, int) else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if isinstance(reply, int) and retry_after is not None:
                self.send_header("Retry-After", retry_after)
            self.end_headers()
            self.wfile.write(content)

        def _send_all(self, reply: Sent) -> None:
            content = (
                reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            )
            self.send_response_only(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def process_request(self, request: Any, client_address: Any) -> None:
            with lock:
                record.connections += 1
            super().process_request(request, client_address)

        def shutdown_request(self, request: Any) -> None:
            super().shutdown_request(request)
            with lock:
                record.connections -= 1

        def handle_error(self, request: Any, client_address: Any) -> None:
            if not isinstance(
                sys.exception(), OSError
            ):  # a client that is killed resets its connections
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    record.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield record
    finally:
        server.shutdown()
        server.server_close()


def text_of(body: dict[str, Any]) -> str:
    """The user's text in a request."""
    content = body["messages"][-1]["content"]
    return (
        content
        if isinstance(content, str)
        else next(p["text"] for p in content if p["type"] == "text")
    )
