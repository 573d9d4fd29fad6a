# SPDX-License-Identifier: BSD-3-Clause
"""Our TCP and the kernel's through a bad network, either way round, over IPv4 and IPv6: small
messages, byte-checked.

3 % of the frames of each direction are lost and as many reordered, by `gen impair` between them.
Many connections with few messages under way: a lost one costs a time-out, not the machine. Those of
our client have eight, so that holes are seen and told in SACK blocks, both ways.
"""
import itertools
import time

import case
import gen
import lab
import middle
from results import Results

FAULT = "--fault=loss=3%,reorder=3%"
SOAKED = case.SOAK > 1
MESSAGES = 500_000 if SOAKED else 10_000  # of each case and family
CONNECTIONS = 100
LARGEST_BYTES = 1024
SECONDS = 1800 if SOAKED else 60


def lossy(told):
    for way in told["ways"]:
        case.expect(way["drops"].get("fault_loss", 0) > MESSAGES / 100, f"hardly a frame was lost: {way}")
        case.expect(way["drops"].get("fault_reorder", 0) > MESSAGES / 100, f"hardly one reordered: {way}")


def our_client(box, folder, ip):
    """It checks every reply against what it sent; both sides' counts agree."""
    job = gen.job(folder, connections=CONNECTIONS, depth=8, payload=f"1-{LARGEST_BYTES}",
                  transactions=MESSAGES, duration=f"{SECONDS}s", timeout="60s", connect_timeout="30s",
                  drain="60s", content="binary", sack="yes", db=folder / "results.db",
                  **gen.over_xdp(ip=ip))
    with box.impaired(FAULT, "--seed=3") as told, gen.server(box, ip=ip) as server:
        gen.run(job, namespace=box.near, seconds=SECONDS + 60)
        seen = gen.counts(server)
    found = Results(folder / "results.db").check_all_completed(MESSAGES)
    sent = found.sum("payload_sent_bytes")
    case.expect_equal((found.sum("payload_received_bytes"), seen["bytes_in"], seen["bytes_out"]),
                      (sent, sent, sent), "bytes back, into and out of the kernel's server")
    for counter in ("retransmits", "fast_retransmits", "ooo_stored"):
        case.expect(found.counter(counter) > 0, f"no {counter}")
    lossy(told)


def our_responder(box, _, ip):
    with box.impaired(FAULT, "--seed=4") as told, \
            gen.responder(box.near, lab.NEAR_IFACE, lab.address(ip, lab.OURS)) as peer:
        client = case.execute(case.CLIENT, "--connect", lab.endpoint(ip, lab.OURS, 7000), "--mode", "echo",
                              "--connections", CONNECTIONS, "--messages", MESSAGES, "--min", 1,
                              "--max", LARGEST_BYTES, "--seed", 1, namespace=box.far, seconds=SECONDS)
        case.expect(client.code == 0, str(client))
        sent, seen = gen.counts(client), gen.counts(peer)
    case.expect_equal((sent["messages"], sent["errors"]), (MESSAGES, 0), "messages and errors")
    case.expect_equal((seen["bytes_in"], seen["bytes_out"]), (sent["bytes_out"], sent["bytes_in"]), "bytes")
    case.expect(seen["retransmits"] > 0, "nothing was sent again")
    lossy(told)


def test():
    case.need_programs(case.CLIENT, case.SERVER)
    with middle.Middle(ip6=True) as box:
        for part, ip in itertools.product((our_client, our_responder), (4, 6)):
            began = time.monotonic()
            with case.scratch() as folder:
                part(box, folder, ip)
            print(f"{part.__name__}, IPv{ip}: {MESSAGES} messages in {time.monotonic() - began:.1f} s",
                  flush=True)


case.main(test)
