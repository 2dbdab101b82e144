# SPDX-License-Identifier: GPL-2.0-or-later
"""What the daemon's tests share: a portsteerd that runs, and TAP."""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE = 180
count = 0
failed = 0


def check(what, good, said=""):
    """One result; what was said is shown if it is bad."""
    global count, failed
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {what}", flush=True)
    if not good:
        failed = 1
        for line in str(said).splitlines():
            print(f"# {line}")
    return good


def finish():
    print(f"1..{count}")
    sys.exit(failed)


def wait_for(condition):
    """Until it is true, or for so long that it will never be."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


class Daemon:
    """portsteerd in a folder of its own; its log is in self.log()."""

    def __init__(self, program, tool, prefix=()):
        self.folder = tempfile.mkdtemp(prefix="portsteerd-")
        self.program, self.tool, self.prefix = program, tool, list(prefix)
        self.socket = self.path("control")
        self.process = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def configure(self, text):
        with open(self.path("conf"), "w") as f:
            f.write(f"control: {{socket: {self.socket}}}\n" + text)

    def start(self):
        with open(self.path("log"), "w") as log:
            self.process = subprocess.Popen(
                self.prefix + [self.program, "-c", self.path("conf")],
                stdout=log, stderr=log)
        atexit.register(self.process.kill)
        return wait_for(lambda: isinstance(self.show("daemon"), list) or
                        self.process.poll() is not None)

    def log(self):
        with open(self.path("log"), errors="replace") as log:
            return log.read()

    def says(self, text):
        return wait_for(lambda: text in self.log())

    def signal(self, number):
        self.process.send_signal(number)

    def reload(self, said):
        """SIGHUP; whether it then says that, and only after it has come."""
        before = len(self.log())
        self.signal(signal.SIGHUP)
        return wait_for(lambda: said in self.log()[before:])

    def show(self, part):
        out = subprocess.run([self.tool, "--socket", self.socket, "-j", part,
                              "show"], capture_output=True, text=True)
        return json.loads(out.stdout) if out.returncode == 0 else out.stderr

    def stop(self):
        """Its exit status."""
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "it does not stop"
