#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A cluster of daemons on a real etcd, whose parts die at every step.

Three hosts, an edge and two managers, each a daemon with a stand-in for the module,
whose grants are in a file. An auditor reads these files all the time: no chunk may be
with two hosts, or with a host and with another at the edge. Prints TAP.

Usage: cluster.py PROGRAM
"""
import atexit
import contextlib
import json
import mmap
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

CHUNK = 1024
POOL = "203.0.113.1"
CHUNKS = 63
LEASE, HOLD, HOST_TIMEOUT = 2, 2, 8
# A fault is over when what died is there again; a lease may have to end first, and
# the machine may have other things to do.
SOON = 30

HEADER = struct.Struct("=IIQII")
GRANT = struct.Struct("=40s32s40sIIII")
ACTIVE = 1

PROGRAM = os.path.abspath(sys.argv[1])
SCRATCH = pathlib.Path(tempfile.mkdtemp())
processes = []


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(words, **more):
    process = subprocess.Popen(words, **more)
    processes.append(process)
    return process


@atexit.register
def clean_up():
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
    shutil.rmtree(SCRATCH, ignore_errors=True)


class Results:
    """TAP, as it comes."""
    count = failed = 0

    def __call__(self, good, what, more=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - cluster: {what}")
        if not good and more:
            print(f"# {more}")
        sys.stdout.flush()


check = Results()


def wait_for(condition, seconds=SOON):
    """Seconds that it took, or None."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            return None
        time.sleep(0.02)
    return time.monotonic() - begin


class Etcd:
    def __init__(self):
        self.url = f"http://127.0.0.1:{free_port()}"
        self.peer = f"http://127.0.0.1:{free_port()}"
        self.process = None

    def start(self):
        self.process = start(
            ["etcd", "--data-dir", str(SCRATCH / "etcd"),
             "--listen-client-urls", self.url,
             "--advertise-client-urls", self.url,
             "--listen-peer-urls", self.peer,
             "--initial-advertise-peer-urls", self.peer,
             "--initial-cluster", f"default={self.peer}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert wait_for(lambda: self.ctl("get", "x") is not None)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ctl(self, *words):
        done = subprocess.run(
            ["etcdctl", "--endpoints", self.url, "--command-timeout=5s",
             *words], env={**os.environ, "ETCDCTL_API": "3"},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        return done.stdout.decode() if done.returncode == 0 else None

    def values(self, prefix):
        """key -> value of all keys under /portsteer/PREFIX"""
        lines = (self.ctl("get", "--prefix", f"/portsteer/{prefix}")
                 or "").splitlines()
        return {key: json.loads(value)
                for key, value in zip(lines[::2], lines[1::2])}


class SecureEtcd(Etcd):
    """One that wants to see a certificate."""
    def __init__(self):
        super().__init__()
        self.url = self.url.replace("http:", "https:")
        make_certificates()

    def start(self):
        self.process = start(
            ["etcd", "--data-dir", str(SCRATCH / "secure"),
             "--listen-client-urls", self.url,
             "--advertise-client-urls", self.url,
             "--listen-peer-urls", self.peer,
             "--initial-advertise-peer-urls", self.peer,
             "--initial-cluster", f"default={self.peer}",
             "--client-cert-auth", "--trusted-ca-file", str(SCRATCH / "ca.pem"),
             "--cert-file", str(SCRATCH / "etcd.pem"),
             "--key-file", str(SCRATCH / "etcd.key")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates():
    """ca signs etcd and us; other is nobody's authority."""
    def openssl(*words, **more):
        subprocess.run(["openssl", *words], check=True, cwd=SCRATCH,
                       stderr=subprocess.DEVNULL, **more)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for name in "ca", "other":
        openssl("req", "-x509", *curve, "-subj", f"/CN={name}", "-days", "2",
                "-keyout", f"{name}.key", "-out", f"{name}.pem")
    (SCRATCH / "extensions").write_text(
        "subjectAltName = IP:127.0.0.1\n"
        "extendedKeyUsage = serverAuth, clientAuth\n")
    for name in "etcd", "us":
        openssl("req", *curve, "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                "-out", f"{name}.request")
        openssl("x509", "-req", "-in", f"{name}.request", "-CA", "ca.pem",
                "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", "extensions", "-out", f"{name}.pem")


class Node:
    """A daemon, and its stand-in for the module."""
    def __init__(self, name, config, at=None):
        self.name = name
        self.config = SCRATCH / f"{name}.yaml"
        self.module = SCRATCH / f"{name}.module"
        self.log = SCRATCH / f"{name}.log"
        self.config.write_text(
            f"control: {{socket: {SCRATCH}/{name}.socket}}\n"
            f"etcd: {{{at or plain()}, lease: {LEASE}s, timeout: 2s}}\n" + config)
        self.module.write_bytes(bytes(HEADER.size + 1024 * GRANT.size))
        with open(self.module, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)
        self.process = None

    def start(self):
        with open(self.log, "a") as log:
            self.process = start(
                [PROGRAM, "-c", str(self.config)], stderr=log,
                env={**os.environ, "PORTSTEER_TEST_MODULE": str(self.module)})

    def kill(self):
        self.process.kill()
        self.process.wait()

    def signal(self, number):
        self.process.send_signal(number)

    def grants(self):
        """(address, first) -> host, state and place in the file, at one moment"""
        while True:
            data = self.map[:]
            turn, count = HEADER.unpack_from(data)[:2]
            if not turn & 1 and HEADER.unpack_from(self.map)[0] == turn:
                break
        found = {}
        for i in range(count):
            at = HEADER.size + i * GRANT.size
            address, _, host, first, _, state, _ = GRANT.unpack_from(data, at)
            found[address.rstrip(b"\0").decode(), first] = (
                host.rstrip(b"\0").decode(), state, at)
        return found

    def want(self, ports):
        struct.pack_into("=I", self.map, 16, ports)
        self.wanted = -(-max(ports, 64) // 64) * 64

    def flushed(self):
        return HEADER.unpack_from(self.map)[4]

    def use(self, place, ports):
        struct.pack_into("=I", self.map, self.grants()[place][2] + GRANT.size - 4,
                         ports)

    def chunks_wanted(self):
        ports = self.wanted + max(self.wanted // 4, CHUNK)
        return -(-ports // CHUNK)

    def says(self, text):
        return text in self.log.read_text()


def plain():
    return f"endpoints: ['{etcd.url}']"


class Auditor(threading.Thread):
    """Reads what everybody has, all the time."""
    def __init__(self):
        super().__init__(daemon=True)
        self.passes = 0
        self.wrong = []
        self.fenced = set()    # hosts that were away too long on purpose

    def look(self):
        begin = time.monotonic()
        owners = {}
        wrong = []
        for host in hosts:
            for place in host.grants():
                if host.name in self.fenced:
                    continue
                if place in owners:
                    wrong.append(f"{place} is with {owners[place]} and {host.name}")
                owners[place] = host.name
        at_edge = edge.grants()
        for place, name in owners.items():
            if place not in at_edge:
                wrong.append(f"{place} of {name} is unknown at the edge")
            elif at_edge[place][0] != addresses[name]:
                wrong.append(f"{place} of {name} is {at_edge[place][0]}'s at the edge")
        # Hosts and edge were looked at one after the other.
        return wrong if time.monotonic() - begin < HOLD / 2 else []

    def run(self):
        while True:
            wrong = self.look()
            for _ in range(3):
                if wrong:
                    time.sleep(0.05)
                    wrong = self.look()
            self.wrong += wrong
            self.passes += 1
            time.sleep(0.005)


class Killer(threading.Thread):
    """Kills the leading manager as soon as etcd tells of something."""
    def __init__(self, prefix, word):
        super().__init__(daemon=True)
        self.word = word
        self.killed = None
        self.watch = start(
            ["etcdctl", "--endpoints", etcd.url, "watch", "--prefix",
             f"/portsteer/{prefix}"], env={**os.environ, "ETCDCTL_API": "3"},
            stdout=subprocess.PIPE)
        self.start()

    def run(self):
        for line in self.watch.stdout:
            if self.word in line.decode():
                leader = leading()
                if leader:
                    leader.kill()
                    self.killed = leader
                    self.watch.kill()
                    return


def leading():
    for value in etcd.values("leader").values():
        return next(m for m in managers if m.name == value["name"])
    return None


def leads():
    """Does one that is alive?"""
    leader = leading()
    return leader is not None and leader.process.poll() is None


def settled():
    """Everybody has what it wants, and nothing is on its way."""
    at_edge = edge.grants()
    together = {}
    for host in hosts:
        has = host.grants()
        if any(state != ACTIVE for _, state, _ in has.values()):
            return False
        if not host.chunks_wanted() <= len(has) <= host.chunks_wanted() + 1:
            return False
        together |= {place: addresses[host.name] for place in has}
    return together == {place: one[0] for place, one in at_edge.items()}


def settled_in_etcd():
    grants = etcd.values("grants/").values()
    return settled() and all(g["state"] == "active" for g in grants)


def shift(*ports):
    for host, n in zip(hosts, ports):
        host.want(n)


@contextlib.contextmanager
def fault(what, bound=SOON):
    """What is done goes wrong, and afterwards all is well, in seconds."""
    yield
    took = wait_for(settled_in_etcd, bound)
    check(took is not None, f"{what}: all is well afterwards",
          f"hosts {[len(h.grants()) for h in hosts]} of "
          f"{[h.chunks_wanted() for h in hosts]}, edge {len(edge.grants())}, "
          f"etcd {etcd.values('grants/')}, asks {etcd.values('asks/')}")
    if took is not None:
        print(f"# {what}: {took:.2f} s after the end of it")


etcd = Etcd()
etcd.start()
addresses = {f"h{n}": f"10.4.0.1{n}" for n in (1, 2, 3)}
hosts = [Node(name, f"host: {{name: {name}, addresses: [{address}], "
              f"pools: [nat4], idle: 1s}}\n")
         for name, address in addresses.items()]
edge = Node("e1", "edge: {name: e1}\n")
managers = [Node(f"m{n}", f"manager: {{name: m{n}, hold: {HOLD}s, "
                 f"host-timeout: {HOST_TIMEOUT}s}}\n"
                 f"pools: [{{name: nat4, addresses: [{POOL}]}}]\n")
            for n in (1, 2)]
shift(1000, 1000, 1000)
auditor = Auditor()
auditor.start()


def test_begin():
    for node in [edge, *hosts, *managers]:
        node.start()
    took = wait_for(settled_in_etcd)
    check(took is not None, "hosts come to what they want, through the edge")
    check(leading() is not None, "one of the managers leads")


def test_shift():
    shift(30000, 64, 1000)
    with fault("a host needs more"):
        pass
    with fault("another one does"):
        shift(1000, 30000, 64)


def test_fair():
    """All want more than there is: first their due, by taking from who has more."""
    shift(64, 50000, 64)
    wait_for(settled_in_etcd)
    shift(40000, 40000, 1000)
    took = wait_for(lambda: sorted(len(h.grants()) for h in hosts) == [2, 30, 31]
                    and len(edge.grants()) == CHUNKS)
    check(took is not None, "what is short is shared out fairly",
          f"{[len(h.grants()) for h in hosts]}")
    place = next(iter(hosts[0].grants()))
    hosts[0].use(place, 5)
    shift(1000, 1000, 1000)
    wait_for(settled_in_etcd)
    check(place in hosts[0].grants(), "a chunk with a port in use is not left")
    hosts[0].use(place, 0)
    with fault("the pool was short"):
        pass


STEPS = [("leader", "leader"), ("asks/", "want"), ("grants/", "prepared"),
         ("acks/", "adding"), ("acks/", "present"), ("grants/", "active"),
         ("grants/", "draining"), ("grants/", "released"),
         ("grants/", "DELETE"), ("held/", "PUT"), ("held/", "DELETE")]


def test_steps():
    loads = [(20000, 1000, 64), (1000, 20000, 64)]
    for n, (prefix, word) in enumerate(STEPS):
        killer = Killer(prefix, word)
        time.sleep(0.3)
        with fault(f"the leading manager is killed at {word} of {prefix}"):
            if prefix == "leader":
                leading().kill()
            shift(*loads[n % 2])
            wait_for(lambda: killer.killed, 20)
            check(killer.killed is not None, f"it was killed at {word} of {prefix}")
            wait_for(leads, 10)
            for manager in managers:
                if manager.process.poll() is not None:
                    manager.start()


def test_two_leaders():
    """One that has lost the lead without knowing it goes on where it was."""
    sleeper = leading()
    sleeper.signal(signal.SIGSTOP)
    shift(20000, 3000, 1000)
    took = wait_for(lambda: leading() not in (None, sleeper))
    check(took is not None, "another manager leads while the first one sleeps")
    shift(3000, 20000, 1000)
    with fault("a manager that led sleeps and wakes up"):
        sleeper.signal(signal.SIGCONT)


def test_etcd():
    before = {h.name: set(h.grants()) for h in hosts}
    lost = hosts[0].log.read_text().count("etcd is out of reach")
    etcd.kill()
    shift(5000, 1000, 20000)
    time.sleep(2 * LEASE)
    check({h.name: set(h.grants()) for h in hosts} == before,
          "without etcd everybody goes on with what it has")
    said = hosts[0].log.read_text().count("etcd is out of reach")
    check(said == lost + 1, "and say once that it is away", f"{lost} to {said}")
    with fault("etcd is killed"):
        etcd.start()
    check(hosts[0].says("etcd is back"), "it is said when etcd is back")


def test_nodes():
    for node in [edge, hosts[1]]:
        node.kill()
        shift(1000, 5000, 20000)
        time.sleep(LEASE)
        with fault(f"{node.name} is killed"):
            shift(20000, 5000, 1000)
            node.start()
    hosts[2].signal(signal.SIGSTOP)
    shift(1000, 20000, 15000)
    time.sleep(2 * LEASE)
    with fault("a host sleeps for longer than its lease"):
        hosts[2].signal(signal.SIGCONT)


def test_fence():
    """A host that is away too long loses what it has, and hears of it."""
    place = next(iter(hosts[0].grants()))
    hosts[0].use(place, 7)
    auditor.fenced.add("h1")
    hosts[0].signal(signal.SIGSTOP)
    took = wait_for(lambda: addresses["h1"] not in
                    {host for host, _, _ in edge.grants().values()})
    check(took is not None and took > HOST_TIMEOUT - LEASE,
          "the edge forgets a host that is away too long", f"{took}")
    shift(1000, 28000, 15000)
    wait_for(lambda: place in hosts[1].grants() or place in hosts[2].grants(), 10)
    with fault("a host comes back too late"):
        hosts[0].signal(signal.SIGCONT)
    auditor.fenced.clear()
    check(hosts[0].flushed() > 0, "it ends the sessions that it had there")
    check(hosts[0].says("are not this host's any more"), "and says so")


def test_twin():
    twin = Node("twin", f"host: {{name: h1, addresses: [{addresses['h1']}], "
                "pools: [nat4]}\n")
    twin.start()
    took = wait_for(lambda: hosts[0].says("another daemon says that it is h1"))
    check(took is not None, "two hosts of one name: the first one says so")
    time.sleep(1)
    changes = etcd.values("hosts/h1")
    check(len(changes) == 1 and
          hosts[0].log.read_text().count("another daemon says") == 1,
          "and does not quarrel")
    twin.kill()
    with fault("a host of the same name was there"):
        pass


def test_lost_keys():
    before = {h.name: set(h.grants()) for h in hosts}
    kept = etcd.ctl("get", "/portsteer/schema", "--print-value-only")
    etcd.ctl("del", "--prefix", "/portsteer/")
    took = wait_for(lambda: hosts[0].says("etcd has lost the keys"))
    check(took is not None, "that etcd has lost its keys is said")
    time.sleep(2)
    check({h.name: set(h.grants()) for h in hosts} == before,
          "and nobody gives up anything for it")
    etcd.ctl("put", "/portsteer/schema",
             '{"version": 2, "chunk": 1024, "id": "x"}')
    took = wait_for(lambda: hosts[0].says("is of version 2, and we are of version 1"))
    check(took is not None or hosts[0].says("etcd has lost the keys"),
          "a foreign schema is refused")
    stranger = Node("stranger", "edge: {name: e9}\n")
    stranger.start()
    took = wait_for(lambda: stranger.says(
        "is of version 2, and we are of version 1"))
    check(took is not None, "and says of which version it is")
    stranger.kill()
    check({h.name: set(h.grants()) for h in hosts} == before,
          "and nobody goes by it")
    assert kept


def test_tls():
    """The first endpoint is dead, the second one wants certificates."""
    secure = SecureEtcd()
    secure.start()
    at = (f"endpoints: ['https://127.0.0.1:{free_port()}', '{secure.url}'], "
          f"certificate: {SCRATCH}/us.pem, key: {SCRATCH}/us.key, "
          f"ca: {SCRATCH}/")
    manager = Node("secure", "manager: {name: secure}\n", at + "ca.pem")
    manager.start()
    check(wait_for(lambda: manager.says("secure leads")) is not None,
          "etcd by TLS, at the second endpoint")
    secure.kill()
    secure.start()
    check(wait_for(lambda: manager.says("etcd is back")) is not None,
          "and again after it has died")
    doubter = Node("doubter", "manager: {name: doubter}\n", at + "other.pem")
    doubter.start()
    took = wait_for(lambda: doubter.says("etcd is out of reach"))
    time.sleep(2)
    check(took is not None and not doubter.says("leads"),
          "an etcd whose certificate is not known is not believed")
    for node in manager, doubter:
        node.kill()


test_begin()
test_shift()
test_fair()
test_steps()
test_two_leaders()
test_etcd()
test_nodes()
test_fence()
test_twin()
test_lost_keys()
test_tls()
check(not auditor.wrong, "no chunk was ever with two", "; ".join(auditor.wrong[:5]))
check(auditor.passes > 1000, f"of {auditor.passes} looks at it")
alive = [n for n in [edge, *hosts, *managers] if n.process.poll() is None]
check(len(alive) == 6, "everybody is alive at the end")
for node in alive:
    node.signal(signal.SIGTERM)
check(all(n.process.wait(10) == 0 for n in alive), "and ends when told to")
print(f"1..{check.count}")
sys.exit(check.failed != 0)
