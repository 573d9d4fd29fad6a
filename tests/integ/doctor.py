# SPDX-License-Identifier: BSD-3-Clause
"""gen doctor: each row is there, lacks name their remedy, the exit code tells what can be used."""
import os
import re
import shutil

import case
import gen
import lab

MACHINE = ["cpus", "isolated cpus", "governor", "tsc", "kernel", "real-time throttling", "priority of the loops",
           "hugepages", "transparent hugepages", "open files"]
PRIVILEGES = ["CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_BPF", "CAP_SYS_ADMIN", "memlock", "bpf jit"]
WIRES = ["lab", "pair", "ipv6", "impair", "dpdk"]
if case.GEN.exists() and gen.has_dpdk():
    WIRES.append("vfio")
INTERFACE = ["driver", "link", "native XDP", "zero-copy", "device stamps", "queues", "tx checksum", "tso", "gso",
             "gro", "vlan stripping"]
COMMON = MACHINE + PRIVILEGES + WIRES


class Report:
    """The rows of a print: name -> (finding, text)."""

    def __init__(self, *arguments, code, command=(case.GEN,), **options):
        self.process = case.execute(*command, "doctor", *arguments, **options)
        case.expect(self.process.code == code, f"expected exit code {code}:\n{self.process}")
        found = re.findall(r"^  (ok|lack|info) {2,4}(.{22})  (.+)$", self.process.out, re.MULTILINE)
        self.names = [name.strip() for _, name, _ in found]
        self.rows = {name.strip(): (word, text) for word, name, text in found}

    def expect(self, name, word, *texts):
        case.expect(name in self.rows, f"no row '{name}':\n{self.process}")
        finding, text = self.rows[name]
        case.expect_equal(finding, word, f"finding of '{name}' ({text})")
        for part in texts:
            case.expect(part in text, f"'{name}': no '{part}' in '{text}'")

    def expect_names(self, names):
        case.expect_equal(self.names[:len(names)], names, "rows")


def machine():
    report = Report(code=0)
    report.expect_names(COMMON)
    report.expect("lab", "ok", "native XDP, copy")
    if gen.has_dpdk():
        report.expect("dpdk", "ok", "net_ring: DPDK ")
        case.expect("PCI network devices" in report.process.out, str(report.process))
    else:
        report.expect("dpdk", "info", "not in this version")
    for name in PRIVILEGES[:4]:
        report.expect(name, "ok")
    report.expect("lo", "info", "MTU 65536")
    case.expect("the lab wire can be used" in report.process.out, str(report.process))


def as_nobody():
    """From a copy, as the build folder may be closed to others."""
    case.need_programs("setpriv")
    with case.scratch() as folder:
        folder.chmod(0o777)  # for the folder that DPDK makes where this says
        program = folder / "gen"
        shutil.copy(case.GEN, program)
        program.chmod(0o755)
        report = Report(code=3, cwd="/", command=["setpriv", "--reuid=65534", "--regid=65534",
                                                  "--clear-groups", "env",
                                                  f"XDG_RUNTIME_DIR={folder}", program])
    report.expect_names(COMMON)
    for name in PRIVILEGES[:4]:
        report.expect(name, "lack", "missing", "root")
    report.expect("lab", "lack", "CAP_NET_ADMIN", "CAP_SYS_ADMIN")
    report.expect("pair", "ok")


def show(namespace, iface):
    return case.must("ip", "link", "show", "dev", iface, namespace=namespace)


def holds_program(namespace, iface):
    return "xdp" in show(namespace, iface)


def interface(box):
    report = Report(lab.NEAR_IFACE, code=0, namespace=box.near)
    report.expect_names(COMMON + INTERFACE)
    report.expect("driver", "info", "veth")
    report.expect("link", "ok", "MTU 1500")
    report.expect("native XDP", "ok")
    report.expect("device stamps", "info", "receive: the driver answers, but has no clock; transmit: not in this driver")
    report.expect("tx checksum", "ok", "off")
    case.expect(not holds_program(box.near, lab.NEAR_IFACE), "a program stayed on the interface")


def each_lack_has_a_remedy_that_works(box):
    """The print's own command is what mends it."""
    case.must("ethtool", "-K", lab.NEAR_IFACE, "rxvlan", "on", "gso", "on", namespace=box.near)
    for name, word in (("vlan stripping", "lack"), ("gso", "info")):
        report = Report(lab.NEAR_IFACE, code=0, namespace=box.near)
        report.expect(name, word, f"-> ethtool -K {lab.NEAR_IFACE}")
        case.must(*report.rows[name][1].split(" -> ")[1].split(), namespace=box.near)
        Report(lab.NEAR_IFACE, code=0, namespace=box.near).expect(name, "ok", "off")
    case.must("ip", "link", "set", lab.NEAR_IFACE, "down", namespace=box.near)
    report = Report(lab.NEAR_IFACE, code=3, namespace=box.near)
    report.expect("link", "lack", f"-> ip link set {lab.NEAR_IFACE} up")
    case.must(*report.rows["link"][1].split(" -> ")[1].split(), namespace=box.near)
    case.wait_until(lambda: "state UP" in show(box.near, lab.NEAR_IFACE), 10,
                    lambda: "the kernel tells no carrier")
    Report(lab.NEAR_IFACE, code=0, namespace=box.near).expect("link", "ok")


def a_taken_interface_is_left_alone(box):
    with case.Process([case.GEN, "respond", f"--wire=xdp:{lab.FAR_IFACE}", "--protocol=echo",
                       f"--listen={lab.OURS}:7000"], namespace=box.far) as responder:
        responder.wait_for_output("ready")
        report = Report(lab.FAR_IFACE, code=3, namespace=box.far)
        report.expect("native XDP", "lack", "bpftool net show dev")
        case.expect(holds_program(box.far, lab.FAR_IFACE), "the responder lost its program")


def noise():
    """That each figure is there and no nonsense; how large it is belongs to the machine."""
    report = Report("--noise=20ms", code=0)
    spinners = [name for name in report.names if name.startswith("stolen, cpu ")]
    case.expect_equal(len(spinners), len(os.sched_getaffinity(0)), "CPUs measured")
    for name in spinners:
        report.expect(name, "info", "spin loop of")
    if len(spinners) < 2:
        case.skip("one CPU: two sides cannot be measured")
    for name, pattern in (("hand-over of 1", r"^[\d.]+ ns"), ("hand-over of 32", r"^[\d.]+ ns"),
                          ("pair ceiling", r"^\d+ round trips/s"),
                          ("lab ceiling", r"^\d+ round trips/s of 64-byte frames")):
        report.expect(name, "info")
        text = report.rows[name][1]
        case.expect(re.search(pattern, text), f"'{name}': {text}")
        case.expect(float(re.match(r"[\d.]+", text).group()) > 0, f"'{name}': {text}")


def refused():
    for arguments, code, text in ((["wbnone0"], 3, "wbnone0: no such interface"),
                                  (["--loud"], 2, '"--loud": expected'),
                                  (["lo", "lo"], 2, '"lo": expected'),
                                  (["--noise=never"], 2, "--noise=never: expected"),
                                  (["--noise=1h"], 2, "expected"), ([""], 2, "expected"),
                                  (["a" * 40], 3, "no such interface")):
        report = Report(*arguments, code=code)
        case.expect(text in report.process.err, str(report.process))
        case.expect_equal(report.process.out, "", "standard output")


def test():
    refused()
    case.need_capabilities()
    machine()
    as_nobody()
    with lab.Lab() as box:
        interface(box)
        each_lack_has_a_remedy_that_works(box)
        a_taken_interface_is_left_alone(box)
    noise()


case.main(test)
