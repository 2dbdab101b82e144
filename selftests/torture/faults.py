#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every command while memory fails: its first allocation, its second and so on,
until it is done without one having failed.

faults.py SECONDS    one after the other, as often as time allows

A command that is refused has changed nothing; one that is done has done what it
does without a fault, at once or soon: ports that a VM lacks are got later. Whose
answer there was no memory for did either. Prints the figures; what is wrong goes
before them, a line each.
"""
import sys
import time

import netns
import state
from cases import CASES, WORLD
from family import OPERATIONS, requests
from fault import Faults
from genl import NLM_F_ACK, NLM_F_DUMP, Genl

MOST = 2000         # allocations of one command: so many are none's
SOON = 5            # seconds
NOTHING = set(), set()


class Victim:
    """A gateway of its own, and the socket that asks it."""
    def __init__(self):
        self.faults = Faults()
        self.genl = Genl()
        self.there = None
        self.wrong = []

    def order(self, operation, payload):
        """What must be granted."""
        error, _ = self.genl.talk(self.genl.family, operation.number, payload)
        if error:
            raise OSError(error, f"{operation.name} {payload.hex()}")

    def ask(self, case, nth):
        """(error, was there a fault); no error is known, if the answer itself got
        lost. Then the next request needs a new socket: what it hears must be its
        own."""
        flags = NLM_F_DUMP if case.way == "dump" else NLM_F_ACK
        error = None
        self.faults.arm(nth)
        try:
            error, _ = self.genl.talk(self.genl.family, case.operation.number,
                                      case.payload, flags)
        except (OSError, MemoryError):
            pass
        hit = self.faults.disarm()
        if error is None:
            self.genl.close()
            self.genl = Genl()
        return error, hit

    def look(self):
        """What there is; it is looked at once between two changes."""
        if self.there is None:
            self.there = state.read(self.genl)
        return self.there

    def change_since(self, before):
        self.there = None
        return state.change(before, self.look())

    def judge(self, error, before, usual):
        """What is gone and has come; is that as it should be?"""
        due = [usual] if error == 0 else [NOTHING]
        if error is None:
            due = [usual, NOTHING]
        change = self.change_since(before)
        patience = time.monotonic() + SOON
        while (change not in due and not error and
               time.monotonic() < patience):
            time.sleep(0.2)
            change = self.change_since(before)
        return change, change in due

    def undo(self, case):
        self.there = None
        for operation, payload in case.back:
            self.order(operation, payload)

    def try_case(self, case):
        """All faults of a case; how many there were."""
        if case.paired:
            self.undo(case)
        before = self.look()
        error, _ = self.ask(case, 0)
        usual = self.change_since(before)
        if error or (usual != NOTHING) != case.changes:
            self.wrong.append(f"{case}: error {error} without a fault, or it does "
                              "not do what it is for")
            return 0
        if case.changes:
            self.undo(case)
        for nth in range(1, MOST):
            hit, changed = self.try_fault(case, nth, usual)
            if changed and (hit or not case.paired):
                self.undo(case)
            if not hit:
                break
        return nth - 1

    def try_fault(self, case, nth, usual):
        """Was there a fault, has something changed that is to be undone?"""
        before = self.look()
        error, hit = self.ask(case, nth)
        change, good = self.judge(error, before, usual)
        if good:
            return hit, change != NOTHING
        self.wrong.append(f"{case} {case.payload.hex()}, fault {nth}, error {error}, "
                          f"usual {state.show(usual[1])}: gone: "
                          f"{state.show(change[0])} come: {state.show(change[1])}")
        try:
            self.undo(case)
        except OSError:     # then there is nothing to undo, or not all of it
            pass
        return hit, False


def forgotten():
    """Commands without a case."""
    there = {(case.operation.name, case.way) for case in CASES}
    return [f"{op.name} {way}: no case of it" for way in ("do", "dump")
            for op in requests(way) if (op.name, way) not in there]


def main():
    end = time.monotonic() + float(sys.argv[1])
    netns.new()
    victim = Victim()
    victim.wrong += forgotten()
    for name, values in WORLD:
        victim.order(OPERATIONS[name], OPERATIONS[name].encode(**values))
    done, hits = 0, 0
    while time.monotonic() < end:
        hits += victim.try_case(CASES[done % len(CASES)])
        done += 1
    print(*victim.wrong, sep="\n")
    print(f"faults={hits} cases={done} of={len(CASES)}"
          f" wrong={len(victim.wrong)}")
    sys.exit(bool(victim.wrong))


main()
