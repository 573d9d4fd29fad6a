# SPDX-License-Identifier: BSD-3-Clause
"""The scripts of tests/tcp, which our engine passes (unit test script/scripts), against the kernel.

Those that Linux passes too are listed; the others say in themselves what it does otherwise.
"""
import re

import case

KERNEL = case.BUILD / "tests" / "integ" / "script_kernel"
SCRIPTS = case.SOURCE / "tests" / "tcp"


def differences():
    """What the scripts say that Linux does otherwise, by name."""
    said = {}
    for path in SCRIPTS.glob("*.pkt"):
        found = re.search(r"^// linux differs: (.+)$", path.read_text(encoding="ascii"), re.MULTILINE)
        if found:
            said[path.stem] = found.group(1)
    return said


def refused():
    """Keys of a job that a script's frames know nothing of."""
    script = SCRIPTS / "half_close.pkt"
    for key, says in (("--vlan=5", "a script's frames have no tag"), ("--ip=6", "a script's frames are IPv4"),
                      ("--target=[fd00::1]:80", "a script's frames are IPv4")):
        found = case.execute(case.GEN, "replay", script, key)
        case.expect(found.code == 2 and says in found.err, f"expected {says}:\n{found}")
    found = case.execute(case.GEN, "replay", script, "--rto_min=1s")
    case.expect_equal(found.code, 0, str(found))


def test():
    refused()
    case.need_capabilities()
    played = case.execute(KERNEL, *sorted(SCRIPTS.glob("*.pkt")))
    if played.code == 77:
        case.skip(played.err.strip())
    case.expect(played.code in (0, 1), str(played))
    found = re.findall(r"^(passes|differs) \S*/(\w+)\.pkt(.*)$", played.out, re.MULTILINE)
    case.expect_equal(len(found), len(list(SCRIPTS.glob("*.pkt"))), "scripts that were played")
    said = differences()
    for word, name, why in sorted(found):
        print(f"{word} {name}{why}")
    passed = sum(word == "passes" for word, _, _ in found)
    print(f"Linux passes {passed} of {len(found)}; said to differ: {', '.join(sorted(said))}")
    case.expect_equal({name for word, name, _ in found if word == "differs"}, set(said),
                      "scripts that Linux does otherwise")


case.main(test)
