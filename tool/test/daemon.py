#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
portsteerd without a module: what it says of a bad configuration and where, what
a reload changes and says, and its control socket. Prints TAP.
Usage: daemon.py PORTSTEERD PORTSTEER [PREFIX...], a prefix being valgrind or such.
"""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from running import Daemon, check, finish, wait_for

program, tool, prefix = sys.argv[1], sys.argv[2], sys.argv[3:]

# A configuration, the place in it, and what is wrong there.
BAD = [
    ("agents", "1:1", 'sections are expected: "NAME:"'),
    ("- agents", "1:1", 'sections are expected: "NAME:"'),
    ("agnts: {}", "1:1", '"agnts" is no section, there are: '),
    ("? [a]\n: b", "1:3", '"..." is no section'),
    ("blocks:\nagents:\nblocks:", "3:1", "blocks is given twice"),
    ("a: [", "2:1", "this is not YAML: did not find expected node content"),
    ("a: b: c", "1:5", "this is not YAML: mapping values are not allowed"),
    ("\ta: 1", "1:1", "this is not YAML: found character that cannot start"),
    ("a: *b", "1:4", "this is not YAML: found undefined alias"),
    ("blocks:\n---\nblocks:", "2:1", "there is more than one document"),
    ("blocks: on", "1:9", 'blocks takes keys and values: "KEY: VALUE"'),
    ("blocks:\n  - file: /x", "2:3", "blocks takes keys and values"),
    ("blocks:\n  path: /x", "2:3", '"path" is unknown, blocks takes: file'),
    ("blocks: {file: /x, file: /y}", "1:20", "blocks.file is given twice"),
    ("blocks:\n  file:", "2:8", "blocks.file has no value"),
    ("blocks: {file: x}", "1:16", 'blocks.file "x" is not an absolute path'),
    ("blocks: {file: [/x]}", "1:16", "blocks.file takes one word"),
    ('blocks: {file: "/a\\0b"}', "1:16", "blocks.file takes one word"),
    ("agents:\n  max: many", "2:8", 'agents.max "many" is not a number'),
    ("agents: {max: 0}", "1:15", 'agents.max "0" must be 1 to 1000000'),
    ("agents: {max: 1e9}", "1:15", 'agents.max "1e9" is not a whole number'),
    ("agents: {max: 99999999999999999999}", "1:15",
     'agents.max "99999999999999999999" is too large'),
    ("agents: {interval: 1 s}", "1:20", 'agents.interval "1 s" is not a time'),
    ("agents: {interval: 1us}", "1:20",
     'agents.interval "1us" is finer than a millisecond'),
    ("agents: {interval: 2m}", "1:20",
     'agents.interval "2m" must be 100ms to 1m'),
    ("agents: {interval: 10s}", "1:9",
     "agents has a silence that is shorter than two intervals"),
    ("agents: {listen: 7443}", "1:18", 'agents.listen "7443" is not ADDR:PORT'),
    ("agents: {listen: 'host:1'}", "1:18",
     'agents.listen "host:1" is not ADDR:PORT'),
    ("agents: {listen: '[::]:0'}", "1:18",
     'agents.listen "[::]:0" is not ADDR:PORT'),
    ("agents:", "1:1", "agents needs the section tls"),
    ("tls: {ca: /ca, key: /key}", "1:6", "tls needs certificate"),
]


def said_of(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "conf")
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        run = subprocess.run(prefix + [program, "-c", path, "-t"],
                             capture_output=True, text=True)
    return run.returncode, (run.stderr + run.stdout).replace(path, "FILE")


def check_bad():
    for text, place, sentence in BAD:
        status, said = said_of(text)
        wanted = f"portsteerd: FILE:{place}: {sentence}"
        check(f"{text!r}: {place}: {sentence}",
              status == 1 and said.startswith(wanted) and
              said.count("\n") == 1, f"status {status}, {said}")
    status, said = said_of(b"a: \xff")
    check("what is no text", status == 1 and "FILE:1:" in said and
          "invalid leading UTF-8 octet" in said, said)
    status, said = said_of("#" * (1 << 20) + "\n")
    check("a file that is too large", status == 1 and
          "FILE cannot be read: File too large" in said, said)
    status, said = said_of("a: &a [*a, *a]\n" + "- [" * 2000)
    check("nonsense in depth", status == 1 and "FILE:" in said, said)
    status, said = said_of("")
    check("an empty file is fine", (status, said) == (0, "FILE is fine\n"), said)
    run = subprocess.run([program, "-c", "/nowhere", "-t"], capture_output=True,
                         text=True)
    check("a file that is not there", run.returncode == 1 and run.stderr ==
          "portsteerd: /nowhere cannot be read: No such file or directory\n",
          run.stderr)


def ask(daemon, line):
    """What the control socket answers to anything."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(daemon.socket)
        s.settimeout(30)
        said = b""
        try:
            s.sendall(line)
            while more := s.recv(4096):
                said += more
        except ConnectionError:
            pass
        return said.decode()


def check_control(daemon):
    mode = stat.S_IMODE(os.stat(daemon.socket).st_mode)
    check("the control socket is for its user alone", mode == 0o600, oct(mode))
    shown = daemon.show("daemon")
    check("daemon show", shown[0]["pid"] == daemon.process.pid and
          shown[0]["parts"] == ["daemon", "blocks"], shown)
    check("a part that is not configured", daemon.show("agents") ==
          "portsteer: agents is not in portsteerd's configuration\n")
    for line in (b"\n", b"[]\n", b"{\n", b'{"show": 1}\n', b'{"shw": "x"}\n',
                 b'{"show": "daemon", "show": "daemon"}\n',
                 b'{"show": "daemon", "x": 1}\n'):
        said = ask(daemon, line)
        check(f"{line!r} is refused",
              said == '{"refused":"{\\"show\\": NAME} is expected"}\n', said)
    check("a question without end is no question", ask(daemon, b"x" * 9000) == "")
    idle = [socket.socket(socket.AF_UNIX) for _ in range(40)]
    for s in idle:
        s.connect(daemon.socket)
    check("those that say nothing go away by and by",
          wait_for(lambda: isinstance(daemon.show("daemon"), list)))
    for s in idle:
        s.close()
    run = subprocess.run([program, "-c", daemon.path("conf")],
                         capture_output=True, text=True)
    check("a second one does not start on it", run.returncode == 1 and
          "daemon cannot start: another portsteerd is running on this socket"
          in run.stderr, run.stderr)
    check("the first one goes on", isinstance(daemon.show("daemon"), list))


def check_systemd(folder):
    """What it tells a service manager."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(os.path.join(folder, "manager"))
        manager.settimeout(60)
        daemon = Daemon(program, tool, prefix)
        daemon.configure("")
        os.environ["NOTIFY_SOCKET"] = manager.getsockname()
        os.environ["WATCHDOG_USEC"] = "200000"
        os.environ["JOURNAL_STREAM"] = "1:2"
        daemon.start()
        for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM"):
            del os.environ[name]
        check("a service manager hears that it is ready",
              manager.recv(100) == b"READY=1")
        for _ in range(3):
            check("and that it is alive", manager.recv(100) == b"WATCHDOG=1")
        daemon.signal(signal.SIGHUP)
        said = b"WATCHDOG=1"
        while said == b"WATCHDOG=1":
            said = manager.recv(100)
        check("that it reloads", said.startswith(b"RELOADING=1\nMONOTONIC_USEC="),
              said)
        check("and is ready again", manager.recv(100) == b"READY=1")
        check("its lines have priorities",
              daemon.says("<4>the portsteer module is not loaded"), daemon.log())
        daemon.stop()
        while said and not said.startswith(b"STOPPING"):
            said = manager.recv(100)
        check("and that it stops", said == b"STOPPING=1", said)


def blocks(daemon, name):
    return f"blocks: {{file: {daemon.path(name)}}}\n"


def check_reload(daemon):
    check("a reload without a change",
          daemon.reload("the configuration has not changed"))
    daemon.configure(blocks(daemon, "log-b"))
    check("a reload with one", daemon.reload("the configuration is reloaded"))
    check("it says what changes",
          daemon.says(f"- blocks.file: {daemon.path('log-a')}\n") and
          daemon.says(f"+ blocks.file: {daemon.path('log-b')}\n"),
          daemon.log())
    check("and does it", daemon.show("blocks")[0]["file"] == daemon.path("log-b"))

    before = daemon.show("daemon")
    daemon.configure("blocks: {fil: /x}")
    check("a reload of nonsense", daemon.reload(
        f"the configuration stays as it is: {daemon.path('conf')}:2:10: "
        '"fil" is unknown, blocks takes: file'))
    daemon.configure("blocks: {file: /nowhere/x}")
    check("a reload of what can't be", daemon.reload(
        f"the configuration stays as it is: {daemon.path('conf')}:2:1: "
        "blocks cannot start: /nowhere/x cannot be opened: "))
    check("what was in force still is", daemon.show("blocks")[0]["file"] ==
          daemon.path("log-b"), daemon.show("blocks"))
    check("also what it is about", daemon.show("daemon")[0]["parts"] ==
          before[0]["parts"])

    daemon.socket = daemon.path("control-b")
    daemon.configure("")
    check("a part less and another socket",
          daemon.reload("the configuration is reloaded"))
    check("it answers there", daemon.show("daemon")[0]["parts"] == ["daemon"])
    check("and not where it did",
          not os.path.exists(daemon.path("control")))
    check("the part has ended well", open(daemon.path("log-b")).read()
          .splitlines()[-1].endswith('"event":"end"}'))


check_bad()
running = Daemon(program, tool, prefix)
running.configure(blocks(running, "log-a"))
check("it starts", running.start(), running.log())
check("it waits for the module",
      running.says("the portsteer module is not loaded: waiting for it"))
check_control(running)
check_reload(running)
check("SIGUSR1 means nothing now", not running.signal(signal.SIGUSR1) and
      isinstance(running.show("daemon"), list))
status = running.stop()
check("it ends when it is told to", status == 0, f"{status} {running.log()}")
check("and takes its socket away", not os.path.exists(running.socket))
check("the tool says that it is not running", running.show("daemon") ==
      "portsteer: portsteerd is not running "
      f"(nobody answers on {running.socket})\n", running.show("daemon"))
check_systemd(running.folder)
finish()
