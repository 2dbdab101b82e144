# SPDX-License-Identifier: GPL-2.0-only
"""Allocations that fail on demand, where the kernel was built for it."""
import os

FOLDER = "/sys/kernel/debug/"
# Those that may sleep fail too, single pages as well, and nothing is printed.
SETTINGS = {
    "failslab": {"ignore-gfp-wait": "N", "verbose": "0"},
    "fail_page_alloc": {"ignore-gfp-wait": "N", "min-order": "0",
                        "verbose": "0"},
}


class Faults:
    """The n-th allocation from now on that this thread makes in the kernel fails."""
    def __init__(self):
        for name, values in SETTINGS.items():
            for key, value in values.items():
                with open(f"{FOLDER}{name}/{key}", "w", encoding="utf8") as file:
                    file.write(value)
        self.file = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def arm(self, nth):
        os.pwrite(self.file, b"%d" % nth, 0)

    def disarm(self):
        """Was there a fault?"""
        left = int(os.pread(self.file, 20, 0))
        os.pwrite(self.file, b"0", 0)
        return left == 0
