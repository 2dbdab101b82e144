#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the agent says to a gateway, and what it makes of what one says.

    agent.py PORTSTEER AGENT

The gateway is played by another TLS library, on 127.0.0.1. Prints TAP.
"""
import contextlib
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

PATIENCE = 30
WELCOME = {"type": "welcome", "version": 1, "interval_ms": 100}
RESIDENT_MOST = 4096

portsteer, agent = sys.argv[1:]
folder = pathlib.Path(tempfile.mkdtemp())
count = failed = 0


def check(good, what, said=""):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}", flush=True)
    if not good:
        print(f"# {said}", flush=True)


def wait_for(condition):
    until = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


def give(*words):
    subprocess.run([portsteer, "cert", *words, "directory", folder],
                   check=True)


def give_other(name, uri):
    """A certificate that may be connected to, whoever it is."""
    request = subprocess.run(
        ["openssl", "req", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x", "-keyout",
         folder / f"{name}.key"], check=True, capture_output=True).stdout
    extensions = folder / "extensions"
    extensions.write_text(f"subjectAltName=URI:{uri}\n")
    subprocess.run(
        ["openssl", "x509", "-req", "-CA", folder / "ca.pem", "-CAkey",
         folder / "ca.key", "-out", folder / f"{name}.pem", "-extfile",
         extensions], input=request, check=True, capture_output=True)


class Line:
    """The gateway's end of a connection."""

    def __init__(self, connection):
        self.socket = connection
        self.file = connection.makefile("rw")

    def say(self, message):
        self.file.write(json.dumps(message) + "\n")
        self.file.flush()

    def hear(self):
        line = self.file.readline()
        return json.loads(line) if line else None

    def welcome(self, **more):
        hello = self.hear()
        self.say(WELCOME | more)
        return hello

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Gateway:
    def __init__(self, name="gateway-g1"):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / f"{name}.pem",
                                     folder / f"{name}.key")
        self.context.load_verify_locations(folder / "ca.pem")
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE)
        self.port = self.listener.getsockname()[1]

    def accept(self):
        plain, _ = self.listener.accept()
        plain.settimeout(PATIENCE)
        return Line(self.context.wrap_socket(plain, server_side=True))

    def close(self):
        self.listener.close()


class Agent:
    """The program, with what it says on standard error in a file."""

    def __init__(self, gateway, *words):
        self.stderr = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [agent, "--daemon", f"127.0.0.1:{gateway.port}", "--ca",
             folder / "ca.pem", "--certificate", folder / "vm-red.pem",
             "--key", folder / "vm-red.key", *words], stderr=self.stderr)

    def said(self):
        self.stderr.seek(0)
        return self.stderr.read().decode()

    def says(self, text):
        return wait_for(lambda: text in self.said())

    def resident(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def children(self):
        path = pathlib.Path(f"/proc/{self.process.pid}/task"
                            f"/{self.process.pid}/children")
        return path.read_text().split()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def running(*words, gateway="gateway-g1"):
    server = Gateway(gateway)
    program = Agent(server, *words)
    try:
        yield server, program
    finally:
        program.process.kill()
        program.process.wait()
        server.close()


def test_report():
    with running("--vm", "red", "--server", "10.1.1.2") as (server, program):
        with server.accept() as line:
            hello = line.welcome(sequence=41)
            check(hello == {"type": "hello", "version": 1,
                            "speaks_for": ["vm:red", "server:10.1.1.2"]},
                  "hello", hello)
            names = line.socket.getpeercert()["subjectAltName"]
            check(names == (("URI", "portsteer:vm:red"),),
                  "with its certificate", names)
            check(line.socket.version() == "TLSv1.3", "by TLS 1.3")
            reports = [line.hear() for _ in range(20)]
            check([r["sequence"] for r in reports] == list(range(42, 62)),
                  "sequence goes on from the gateway's", reports)
            vm, loaded = reports[-2:]
            check(vm.keys() == {"type", "sequence", "for", "pps", "bandwidth",
                                "connections"} and vm["for"] == "vm:red",
                  "report of a VM", vm)
            check({"type", "sequence", "for", "cpu", "memory", "retransmits",
                   "connections"} <= loaded.keys() and
                  loaded["for"] == "server:10.1.1.2" and
                  all(0 <= loaded[k] <= 1 for k in
                      ("cpu", "memory", "retransmits")) and
                  loaded["connections"] > 0, "report of a server", loaded)
            if b"__asan_init" in pathlib.Path(agent).read_bytes():
                check(True, "memory # SKIP it is checked by ASan")
            else:
                check(program.resident() < RESIDENT_MOST,
                      f"{program.resident()} kB are resident")
        with server.accept() as line:
            line.welcome(sequence=7)
            report = line.hear()
            check(report["sequence"] > 61, "and never steps back", report)
            check(program.stop() == 0, "ends when it is told to",
                  program.said())


def test_refusals():
    with running("--vm", "red") as (server, program):
        for _ in range(3):
            with server.accept() as line:
                line.hear()
                line.say({"type": "refused", "why": "not you"})
        check(wait_for(lambda: "not you" in program.said()) and
              program.said().count("not you") == 1,
              "a refusal is said once", program.said())
        with server.accept() as line:
            line.hear()
            line.say({"type": "wellcome"})
            check(line.hear() == {"type": "refused", "why":
                                  "type is neither welcome nor ranges"},
                  "what it does not understand is refused")
        with server.accept() as line:
            line.hear()
            check(program.says("no welcome within 5 s"),
                  "no welcome", program.said())
        server.close()
        check(program.says("Connection refused"), "nobody there",
              program.said())
        check(program.stop() == 0, "ends also while it waits")


def test_impostors():
    with running("--vm", "red", gateway="other") as (server, program):
        with server.accept() as line:
            check(line.hear() is None and
                  program.says("the other end is no gateway"),
                  "a server is no gateway", program.said())
    with running("--vm", "red", gateway="vm-blue") as (server, program):
        with contextlib.suppress(ssl.SSLError, OSError):
            server.accept()
        check(program.says("unsuitable certificate purpose"),
              "a VM is no gateway", program.said())


def heard(line, condition):
    """Whether such a report comes in a while."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        report = line.hear()
        if condition(report):
            return True
    return False


def test_app_file():
    metric = folder / "metric"
    metric.write_text("37.5\n")
    with running("--server", "10.1.1.2", "--app-file", metric) as (
            server, program), server.accept() as line:
        line.welcome()
        check(heard(line, lambda r: r.get("app") == 0.375),
              "an application's load in a file")
        metric.write_text(" 99.99% \nand more\n")
        check(heard(line, lambda r: r.get("app") == 0.9999), "another one")
        for bad in "", "101", "-1", "x", "1" * 64:
            metric.write_text(bad)
            check(heard(line, lambda r: "app" not in r),
                  f'none: "{bad[:10]}"')
        metric.unlink()
        os.mkfifo(metric)
        check(program.says("is in no file that can be read"), "no file",
              program.said())
        metric.unlink()
        metric.write_text("5")
        check(heard(line, lambda r: r.get("app") == 0.05), "and one again")


def test_app_command():
    switch = folder / "switch"
    switch.write_text("echo 25%")
    with running("--server", "10.1.1.2", "--app-command",
                 f". {switch}") as (server, program), server.accept() as line:
        line.welcome()
        check(heard(line, lambda r: r.get("app") == 0.25),
              "an application's load by a command")
        switch.write_text("echo 25%; exit 1")
        check(heard(line, lambda r: "app" not in r), "a command that fails")
        switch.write_text("yes 1")
        begin = time.monotonic()
        check(heard(line, lambda r: program.children()), "one without end")
        reports = 0
        while program.children() and time.monotonic() - begin < PATIENCE:
            if "takes more than 5 s" in program.said():
                break
            line.hear()
            reports += 1
        check(reports >= 10 and program.says("takes more than 5 s"),
              f"is killed, {reports} reports later", program.said())
        switch.write_text("sleep 98765 & echo 50")
        check(heard(line, lambda r: r.get("app") == 0.5),
              "one that leaves something behind")
        # Only what runs at the moment is there.
        switch.write_text("echo 75")
        check(heard(line, lambda r: r.get("app") == 0.75) and
              subprocess.run(["pgrep", "-fx", "sleep 98765"],
                             stdout=subprocess.PIPE,
                             check=False).stdout == b"", "which is killed")
        switch.write_text("exec sleep 999")
        check(heard(line, lambda r: program.children()), "one that sleeps")
        child = program.children()[0]
        check(program.stop() == 0 and
              wait_for(lambda: not os.path.exists(f"/proc/{child}") or
                       "Z" in pathlib.Path(f"/proc/{child}/stat")
                       .read_text().split()[2]),
              "ends with the agent")


def test_renewal():
    with running("--vm", "red") as (server, program):
        with server.accept() as line:
            line.welcome()
            before = line.socket.getpeercert()["serialNumber"]
            (folder / "vm-red.pem").unlink()
        with server.accept() as line:
            line.welcome()
            check(line.socket.getpeercert()["serialNumber"] == before,
                  "half of a new certificate is none")
            check(program.says("the certificate stays as it is: "),
                  "which it says", program.said())
            (folder / "vm-red.key").unlink()
            give("vm", "red")
        with server.accept() as line:
            line.welcome()
            check(line.socket.getpeercert()["serialNumber"] != before,
                  "a new certificate is used without a restart")


def test_files():
    process = subprocess.run(
        [agent, "--daemon", "127.0.0.1:1", "--vm", "red", "--ca",
         "/nowhere/ca.pem"], capture_output=True, check=False, text=True)
    check(process.returncode == 1 and process.stderr ==
          "portsteer-agent: ca /nowhere/ca.pem: No such file or directory\n",
          "no certificates, no agent", process.stderr)


give("ca")
give("gateway", "g1")
give("vm", "red")
give("vm", "blue")
give_other("other", "portsteer:server:10.1.1.3")
test_report()
test_refusals()
test_impostors()
test_app_file()
test_app_command()
test_renewal()
test_files()
print(f"1..{count}")
subprocess.run(["rm", "-rf", folder], check=True)
sys.exit(failed > 0)
