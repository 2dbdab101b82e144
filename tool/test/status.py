#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
portsteerd's status part without a module: who may read what, how long, and how many
at once; what a browser and promtool say of it, if they are there. Prints TAP.
Usage: status.py PORTSTEERD PORTSTEER [PREFIX...], a prefix being valgrind or such.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import running
from running import Daemon, check, finish, wait_for

BROWSER = "chromium-headless-shell"
# Room for 64, and what waits to be let in.
CROWD = 64 + 17


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def connect():
    return socket.create_connection(("127.0.0.1", port), running.PATIENCE)


def exchange(request, pause=0):
    """What comes back, until the other end has had enough."""
    got = b""
    with connect() as s, contextlib.suppress(ConnectionError):
        for piece in (bytes([c]) for c in request) if pause else [request]:
            s.sendall(piece)
            time.sleep(pause)
        while piece := s.recv(65536):
            got += piece
    return got.decode(errors="replace")


def ask(path="/", method="GET", more=""):
    return exchange(f"{method} {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode())


def status(answer):
    return answer[9:12]


def metric(name):
    found = re.search(rf"^{re.escape(name)} (.*)$", ask("/metrics"), re.M)
    return found and float(found[1])


def result(word):
    return metric(f'portsteer_status_requests_total{{result="{word}"}}')


def files():
    return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))


def browse(url):
    """What a browser makes of a page, and what it says of it."""
    seen = subprocess.run(
        [BROWSER, "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
         f"--user-data-dir={daemon.path('browser')}",
         "--virtual-time-budget=6000", "--dump-dom",
         f"--screenshot={daemon.path('page.png')}", url],
        text=True, capture_output=True)
    return seen.stdout, [line for line in seen.stderr.splitlines()
                         if "CONSOLE" in line]


port = free_port()
daemon = Daemon(sys.argv[1], sys.argv[2], sys.argv[3:])
daemon.configure(f"status: {{listen: 127.0.0.1:{port}}}\n")
check("it starts", daemon.start(), daemon.log())

# --- what there is to read

types = {"/": "text/html", "/status.json": "application/json",
         "/metrics": "text/plain; version=0.0.4", "/page.css": "text/css",
         "/page.js": "text/javascript", "/icon.svg": "image/svg+xml"}
for path, kind in types.items():
    answer = ask(path)
    check(f"{path} is {kind}", status(answer) == "200" and
          f"Content-Type: {kind}" in answer, answer[:300])
head, body = ask().split("\r\n\r\n", 1)
check("the page says that there is no module", "not loaded" in body, body)
for wanted in ("Content-Security-Policy: default-src 'none'; ",
               "script-src 'self'; ", "frame-ancestors 'none'",
               "X-Content-Type-Options: nosniff", "Cache-Control: no-store",
               "Referrer-Policy: no-referrer", "Connection: close"):
    check(f"it is answered with {wanted}", wanted in head, head)
check("HEAD is the same without it", ask(method="HEAD").endswith("\r\n\r\n"))

# --- who can't

for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get"):
    answer = ask(method=method, more="Content-Length: 0\r\n")
    check(f"{method} is refused", status(answer) == "405", answer)
for path in ("/page", "/../etc/passwd", "/%2e%2e/etc/passwd", "//", "/?/page.css/x"):
    answer = ask(path)
    check(f"{path} is {'the page' if '?' in path else 'not there'}",
          status(answer) == ("200" if "?" in path else "404"), answer[:200])
check("a body is not waited for", status(
    ask(more="Content-Length: 100000000\r\n")) in ("200", ""))
for what, request in (("what is no HTTP", b"\x16\x03\x01\x02\0\r\n\r\n"),
                      ("a head too long",
                       b"GET / HTTP/1.1\r\nx: " + b"x" * 100000),
                      ("a path too long", b"GET /" + b"x" * 100000)):
    check(f"{what} is not answered well",
          status(exchange(request)) != "200")
check("one request a connection", exchange(
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2).count("HTTP/1.1 200") == 1)

# --- time and number

begin = time.monotonic()
exchange(b"G" * 1000, 0.2)
check("one that says a byte now and then is ended in time",
      9 < time.monotonic() - begin < 100 and result("late") >= 1)
before = files()
crowd = []
with contextlib.suppress(OSError):
    for _ in range(CROWD):
        crowd.append(connect())
check("of a crowd not all are let in",
      wait_for(lambda: files() - before > 30) and files() - before <= 64,
      files())
check("after it there is room again", status(ask()) == "200")
for s in crowd:
    s.close()
check("and nothing is left of it", wait_for(lambda: files() <= before + 1),
      files())

# --- those who know better

if shutil.which("promtool"):
    said = subprocess.run(["promtool", "check", "metrics"], text=True,
                          input=ask("/metrics").split("\r\n\r\n", 1)[1],
                          capture_output=True)
    check("promtool has nothing to say", said.returncode == 0 and
          not said.stdout + said.stderr, said.stdout + said.stderr)
if shutil.which(BROWSER):
    before = result("answered")
    page, console = browse(f"http://127.0.0.1:{port}/")
    check("a browser has nothing to complain of", not console, console)
    check("it has the page", "not loaded" in page, page)
    check("it has drawn it", os.path.getsize(daemon.path("page.png")) > 1000)
    # Page, style, script, icon, and by the script the page again; not always is the
    # icon asked for.
    for _ in range(4):
        answered = result("answered") - before
        if answered >= 6:
            break
        before = result("answered")
        browse(f"http://127.0.0.1:{port}/")
    check("it has read it anew", answered >= 6, answered)
    check("of a bad page it complains",
          browse("data:text/html,<script>nothing()</script>")[1])

# --- how it goes on and ends

other = free_port()
with socket.socket() as s:
    s.bind(("127.0.0.1", other))
    s.listen()
    daemon.configure(f"status: {{listen: 127.0.0.1:{other}}}\n")
    daemon.reload("stays as it is: ")
    check("a port that is taken is refused", "in use" in daemon.log(),
          daemon.log())
check("and it goes on where it was", status(ask()) == "200")
left = port
port = other
daemon.reload("the configuration is reloaded")
check("it moves", status(ask()) == "200")
port = left
try:
    ask()
    gone = False
except ConnectionRefusedError:
    gone = True
check("away from where it was", gone)
check("and ends well", daemon.stop() == 0, daemon.log())
finish()
