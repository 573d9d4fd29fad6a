# SPDX-License-Identifier: BSD-3-Clause
"""Our own programs as the tests call them: jobs as keys, `gen`, `analyze`, the kernel's server."""
import json
import re

import case
import lab

DEFAULTS = {"protocol": "echo", "connections": 1, "payload": 64, "depth": 1, "rate": "max",
            "duration": f"{60 * case.SOAK}s", "warmup": "0s", "seed": 1, "quiet": "yes"}

# A kernel that deals frames to the queues of two workers tosses a coin for each connection: of 128, fewer than 31
# are on the other queue in 6.5e-10 of all runs (sum of C(128, k) for k < 31, over 2^128). Of their frames only the
# SYN-ACK and one reply are certain: all connections have their first turn before one has a second, but those on the
# worker's own queue, which wait for no other worker to be scheduled, may have nearly all that follow. Neighbours'
# answers, which go to both workers, are far fewer.
DEALT, HANDED_LEAST, NEIGHBOURS_MOST = 128, 31 * 2, 10


def options(**keys):
    """Keys of a job as command-line options."""
    return [f"--{key}={value}" for key, value in keys.items()]


def job(folder, name="case", **keys):
    """Writes a job file of one phase; its path."""
    path = folder / f"{name}.conf"
    lines = [f"{key} = {value}" for key, value in {**DEFAULTS, **keys}.items()]
    path.write_text("\n".join(["[global]", *lines, "", "[main]", ""]), encoding="utf-8")
    return path


def has_dpdk():
    """Whether this build has the dpdk wire."""
    return not re.search(r"^  dpdk:.*not in this version", case.must(case.GEN, "list"), re.MULTILINE)


def over_xdp(port=7000, ip=4):
    """The keys that send a job from the near namespace to the kernel's address in the far one."""
    return {"wire": f"xdp:{lab.NEAR_IFACE}", "peer": "none",
            "source": lab.address(ip, lab.SOURCES),
            "target": lab.endpoint(ip, lab.FAR_KERNEL, port)}


def start(path, *more, namespace=None, **options_):
    return case.Process([case.GEN, "run", path, *more], namespace=namespace, **options_)


# A busy machine makes an open-loop run late and so invalid (6); that is no failure of the case.
WELL_OR_LATE = (0, 6)


def run(path, *more, seconds=90, namespace=None, code=0):
    """Runs a job to its end and expects the exit code (a tuple: one of them; None: any)."""
    process = start(path, *more, namespace=namespace)
    process.wait(seconds)
    wanted = code if isinstance(code, tuple) else (code,)
    case.expect(code is None or process.code in wanted, f"expected exit code {code}:\n{process}")
    return process


def analyze(*arguments, code=0):
    process = case.execute(case.ANALYZE, *arguments)
    case.expect(process.code == code, f"expected exit code {code}:\n{process}")
    return process.out


def analyze_json(db, *arguments):
    return json.loads(analyze("--db", db, "--json", *arguments))


def kernel_server(endpoint, namespace, *arguments, mode="echo"):
    """The kernel's TCP server, ready."""
    case.need_programs(case.SERVER)
    process = case.Process([case.SERVER, "--listen", endpoint, "--mode", mode, *arguments], namespace=namespace)
    return process.wait_for_output("ready")


def server(box, *arguments, port=7000, mode="echo", ip=4):
    """The same in the far namespace."""
    return kernel_server(lab.endpoint(ip, lab.FAR_KERNEL, port), box.far, *arguments, mode=mode)


def respond(wire, address, *more, port=7000, protocol="echo", namespace=None):
    """`gen respond` on any wire, ready."""
    at = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    process = case.Process([case.GEN, "respond", f"--wire={wire}", f"--protocol={protocol}",
                            f"--listen={at}", *more], namespace=namespace)
    return process.wait_for_output("ready", 15)


def responder(namespace, iface, address, port=7000, protocol="echo", *more):
    """`gen respond` on an interface, ready."""
    return respond(f"xdp:{iface}", address, *more, port=port, protocol=protocol, namespace=namespace)


def counts(process):
    """Ends a server and adds up its `name=N` pairs (one line a process)."""
    process.stop()
    case.expect(process.code in (0, 143), f"the peer did not end in order:\n{process}")
    totals = {}
    for name, value in re.findall(r"\b([a-z_]+)=(\d+)\b", process.out):
        totals[name] = totals.get(name, 0) + int(value)
    return totals
