# SPDX-License-Identifier: BSD-3-Clause
"""Kernel clients against `gen respond`: 50,000 messages of 1 B to 64 KiB byte-checked, and nc."""
import json
import random

import case
import gen
import lab

MESSAGES, LARGEST_BYTES = 50_000 * case.SOAK, 65_536
TARGET = [lab.OURS, "7000"]


def socket_client(box):
    """The tests' socket program: it checks every byte; both sides count the same."""
    case.need_programs(case.CLIENT)
    with gen.responder(box.near, lab.NEAR_IFACE, lab.OURS) as peer:
        client = case.execute(case.CLIENT, "--connect", ":".join(TARGET), "--mode", "echo",
                              "--connections", "16", "--messages", MESSAGES, "--min", 1,
                              "--max", LARGEST_BYTES, "--seed", 1, namespace=box.far, seconds=120 * case.SOAK)
        case.expect(client.code == 0, str(client))
        sent, seen = gen.counts(client), gen.counts(peer)
    case.expect_equal(sent["messages"], MESSAGES, "messages that the client had answered")
    for ours, theirs in (("bytes_in", "bytes_out"), ("bytes_out", "bytes_in")):
        case.expect_equal(seen[ours], sent[theirs], f"{ours} of gen respond")
    case.expect_equal(seen["accepted"], 16, "connections accepted")


def nc(box, folder, content):
    sent = folder / "sent"
    sent.write_bytes(content)
    command = f"nc -N -w 20 {' '.join(TARGET)} <{sent} >{folder}/received"
    case.must("sh", "-c", command, namespace=box.far)
    return (folder / "received").read_bytes()


def nc_echo(box, folder):
    draw = random.Random(3)
    with gen.responder(box.near, lab.NEAR_IFACE, lab.OURS):
        for size in (1, 1460, 1461, 65_536, 3_000_000):
            content = draw.randbytes(size)
            case.expect(nc(box, folder, content) == content, f"{size} bytes came back changed")


def nc_line(box, folder):
    with gen.responder(box.near, lab.NEAR_IFACE, lab.OURS, protocol="line"):
        asked = [{"jsonrpc": "2.0", "id": number, "method": "echo"} for number in range(1, 6)]
        text = "".join(json.dumps(request) + "\n" for request in asked)
        answers = nc(box, folder, text.encode()).decode().splitlines()
    case.expect_equal([json.loads(a)["id"] for a in answers], [a["id"] for a in asked], "ids")


def refused(box):
    """A port that nobody listens on is answered with RST, at once."""
    with gen.responder(box.near, lab.NEAR_IFACE, lab.OURS):
        tried = case.execute("nc", "-v", "-w", "5", lab.OURS, "7001", namespace=box.far)
    case.expect("refused" in tried.err, f"expected a refusal:\n{tried}")


def test():
    case.need_programs("nc")
    with lab.Lab() as box, case.scratch() as folder:
        socket_client(box)
        nc_echo(box, folder)
        nc_line(box, folder)
        refused(box)


case.main(test)
