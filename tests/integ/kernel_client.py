# SPDX-License-Identifier: BSD-3-Clause
"""Kernel clients against `gen respond`: 50,000 messages of 1 B to 64 KiB byte-checked, nc and ping."""
import json
import random

import case
import gen
import lab

MESSAGES, LARGEST_BYTES = 25_000 * case.SOAK, 65_536  # of each family


def socket_client(box, ip):
    """The tests' socket program: it checks every byte; both sides count the same."""
    case.need_programs(case.CLIENT)
    with gen.responder(box.near, lab.NEAR_IFACE, lab.address(ip, lab.OURS)) as peer:
        client = case.execute(case.CLIENT, "--connect", lab.endpoint(ip, lab.OURS, 7000), "--mode", "echo",
                              "--connections", "16", "--messages", MESSAGES, "--min", 1,
                              "--max", LARGEST_BYTES, "--seed", 1, namespace=box.far, seconds=120 * case.SOAK)
        case.expect(client.code == 0, str(client))
        sent, seen = gen.counts(client), gen.counts(peer)
    case.expect_equal(sent["messages"], MESSAGES, "messages that the client had answered")
    for ours, theirs in (("bytes_in", "bytes_out"), ("bytes_out", "bytes_in")):
        case.expect_equal(seen[ours], sent[theirs], f"{ours} of gen respond")
    case.expect_equal(seen["accepted"], 16, "connections accepted")


def nc(box, folder, content, address):
    sent = folder / "sent"
    sent.write_bytes(content)
    command = f"nc -N -w 20 {address} 7000 <{sent} >{folder}/received"
    case.must("sh", "-c", command, namespace=box.far)
    return (folder / "received").read_bytes()


def nc_echo(box, folder):
    draw = random.Random(3)
    with gen.responder(box.near, lab.NEAR_IFACE, lab.OURS6):
        for size in (1, 1440, 1441, 65_536, 3_000_000):
            content = draw.randbytes(size)
            case.expect(nc(box, folder, content, lab.OURS6) == content, f"{size} bytes came back changed")


def nc_line(box, folder):
    with gen.responder(box.near, lab.NEAR_IFACE, lab.OURS, protocol="line"):
        asked = [{"jsonrpc": "2.0", "id": number, "method": "echo"} for number in range(1, 6)]
        text = "".join(json.dumps(request) + "\n" for request in asked)
        answers = nc(box, folder, text.encode(), lab.OURS).decode().splitlines()
    case.expect_equal([json.loads(a)["id"] for a in answers], [a["id"] for a in asked], "ids")


def refused(box, ip):
    """A port that nobody listens on is answered with RST, at once; so is a ping, with an echo."""
    address = lab.address(ip, lab.OURS)
    with gen.responder(box.near, lab.NEAR_IFACE, address):
        tried = case.execute("nc", "-v", "-w", "5", address, "7001", namespace=box.far)
        case.must("ping", "-c", "3", "-i", "0.1", "-s", "1400", address, namespace=box.far)
        gone = "2001:2:0:77::200" if ip == 6 else lab.NEAR_KERNEL[:-1] + "200"
        case.expect(case.execute("ping", "-c", "1", "-W", "1", gone, namespace=box.far).code != 0,
                    "an address that is not ours answered")
    case.expect("refused" in tried.err, f"expected a refusal:\n{tried}")


def test():
    case.need_programs("nc", "ping")
    with lab.Lab(ip6=True) as box, case.scratch() as folder:
        for ip in (4, 6):
            socket_client(box, ip)
            refused(box, ip)
        nc_echo(box, folder)
        nc_line(box, folder)


case.main(test)
