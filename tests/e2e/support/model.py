"""An OpenAI-compatible endpoint that does what the visitor's last message says:
"busy" (429 twice, then an answer), "hang" (no answer), anything else: an echo.

Prints its port, and serves until its standard input ends. GET /seen gives how
many questions came.
"""
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

over = threading.Event()
seen = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, {"count": len(seen)})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][-1]["content"]
        seen.append(text)
        if self.path != "/v1/chat/completions":
            self.answer(404, {"error": {"message": "no such path"}})
        elif self.headers["Authorization"] != "Bearer not-a-real-one":
            self.answer(401, {"error": {"message": "bad key"}})
        elif text == "busy" and seen.count("busy") <= 2:
            self.answer(429, {"error": {"message": "slow down"}})
        elif text == "hang":
            over.wait()
        else:
            content = f"{body['model']} heard: {text}"
            self.answer(200, {"choices": [{"message": {"role": "assistant", "content": content}}]})


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
over.set()
