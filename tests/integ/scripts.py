# SPDX-License-Identifier: BSD-3-Clause
"""The scripts of tests/tcp, which our engine passes (unit test script/scripts), against the kernel,
over IPv4 and IPv6.

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
    found = re.findall(r"^(passes|differs) \S*/(\w+)\.pkt over IPv([46])(.*)$", played.out, re.MULTILINE)
    said = differences()
    for word, name, ip, why in sorted(found):
        print(f"{word} {name} over IPv{ip}{why}")
    for family in "46":
        words = {name: word for word, name, ip, _ in found if ip == family}
        case.expect_equal(set(words), {path.stem for path in SCRIPTS.glob("*.pkt")}, "scripts that were played")
        case.expect_equal({name for name, word in words.items() if word == "differs"}, set(said),
                          f"scripts that Linux does otherwise over IPv{family}")
        passed = sum(word == "passes" for word in words.values())
        print(f"Linux passes {passed} of {len(words)} over IPv{family}; said to differ: {', '.join(sorted(said))}")


case.main(test)
