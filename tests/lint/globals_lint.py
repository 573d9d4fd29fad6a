# SPDX-License-Identifier: BSD-3-Clause
"""No mutable globals: the libraries of the build hold const tables and no writable object.

Argument: the build directory. Reads the symbol tables of the static libraries with objdump.
"""
import pathlib
import re
import shutil
import subprocess
import sys

MEMBER = re.compile(r"^(\S+):\s+file format")
OBJECT = re.compile(r"^[0-9a-f]+ .{6}[O ] (\S+)\t[0-9a-f]+\s+(?:\.hidden )?([^.\s]\S*)$")
WRITABLE = re.compile(r"^(?:\.data|\.bss|\.tdata|\.tbss|\*COM\*)(?!\.rel\.ro)")


def writable_objects(library):
    done = subprocess.run(["objdump", "-t", str(library)], capture_output=True, text=True, check=True)
    member = "?"
    for line in done.stdout.splitlines():
        if found := MEMBER.match(line):
            member = found.group(1)
        elif (found := OBJECT.match(line)) and WRITABLE.match(found.group(1)):
            yield member, found.group(2), found.group(1)


def main():
    build = pathlib.Path(sys.argv[1])
    if not shutil.which("objdump"):
        print("skipped: objdump is not installed")
        return 77
    libraries = sorted(build.glob("**/libwb_*.a"))
    found = [f"{library.relative_to(build)}: {member}: {name} is writable ({section})"
             for library in libraries for member, name, section in writable_objects(library)]
    if any("__gnu_lto" in complaint for complaint in found):
        print("skipped: built with link-time optimisation, whose objects have no symbols yet")
        return 77
    for complaint in found:
        print(complaint)
    print(f"{len(libraries)} libraries, {len(found)} complaints")
    return 1 if found or not libraries else 0


sys.exit(main())
