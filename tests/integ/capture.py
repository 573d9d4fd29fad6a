# SPDX-License-Identifier: BSD-3-Clause
"""What we send is right in tshark's eyes too, and tshark would see it if it were not."""
import struct

import case
import gen

WRONG = ("_ws.malformed || ip.checksum.status == Bad || tcp.checksum.status == Bad || "
         "icmpv6.checksum.status == Bad")
# What each run says beside its wire, and what of tshark's must hold of nearly all its frames.
RUNS = {"pair": ({"vlan": 7}, "tcp.checksum.status == Good && ip.checksum.status == Good && vlan.id == 7"),
        "lab": ({"ip": 6}, "tcp.checksum.status == Good && ipv6.flow != 0")}
RECORD = struct.Struct("<IIII")
HEADER_BYTES = 24
LONGEST_HEADERS_BYTES = 14 + 40 + 60  # any longer frame has payload


def matching(capture, display_filter):
    shown = case.must("tshark", "-n", "-r", capture, "-o", "ip.check_checksum:TRUE",
                      "-o", "tcp.check_checksum:TRUE", "-Y", display_filter,
                      "-T", "fields", "-e", "frame.number")
    return shown.split()


def change_one_byte(capture, copy):
    """Flips bits in the payload of the last frame that has some."""
    data = bytearray(capture.read_bytes())
    at, target = HEADER_BYTES, None
    while at < len(data):
        stored = RECORD.unpack_from(data, at)[2]
        at += RECORD.size
        if stored > LONGEST_HEADERS_BYTES:
            target = at + stored - 1
        at += stored
    case.expect(target is not None, "the capture holds no payload")
    data[target] ^= 0x55
    copy.write_bytes(data)


def check_capture(folder, wire):
    keys, good = RUNS[wire]
    capture, changed = folder / f"{wire}.pcap", folder / f"{wire}-changed.pcap"
    job = gen.job(folder, wire, protocol="line", wire=wire, connections=50, payload=2000,
                  transactions=2000, pattern="short_lived", pcap=capture, db=folder / "results.db",
                  **keys)
    gen.run(job)
    case.expect(len(matching(capture, good)) > 2000, f"{wire}: hardly a frame was captured")
    case.expect_equal(matching(capture, WRONG), [], f"{wire}: frames that tshark finds wrong")
    change_one_byte(capture, changed)
    case.expect_equal(len(matching(changed, WRONG)), 1, f"{wire}: flagged after one byte changed")


def test():
    case.need_programs("tshark")
    with case.scratch() as folder:
        check_capture(folder, "pair")
        case.need_capabilities()
        check_capture(folder, "lab")


case.main(test)
