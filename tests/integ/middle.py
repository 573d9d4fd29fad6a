# SPDX-License-Identifier: BSD-3-Clause
"""The two namespaces of lab.py with `gen impair` between them, in a third one.

    near (a)  NEAR_IFACE -- LEFT  middle (m)  RIGHT -- FAR_IFACE  far (b)

The offloads of the kernel's ends stay on: the bridge has to cope with them.
"""
import contextlib
import json
import os

import case
import lab

LEFT, RIGHT = "wbl", "wbr"


class Middle(lab.Lab):
    def __init__(self, ip6=False):
        super().__init__(ip6)
        self.middle = f"wbt-{os.getpid()}-m"

    def _namespaces(self):
        return self.near, self.far, self.middle

    def _join(self):
        for end, namespace, iface, address in ((LEFT, self.near, lab.NEAR_IFACE, lab.NEAR_KERNEL),
                                               (RIGHT, self.far, lab.FAR_IFACE, lab.FAR_KERNEL)):
            lab.add_veth(end, self.middle, iface, namespace)
            case.must("ip", "link", "set", end, "up", namespace=self.middle)
            self._bring_up(namespace, iface, address)

    def impair(self, *options):
        """`gen impair` in the middle, ready; `fault_ab` is from near to far."""
        process = case.Process([case.GEN, "impair", LEFT, RIGHT, "--json", *options],
                               namespace=self.middle)
        case.wait_until(lambda: "\nready\n" in process.err or process.child.poll() is not None, 15,
                        lambda: f"not ready:\n{process}")
        case.expect(process.child.poll() is None or process.code == 0, f"it ended:\n{process}")
        return process

    @contextlib.contextmanager
    def impaired(self, *options):
        """For a `with` block; what it says at its end is in the dict."""
        told = {}
        with self.impair(*options) as process:
            yield told
            told.update(end(process))


def end(process):
    """Ends it in order; what it says, with both directions by name."""
    process.stop()
    case.expect(process.code == 0, f"expected exit code 0:\n{process}")
    told = json.loads(process.out)
    told["ab"], told["ba"] = told["ways"]
    for way in told["ways"]:
        lost = sum(way["drops"].get(f"fault_{kind}", 0) for kind in ("loss", "burst", "queue", "full"))
        extra = way["drops"].get("fault_duplicate", 0)
        case.expect_equal(way["frames_out"] + lost + way["left"], way["frames_in"] + extra,
                          f"frames that went somewhere: {way}")
    return told
