#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The simulation table with Linux beside our TCP: the same cells, kernel to kernel through `gen impair`.

usage: tcp_table.py BUILD_DIR [--control NAME] [--all] [--cells N,N...] [--runs N] [--keep FILE]

Needs root; makes its own namespaces. By default the cells with a buffer of 1 MiB, 40 of them, 5 runs
each, about 20 minutes a congestion control; --all takes all 120, about an hour. --keep FILE leaves
the measurements there, and takes what is there already as done, so that a run can be gone on with.

A sender's own figures come from TCP_INFO: segments sent again, and those that the receiver said it had
(D-SACK, RFC 2883) as spurious. What the receiver's application got counts as goodput, from accept() on.
"""
import argparse
import os
import pathlib
import socket
import statistics
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integ"))
sys.dont_write_bytecode = True

SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
TOTAL_RETRANS_AT, DSACK_DUPS_AT = 100, 216  # in struct tcp_info
PORT = 7100
BUFFER_DEFAULT = 1 << 20
ENOUGH = 64 << 20  # of the sender's buffer: it is the receiver's window that is to bound
SETTINGS = {"net.ipv4.tcp_no_metrics_save": "1"}  # no run learns from the one before


# ---- inside a namespace ----

def receive(address, seconds, buffer):
    """Bytes within so many seconds of accept(). The kernel doubles the buffer and offers half of it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, buffer)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, PORT))
    listener.listen(1)
    print("ready", flush=True)
    listener.settimeout(60)
    connection, _ = listener.accept()
    end, got = time.monotonic() + seconds, 0
    into = bytearray(1 << 20)
    while (left := end - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            got += connection.recv_into(into)
        except TimeoutError:
            break
    print(f"bytes={got}", flush=True)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def send(address, control):
    """Until the other end resets; TCP_INFO is read ten times a second, the last one counts."""
    connection = socket.socket()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, control.encode())
    connection.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, ENOUGH)
    connection.settimeout(60)
    connection.connect((address, PORT))
    connection.settimeout(0.1)
    block, info = bytes(1 << 16), b""
    try:
        while True:
            try:
                connection.send(block)
            except TimeoutError:
                pass
            info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    except OSError:
        pass
    resent, spurious = (struct.unpack_from("I", info, at)[0] for at in (TOTAL_RETRANS_AT, DSACK_DUPS_AT))
    print(f"resent={resent} spurious={spurious}", flush=True)


# ---- outside ----

def numbers(text):
    return {name: int(value) for name, value in (pair.split("=") for pair in text.split() if "=" in pair)}


def run_once(box, cell, control, seed):
    import case
    import lab
    _, seconds, buffer, fault = cell
    me = [sys.executable, __file__]
    with box.impair(f"--fault={fault}", f"--seed={seed}", "--priority=high"), \
            case.Process([*me, "receive", lab.FAR_KERNEL, seconds, buffer], namespace=box.far) as receiver:
        receiver.wait_for_output("ready")
        with case.Process([*me, "send", lab.FAR_KERNEL, control], namespace=box.near) as sender:
            case.expect(receiver.wait(float(seconds) + 90) == 0, str(receiver))
            case.expect(sender.wait(30) == 0, str(sender))
            seen = {**numbers(sender.out), **numbers(receiver.out)}
    return seen["bytes"] * 8e-6 / float(seconds), seen["resent"], seen["spurious"]


def ask_table(build, what):
    table = subprocess.run([build / "tests/sim/tcp_table", what], check=True, capture_output=True, text=True)
    return table.stdout.splitlines()


def measure(options, control, keep):
    import case
    import lab
    import middle
    done = {tuple(line.split()[:2]) for line in keep.read_text().splitlines()} if keep.exists() else set()
    wanted = options.cells and options.cells.split(",")
    with middle.Middle() as box, keep.open("a", encoding="ascii") as out:
        for namespace in (box.near, box.far):
            for key, value in SETTINGS.items():
                case.must("sysctl", "-qw", f"{key}={value}", namespace=namespace)
        for cell in (line.split("\t") for line in ask_table(options.build, "--cells")):
            if (wanted is None and not options.all and int(cell[2]) != BUFFER_DEFAULT) or \
                    (wanted and cell[0] not in wanted) or (cell[0], control) in done:
                continue
            runs = [run_once(box, cell, control, seed + 1) for seed in range(options.runs)]
            middles = [statistics.median(column) for column in zip(*runs)]
            print(cell[0], control, f"{middles[0]:.4f} {middles[1]:.0f} {middles[2]:.0f}", file=out, flush=True)
            print(f"{control}, cell {cell[0]}: {middles[0]:.2f} Mbit/s", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--control", help="one of tcp_table --controls; all of them unless given")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--cells")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    os.environ["BUILD_ROOT"] = str(options.build.resolve())
    import case
    with case.scratch() as folder:
        keep = options.keep or folder / "linux.txt"
        for control in [options.control] if options.control else ask_table(options.build, "--controls"):
            measure(options, control, keep)
            subprocess.run([options.build / "tests/sim/tcp_table", "--control", control, "--linux", keep,
                            str(options.runs)], check=True)


if sys.argv[1:2] == ["receive"]:
    receive(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
elif sys.argv[1:2] == ["send"]:
    send(*sys.argv[2:])
else:
    main()
