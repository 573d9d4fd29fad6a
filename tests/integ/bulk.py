# SPDX-License-Identifier: BSD-3-Clause
"""Messages of 10 KiB to 100 MiB at a full window, each way and both: every byte arrives, once and right.

The pair wire needs no privilege; the lab's part does.
"""
import os

import case
import gen
from results import Results

KIB, MIB = 1 << 10, 1 << 20
# Of each size so many messages. On the lab windows are larger than the rings: frames are lost and repaired.
SIZES = {10 * KIB: 200, 100 * KIB: 20, MIB: 8, 10 * MIB: 2, 100 * MIB: 1}
LAB_SIZES = {10 * KIB: 200, MIB: 8, 10 * MIB: 1}
# Which way the messages go: requests, replies.
WAYS = {"discard": (True, False), "echo": (True, True), "read": (False, True), "write": (True, False)}


def run(folder, way, sizes, **keys):
    """One run of a phase a size; its results."""
    mixed = way in ("read", "write")
    db = folder / f"{way}-{keys['wire']}.db"
    keys = {**gen.DEFAULTS, "protocol": "line" if mixed else way, "connections": 2, "depth": 2, "db": db,
            "timeout": "60s", "drain": "60s", **({"mix": way} if mixed else {}), **keys}
    del keys["payload"]
    lines = ["[global]", *(f"{key} = {value}" for key, value in keys.items())]
    for size, count in sizes.items():
        lines += [f"[s{size}]", f"payload = {size}", f"transactions = {count * case.SOAK}"]
    path = folder / f"{way}-{keys['wire']}.conf"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    gen.run(path, seconds=90 * case.SOAK)
    return Results(db)


def check(found, way, sizes):
    """All of them completed, and what the messages take is what went over the wire, counted on both sides."""
    found.check_all_completed(sum(sizes.values()) * case.SOAK)
    total = sum(size * count for size, count in sizes.items()) * case.SOAK
    sent, received = found.sum("payload_sent_bytes"), found.sum("payload_received_bytes")
    told = dict(found.query("SELECT name, max(value) FROM iface_counter WHERE run_id = ? AND "
                            "iface = 'responder' GROUP BY name", found.run_id))
    case.expect_equal((told["bytes_in"], told["bytes_out"]), (sent, received), f"{way}: at the responder")
    for large, bytes_ in zip(WAYS[way], (sent, received)):
        expected = total if large else 0
        case.expect(bytes_ == total if large else bytes_ < total / 20,
                    f"{way}: {bytes_} bytes, expected {expected} or what asks for them")


def test():
    with case.scratch() as folder:
        for way in WAYS:
            check(run(folder, way, SIZES, wire="pair", window="64MiB", window_scale=14), way, SIZES)
        if os.geteuid():
            case.skip("the lab's part needs root; what runs without held")
        check(run(folder, "echo", LAB_SIZES, wire="lab", window="4MiB", rto_min="5ms"), "echo", LAB_SIZES)


case.main(test)
