#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a page of the documentation has its reader do, step by step.

documents.py steps PAGE HERE [SECTION]
        Prints the steps of a page, or of the section with that heading; each is four
        strings that end in NUL: "command" or "file"; the machine; the command, or the
        file's path; the output that the page shows, or what is in the file.
documents.py alike SHOWN GOT
        Has the output GOT the lines of SHOWN? A line counts as the same if its keys
        are, whatever the values. Says what is missing or too much.

An indented block, and a fenced one without a language, is typed. A line in it that
begins with a prompt is a command at the machines of the prompt, "gw1# " or
"gw1,gw2# ", or at the page's own one, "# "; what follows is its output. In a block
without prompts each line is a command at the page's own machine, HERE. A here-document
and a line that ends in a backslash belong to the command before.

A fenced block of yaml or conf is added to the file that the paragraph before it names,
"`/etc/x` of gw1", or "`/etc/x`" of the page's own machine; if it names none, to
portsteerd's configuration there. One of text or promql is for the eyes.
"""
import re
import sys

FILES = {"yaml", "conf"}
FOR_THE_EYES = {"text", "promql"}
CONFIGURATION = "/etc/portsteer/portsteer.yaml"
PROMPT = re.compile(r"(?:([\w-]+(?:,[\w-]+)*))?# (.*)")
PATH = re.compile(r"`(/[^`]+)`(?: of (\w+))?")
HERE_DOCUMENT = re.compile(r"<<-?'?(\w+)")


def section_of(lines, heading):
    """The lines below a heading, to the next one of its level or above; outside of
    fences, where # is something else."""
    level, fenced = 0, False
    for line in lines:
        fenced ^= line.startswith("```")
        found = None if fenced else re.match(r"(#+) (.*)", line)
        if found and level and len(found[1]) <= level:
            return
        if level:
            yield line
        if found and found[2] == heading:
            level = len(found[1])
    if not level:
        sys.exit(f"there is no section {heading}")


def blocks(lines):
    """Yields (language, paragraph before, lines) of each block."""
    paragraph, block, language, last = [], None, None, ""
    for line in lines + ["#"]:
        if language is not None:
            if line.startswith("```"):
                yield language, " ".join(paragraph), block
                block, language, paragraph = None, None, []
            else:
                block.append(line)
        elif block is not None and (line.startswith("    ") or not line):
            block.append(line[4:])
        else:
            if block is not None:
                yield "", " ".join(paragraph), block
                block, paragraph = None, []
            if line.startswith("```"):
                language, block = line[3:].strip(), []
            elif line.startswith("    ") and not last:
                block = [line[4:]]
            elif line:
                paragraph = paragraph + [line] if last else [line]
        last = line
    if language is not None:
        sys.exit("a fenced block has no end")


def commands(lines, here):
    """Yields (machines, command, output) of a block that is typed."""
    while lines and not lines[-1]:
        lines.pop()
    prompted = PROMPT.fullmatch(lines[0])
    lines = list(lines)
    while lines:
        line = lines.pop(0)
        if not line:
            continue
        machines = here
        if prompted:
            machines, line = PROMPT.fullmatch(line).groups()
        command, end = [line], HERE_DOCUMENT.search(line)
        while command[-1].endswith("\\") or end and command[-1] != end[1]:
            if not lines:
                sys.exit(f"it has no end: {line}")
            command.append(lines.pop(0))
        output = []
        while prompted and lines and not PROMPT.fullmatch(lines[0]):
            output.append(lines.pop(0))
        yield machines or here, "\n".join(command), "\n".join(output)


def steps(page, here, heading=None):
    with open(page, encoding="utf-8") as file:
        lines = file.read().split("\n")
    if heading:
        lines = list(section_of(lines, heading))
    for language, paragraph, block in blocks(lines):
        if language in FILES:
            path, machine = (PATH.findall(paragraph) or [(CONFIGURATION, "")])[-1]
            yield "file", machine or here, path, "\n".join(block) + "\n"
        elif not language:
            for machines, command, output in commands(block, here):
                for machine in machines.split(","):
                    yield "command", machine, command, output
        elif language not in FOR_THE_EYES:
            sys.exit(f"what is to be done with a block of {language}?")


def keys(line):
    """Of a line "key value key value": the keys; the mark before what portsteer save
    does not take is none."""
    words = re.findall(r'"(?:[^"\\]|\\.)*"|[^\s"]\S*', line)
    return " ".join([word for word in words if word != "#"][::2])


def alike(shown, got):
    """Prints what is missing and what is too much; is there nothing?"""
    shown, got = ({keys(line) for line in text.split("\n") if line.strip()}
                  for text in (shown, got))
    for what, lines in (("missing", shown - got), ("not in the page", got - shown)):
        for line in sorted(lines):
            print(f"{what}: {line}")
    return shown == got


def main():
    if sys.argv[1] == "alike":
        sys.exit(not alike(*sys.argv[2:]))
    for step in steps(*sys.argv[2:]):
        sys.stdout.write("".join(part + "\0" for part in step))


main()
