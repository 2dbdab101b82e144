#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
portsteerd's listener for agents, without a module: who may speak for whom, what
is refused and how it is said, and that floods are bounded. Prints TAP.
Usage: agents.py PORTSTEERD PORTSTEER [PREFIX...], a prefix being valgrind or such.
"""

import json
import os
import socket
import ssl
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from running import PATIENCE, Daemon, check, finish, wait_for

daemon = Daemon(sys.argv[1], sys.argv[2], sys.argv[3:])
# New connections a second. One that is run by another program, as valgrind, is slow:
# with too many it would hear the others late, and take them for flooding, too.
RATE = 40 if sys.argv[3:] else 400


def run(*words, **more):
    return subprocess.run(words, check=True, stderr=subprocess.DEVNULL, **more)


def key_words(name):
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", f"/CN={name}", "-keyout", daemon.path(name + ".key"))


def authority(name):
    run("openssl", "req", "-x509", *key_words(name), "-days", "2", "-out",
        daemon.path(name + ".pem"))


def certificate(name, ca, *uris):
    request = run("openssl", "req", *key_words(name), stdout=subprocess.PIPE)
    extensions = daemon.path("extensions")
    with open(extensions, "w") as f:
        f.write("subjectAltName=" + ",".join("URI:portsteer:" + u for u in uris))
    run("openssl", "x509", "-req", "-CA", daemon.path(ca + ".pem"), "-CAkey",
        daemon.path(ca + ".key"), "-days", "2", "-extfile", extensions, "-out",
        daemon.path(name + ".pem"), input=request.stdout)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Agent:
    """One that connects as NAME, and speaks as it is told."""

    def __init__(self, name, hello=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(daemon.path("ca.pem"))
        if name:
            context.load_cert_chain(daemon.path(name + ".pem"),
                                    daemon.path(name + ".key"))
        raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket = context.wrap_socket(raw)
        self.file = self.socket.makefile("rw")
        if hello:
            self.say(type="hello", version=1, speaks_for=hello)

    def say(self, **message):
        self.raw(json.dumps(message))

    def raw(self, line):
        try:
            self.file.write(line + "\n")
            self.file.flush()
        except OSError:
            pass

    def hear(self):
        """A message, or None: it is over."""
        try:
            line = self.file.readline()
        except OSError:
            return None
        return json.loads(line) if line else None

    def close(self):
        # the socket is only closed when its file is, too
        try:
            self.file.close()
        except OSError:
            pass
        self.socket.close()


def refused(agent):
    """Why, if that is the last that is said."""
    said = agent.hear()
    while said and said["type"] != "refused":
        said = agent.hear()
    why = said["why"] if said and agent.hear() is None else str(said)
    agent.close()
    return why


def greeted(name, *hello):
    agent = Agent(name, list(hello))
    said = agent.hear()
    check(f"{name} may speak for {hello}", said and said["type"] == "welcome",
          said)
    agent.welcome = said
    return agent


def shown(name):
    return next((s for s in daemon.show("agents") if s["for"] == name), None)


def check_hello():
    agent = greeted("red", "vm:red")
    check("welcome says all it takes", agent.welcome ==
          {"type": "welcome", "version": 1, "interval_ms": 200, "sequence": 0},
          agent.welcome)
    agent.close()
    greeted("web", "server:10.1.1.2", "server:fd00::2").close()
    long = Agent("web", ["server:fd00:0:0::0002"])
    check("an address is the same however it is written",
          long.hear()["type"] == "welcome" and shown("server:fd00::2"))
    long.close()
    for wanted, hello in (
            ("the certificate does not allow to speak for vm:blue", ["vm:blue"]),
            ("the certificate does not allow to speak for vm:blue",
             ["vm:red", "vm:blue"]),
            ("the certificate does not allow to speak for server:10.1.1.3",
             ["server:10.1.1.3"]),
            ("vm:red is said twice", ["vm:red", "vm:red"]),
            ('"red" is not vm:NAME or server:ADDRESS', ["red"]),
            ('"host:red" is not vm:NAME or server:ADDRESS', ["host:red"]),
            ('"vm:a b" is not a name (letters, digits, . _ -)', ["vm:a b"]),
            ('"server:red" is not an IPv4 or IPv6 address', ["server:red"]),
            ("speaks_for is missing, or an empty list", []),
            ("speaks_for is missing, or an empty list", {"vm": "red"}),
            ("speaks_for has something that is no text", [1])):
        agent = Agent("red")
        agent.say(type="hello", version=1, speaks_for=hello)
        why = refused(agent)
        check(f"hello for {hello}: {wanted}", why == wanted, why)
    both = Agent("both", ["vm:red", "vm:blue"])
    why = refused(both)
    check("nobody is two VMs", why == "an agent may speak for one VM at most",
          why)
    check("who was refused is said, with name and reason",
          daemon.says("the certificate does not allow to speak for vm:blue"))
    said = [line for line in daemon.log().splitlines()
            if "agent of vm:red at" in line and "is gone" not in line]
    check("but once a minute", len(said) == 1, "\n".join(said))


def check_lines():
    report = {"type": "report", "sequence": 1, "for": "vm:red", "pps": 1}
    for wanted, line in (
            ("hello comes first", json.dumps(report)),
            ("type must be hello or report", '{"type": "bye"}'),
            ("type must be hello or report", "{}"),
            ("version 1 is spoken here",
             '{"type": "hello", "version": 2, "speaks_for": ["vm:red"]}'),
            ('"speaks" is unknown',
             '{"type": "hello", "version": 1, "speaks": ["vm:red"]}'),
            ("a line is no JSON object", "[]"),
            ("a line is no JSON object", "GET / HTTP/1.1"),
            ("a line is too long", '{"type": "' + "x" * 5000)):
        agent = Agent("red")
        agent.raw(line)
        why = refused(agent)
        check(f"{line[:40]}: {wanted}", why == wanted, why)


def check_reports():
    for wanted, members in (
            ('"load" is unknown', {"load": 0.5}),
            ('"cpu" is unknown', {"cpu": 0.5}),
            ("pps is not a number", {"pps": "1"}),
            ("pps is not a number", {"pps": None}),
            ("pps must be 0 to 1000000000", {"pps": -1}),
            ("bandwidth must be 0 to 1000000000000", {"bandwidth": 1e300}),
            ("for is missing, or no text", {"for": 1}),
            ("hello did not say vm:blue", {"for": "vm:blue"}),
            ("sequence is missing, or no whole number above 0",
             {"sequence": 0}),
            ("sequence is missing, or no whole number above 0",
             {"sequence": 1.5})):
        agent = Agent("red", ["vm:red"])
        agent.say(**{"type": "report", "sequence": 1, "for": "vm:red",
                     "pps": 1, **members})
        why = refused(agent)
        check(f"{members}: {wanted}", why == wanted, why)
    agent = Agent("web", ["server:10.1.1.2"])
    agent.say(type="report", sequence=1, cpu=1.1, **{"for": "server:10.1.1.2"})
    why = refused(agent)
    check("a share above 1", why == "cpu must be 0 to 1", why)


def check_sequence():
    agent = greeted("red", "vm:red")
    for n in (5, 6):
        agent.say(type="report", sequence=n, pps=1, **{"for": "vm:red"})
    check("reports without a module are refused, and nothing else",
          wait_for(lambda: shown("vm:red")["refused"] == 2), shown("vm:red"))
    agent.say(type="report", sequence=6, pps=1, **{"for": "vm:red"})
    why = refused(agent)
    check("a report that was heard before", why == "sequence 6 is not above 6",
          why)
    agent = greeted("red", "vm:red")
    check("welcome says where to go on", agent.welcome["sequence"] == 6,
          agent.welcome)
    agent.say(type="report", sequence=5, pps=1, **{"for": "vm:red"})
    why = refused(agent)
    check("also one from another connection",
          why == "sequence 5 is not above 6", why)
    agent = greeted("red", "vm:red")
    for n in range(7, 100):
        agent.say(type="report", sequence=n, pps=1, **{"for": "vm:red"})
    why = refused(agent)
    check("a flood of reports", why == "reports come faster than each 200 ms",
          why)


def check_connections():
    old = greeted("red", "vm:red")
    new = greeted("red", "vm:red")
    check("a newer connection takes over", old.hear() is None)
    check("it is the one that is shown", shown("vm:red")["peer"] ==
          "127.0.0.1:%d" % new.socket.getsockname()[1], shown("vm:red"))
    new.close()
    check("who hangs up is gone",
          wait_for(lambda: shown("vm:red")["state"] == "gone"))
    for name, wanted in (("stranger", "the other end's certificate: "),
                         (None, "TLS: peer did not return a certificate")):
        try:
            agent = Agent(name, ["vm:red"])
            said = agent.hear()
            agent.close()
        except (ssl.SSLError, ConnectionError):
            said = None
        check(f"no word from {name or 'one without a certificate'}",
              said is None, said)
        check("which is said in the log", daemon.says(wanted), daemon.log())
    agent = Agent("nobody", ["vm:red"])
    why = refused(agent)
    check("a certificate that says nothing allows nothing",
          why == "the certificate does not allow to speak for vm:red", why)


def check_reload():
    agent = greeted("red", "vm:red")
    certificate("gateway", "ca", "gateway:g2")
    daemon.configure(settings() + f"blocks: {{file: {daemon.path('blocks')}}}\n")
    check("another part is added",
          daemon.reload("the configuration is reloaded"))
    agent.say(type="report", sequence=1000, pps=1, **{"for": "vm:red"})
    check("connections are kept",
          wait_for(lambda: shown("vm:red")["sequence"] == 1000))
    anew = greeted("web", "server:10.1.1.2")
    text = ssl.DER_cert_to_PEM_cert(anew.socket.getpeercert(True))
    with open(daemon.path("gateway.pem")) as f:
        check("a certificate that was replaced is used", f.read() == text)
    anew.close()
    os.rename(daemon.path("gateway.key"), daemon.path("gateway.gone"))
    check("without its key, it stays",
          daemon.reload("agents: the certificate stays as it is: "))
    os.rename(daemon.path("gateway.gone"), daemon.path("gateway.key"))
    greeted("web", "server:10.1.1.2").close()
    agent.close()


def flood(many):
    """So many connections at once that do nothing; those that came about."""
    opened = []
    for _ in range(many):
        s = socket.socket()
        s.setblocking(False)
        try:
            s.connect(("127.0.0.1", port))
        except BlockingIOError:
            pass
        opened.append(s)
    return opened


def memory():
    with open(f"/proc/{daemon.process.pid}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def check_flood():
    red = greeted("red", "vm:red")
    before = memory()
    opened = flood(RATE * 15 // 2)
    most = connected = 0
    end = time.monotonic() + 6
    sequence = 1001
    while time.monotonic() < end:
        most = max(most, memory())
        connected = max(connected, len(os.listdir(
            f"/proc/{daemon.process.pid}/fd")))
        red.say(type="report", sequence=sequence, pps=1, **{"for": "vm:red"})
        sequence += 1
        time.sleep(0.2)
    # For the 5 seconds that a handshake may take, and no more
    check(f"of {len(opened)} connections at once {5 * RATE} are there at most",
          connected < 5 * RATE + 100, connected)
    check("which cost less than 128 MB", most - before < 128 << 20,
          f"{before} {most}")
    check("an agent that is there is heard meanwhile",
          wait_for(lambda: shown("vm:red")["sequence"] == sequence - 1) and
          shown("vm:red")["state"] == "connected", shown("vm:red"))
    for s in opened:
        s.close()
    late = greeted("web", "server:10.1.1.2")
    check("afterwards others get in", late.welcome is not None)
    check("the log is short", len(daemon.log().splitlines()) < 120,
          len(daemon.log().splitlines()))
    late.close()
    red.close()


def check_max():
    daemon.configure(settings(max=3))
    check("a maximum of 3", daemon.reload("the configuration is reloaded"))
    inside = [greeted("red", "vm:red"), greeted("web", "server:10.1.1.2"),
              greeted("blue", "vm:blue")]
    try:
        agent = Agent("both", ["vm:red"])
        said = agent.hear()
        agent.close()
    except (OSError, ssl.SSLError):
        said = None
    check("the fourth is turned away", said is None, said)
    check("those inside stay", all(shown(n)["state"] == "connected" for n in
                                   ("vm:red", "vm:blue", "server:10.1.1.2")))
    check("it is said", daemon.says("more than 3 agents: one is turned away"))
    for agent in inside:
        agent.close()
    check("they go", wait_for(lambda: shown("vm:red")["state"] == "gone" and
                              shown("vm:blue")["state"] == "gone"))
    greeted("both", "vm:red").close()


def check_silence():
    daemon.configure(settings(silence="1s"))
    check("a silence of 1 s", daemon.reload("the configuration is reloaded"))
    agent = greeted("red", "vm:red")
    check("who is silent is closed", agent.hear() is None)
    check("and is shown so",
          wait_for(lambda: shown("vm:red")["state"] == "gone"))


def settings(**more):
    words = {"listen": f"127.0.0.1:{port}", "interval": "200ms",
             "silence": "5m", "handshakes": RATE, **more}
    return (f"tls: {{ca: {daemon.path('ca.pem')}, key: "
            f"{daemon.path('gateway.key')}, "
            f"certificate: {daemon.path('gateway.pem')}}}\n"
            "agents: {%s}\n" % ", ".join(f"{k}: {v}" for k, v in words.items()))


authority("ca")
authority("other")
certificate("gateway", "ca", "gateway:g1")
certificate("red", "ca", "vm:red")
certificate("blue", "ca", "vm:blue")
certificate("both", "ca", "vm:red", "vm:blue")
certificate("web", "ca", "server:10.1.1.2", "server:fd00::2")
certificate("nobody", "ca", "nothing")
certificate("stranger", "other", "vm:red")
port = free_port()
daemon.configure(settings())
check("it starts", daemon.start(), daemon.log())
check_hello()
check_lines()
check_reports()
check_sequence()
check_connections()
check_reload()
check_flood()
check_max()
check_silence()
status = daemon.stop()
check("it ends when it is told to", status == 0, f"{status} {daemon.log()}")
finish()
