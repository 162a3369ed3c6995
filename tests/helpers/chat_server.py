"""A small OpenAI-compatible server on this machine, with the faults that real ones have."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = Callable[[str, int], str | int | None]
"""(text asked, number of the request) -> reply, a status code, or None for a reply that is no
completion.
"""


@contextmanager
def chat_server(reply: Reply, finish: str = "stop") -> Iterator[tuple[str, list[str]]]:
    """Yields the base address and the list of all texts asked so far. A reply "sleep" takes a
    second.
    """
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = body["messages"][0]["content"]
            text = (
                content
                if isinstance(content, str)
                else next(p["text"] for p in content if p["type"] == "text")
            )
            asked.append(text)
            answer = reply(text, len(asked))
            if answer == "sleep":
                time.sleep(1.0)
            status = answer if isinstance(answer, int) else 200
            sent = (
                {"choices": [{"message": {"content": answer}, "finish_reason": finish}]}
                if isinstance(answer, str)
                else {"odd": True}
            )
            try:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(sent).encode())
            except OSError:
                pass  # the client gave up

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
