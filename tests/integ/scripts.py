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


def keys_of_a_job():
    """They set our engine up, but for what a script's frames know nothing of."""
    script = SCRIPTS / "half_close.pkt"
    found = case.execute(case.GEN, "replay", script, "--vlan=5")
    case.expect(found.code == 2 and "a script's frames have no tag" in found.err, str(found))
    for key in ("--rto_min=1s", "--ip=6"):
        found = case.execute(case.GEN, "replay", script, key)
        case.expect_equal(found.code, 0, str(found))


def test():
    keys_of_a_job()
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
