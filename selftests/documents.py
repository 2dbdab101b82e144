#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a page of the documentation has its reader do, step by step.

documents.py steps PAGE HERE [SECTION]
        Prints the steps of a page, or of the section with that heading; each is four
        strings that end in NUL: "command" or "file"; the machine; the command, or the
        file's path; the output that the page shows, or what is in the file.
documents.py alike SHOWN GOT
        Has the output GOT the lines of SHOWN? A line counts as the same if its keys
        are, whatever the values; or if all is but the numbers, and the remarks behind
        a score. Says what is missing or too much.
documents.py names
        Lists the functions, enums and files of the module that pages name and that are
        not there, the pages that the table of contents lacks, and the counters that
        counters.md lacks.
documents.py untyped
        Lists the blocks of commands in Documentation and README that no test types by
        "page FILE [SECTION]" or "manual OBJECT", and that give no reason:
        "<!-- not typed: REASON -->" in the line before.

An indented block, and a fenced one without a language, is typed. A line in it that
begins with a prompt is a command at the machines of the prompt, "gw1# " or
"gw1,gw2# ", or at the page's own one, "# " or "$ "; what follows is its output. In a block
without prompts each line is a command at the page's own machine, HERE. A here-document
and a line that ends in a backslash belong to the command before.

A fenced block of yaml or conf is added to the file that the paragraph before it names,
"`/etc/x` of gw1", or "`/etc/x`" of the page's own machine; if it names none, to
portsteerd's configuration there. One of text or promql is for the eyes.

Of a manual page the blocks between .nf and .fi in EXAMPLES are typed.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

FILES = {"yaml", "conf"}
FOR_THE_EYES = {"text", "promql"}
CONFIGURATION = "/etc/portsteer/portsteer.yaml"
PROMPT = re.compile(r"([\w-]+(?:,[\w-]+)*)?([#$]) (.*)")
PATH = re.compile(r"`(/[^`]+)`(?: of (\w+))?")
HERE_DOCUMENT = re.compile(r"<<-?'?(\w+)")
REASON = re.compile(r"<!-- not typed: .+ -->")
# What a block for the eyes has if it was one to type.
COMMAND = re.compile(r"([\w,-]*[#$] |portsteer(-agent|d)? |make |systemctl |ip )")
# In shell: which page a test types, and which section of it.
TYPES = re.compile(r'^(?:(?:page|.* steps_of) (\S+\.md)|manual (\S+))(?: "([^"]+)")?$', re.M)
# Of troff: what of the manual pages' markup is something else in the text.
ESCAPES = {r"\-": "-", r"\e": "\\", r"\&": "", "\\ ": " "}


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


def manual_lines(text):
    """The examples of a manual page, in the form of other pages."""
    _, _, examples = text.partition("\n.SH EXAMPLES\n")
    lines, typed = [], False
    for line in examples.split("\n.SH ")[0].split("\n"):
        if line in (".nf", ".fi"):
            typed = line == ".nf"
            lines.append("")
        elif line.startswith(r'.\" not typed:'):
            lines.append(f"<!-- {line[4:]} -->")
        elif not line.startswith("."):
            for escape, meaning in ESCAPES.items():
                line = line.replace(escape, meaning)
            lines.append("    " * typed + line)
    return lines


def lines_of(page):
    text = pathlib.Path(page).read_text(encoding="utf-8")
    return text.split("\n") if str(page).endswith(".md") else manual_lines(text)


def commands(lines, here):
    """Yields (machines, command, output) of a block that is typed."""
    while lines and not lines[-1]:
        lines.pop()
    prompted = PROMPT.fullmatch(lines[0])
    lines = list(lines)

    def prompt(line):
        # With "$" for a prompt "# " begins a comment, or what is shown.
        found = PROMPT.fullmatch(line)
        return found if found and found[2] == prompted[2] else None

    while lines:
        line = lines.pop(0)
        if not line:
            continue
        machines = here
        if prompted:
            machines, _, line = prompt(line).groups()
        command, end = [line], HERE_DOCUMENT.search(line)
        while command[-1].endswith("\\") or end and command[-1] != end[1]:
            if not lines:
                sys.exit(f"it has no end: {line}")
            command.append(lines.pop(0))
        output = []
        while prompted and lines and not prompt(lines[0]):
            output.append(lines.pop(0))
        yield machines or here, "\n".join(command), "\n".join(output)


def steps(page, here, heading=None):
    lines = lines_of(page)
    if heading:
        lines = list(section_of(lines, heading))
    for language, paragraph, block in blocks(lines):
        if REASON.search(paragraph):
            continue
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


def shape(line):
    """Of any line: all but numbers, units of time, how wide columns are, and what
    explain remarks behind a score."""
    line = re.sub(r"( = -?[\d.]+)  .*", r"\1", line)
    # Of a VM whose ports in use happen to rise just now.
    line = re.sub(r" time-to-full \S+", "", line)
    return " ".join(re.sub(r"[-+]?\d+(\.\d+)?((us|ms|s|m|h)\b)?", "0",
                           line).split())


def differences(shown, got):
    """What is missing and what is too much."""
    shown, got = ([line for line in text.split("\n") if line.strip()]
                  for text in (shown, got))
    for what, lines, others in (("missing", shown, got),
                                ("not in the page", got, shown)):
        known = {form(other) for other in others for form in (keys, shape)}
        for line in dict.fromkeys(lines):
            if not {keys(line), shape(line)} & known:
                yield f"{what}: {line}"


def unknown_names(page, code):
    """What a page says is in the code."""
    text = page.read_text(encoding="utf-8")
    for name in sorted(set(re.findall(r"\bpsteer_\w+", text))):
        if not re.search(rf"\b{name}\b", code):
            yield f"{page.name}: there is no {name}"
    for name in sorted(set(re.findall(r"[\w/*]+\.[ch]\b", text))):
        if not any(ROOT.glob(f"{folder}/**/{name.rpartition('/')[2]}")
                   for folder in ("kmod", "uapi", "tool", "selftests")):
            yield f"{page.name}: there is no {name}"
    # In a figure, "x.c: a, b" says that these functions are in x.c.
    for file, functions in re.findall(r" (\w+\.c): (\w+)(?=,|$)", text, re.M):
        if not re.search(rf"^\S.*\b{functions}(\(|\[)",
                         (ROOT / "kmod" / file).read_text(), re.M):
            yield f"{page.name}: {file} has no {functions}"


def names():
    """What pages name and is not there, or is there and not named."""
    pages = sorted(ROOT.glob("Documentation/*.md"))
    code = "".join(file.read_text() for file in
                   [*ROOT.glob("kmod/*.[ch]"), *ROOT.glob("uapi/linux/*.h")])
    for page in pages:
        yield from unknown_names(page, code)
    contents = re.findall(r"\]\((\S+?)\)",
                          (ROOT / "Documentation/README.md").read_text())
    for page in {page.name for page in pages} - {"README.md", *contents}:
        yield f"README.md does not list {page}"
    for link in contents:
        if not (ROOT / "Documentation" / link).exists():
            yield f"README.md: there is no {link}"
    told = re.findall(r"^\| `(\w+)` \|",
                      (ROOT / "Documentation/counters.md").read_text(), re.M)
    there = re.findall(r'\] = "(\w+)",', (ROOT / "kmod/stats.c").read_text())
    for name in dict.fromkeys(told + there):
        if told.count(name) != there.count(name):
            yield f"counters.md: {name} is there {told.count(name)} times"


def typed_pages():
    """(page, section or "") that a test types."""
    for test in ROOT.glob("selftests/*.sh"):
        for page, manual, section in TYPES.findall(test.read_text()):
            yield page or f"Documentation/man/{manual}", section


def untyped():
    """The blocks that nobody types without a reason."""
    typed = {}
    for page, section in typed_pages():
        typed.setdefault(page, set()).add(section)
    for page in [ROOT / "README.md", *sorted(ROOT.glob("Documentation/*.md")),
                 *sorted(ROOT.glob("Documentation/man/*"))]:
        name, lines = str(page.relative_to(ROOT)), lines_of(page)
        sections = typed.get(name, set())
        known = [block for section in sections for _, _, block in
                 blocks(list(section_of(lines, section)) if section else lines)]
        for language, paragraph, block in blocks(lines):
            if language in FILES | {"promql"} or block in known:
                continue
            if language in FOR_THE_EYES and not any(map(COMMAND.match, block)):
                continue
            if not REASON.search(paragraph):
                yield f"{name}: {next(filter(None, block))}"


def main():
    what, *words = sys.argv[1:]
    if what == "steps":
        for step in steps(*words):
            sys.stdout.write("".join(part + "\0" for part in step))
        return
    lists = {"alike": differences, "names": names, "untyped": untyped}
    lines = list(lists[what](*words))
    for line in lines:
        print(line)
    sys.exit(bool(lines))


main()
