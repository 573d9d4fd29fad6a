# SPDX-License-Identifier: BSD-3-Clause
"""Mixes of operations: drawn as the weights say, the same again from the same seed, with the bytes
that each operation has; against our responder, and against a server that knows JSON and no more."""
import sys

import case
import gen
import lab
from results import Results
from shapes import EXTENSION, shell

SMALL, SMALL_REPLY, SUBSCRIBE, PAYLOAD = 99, 56, 118, 1000
PLAIN, READ, WRITE, BATCH, STREAM = range(5)
# Answers lines of JSON with as many results as "count" says, each as long as "reply" says (the request
# unless it does); prints after each connection how the lines came: all of them, and those at the end
# of a piece that the socket gave.
SERVER = """
import json, socket, sys, threading
listener = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=64)
def answer(line):
    ask = json.loads(line)
    params, tail = ask["params"], ',"id":%d}' % ask["id"] + chr(10)
    room = params.get("reply", len(line)) - len('{"result":""') - len(tail)
    return ('{"result":"' + "x" * room + '"' + tail).encode() * params.get("count", 1)
def serve(peer):
    rest, lines, pieces = b"", 0, []
    while data := peer.recv(1 << 16):
        *whole, rest = (rest + data).split(b"\\n")
        lines += len(whole)
        pieces.append(lines)
        peer.sendall(b"".join(answer(line + b"\\n") for line in whole))
    peer.close()
    print("lines", lines, *pieces, flush=True)
print("ready", flush=True)
while True:
    peer, _ = listener.accept()
    threading.Thread(target=serve, args=(peer,), daemon=True).start()
"""


def run(folder, name, mix, **keys):
    db = folder / f"{name}.db"
    job = gen.job(folder, name, **{"wire": "pair", "protocol": "line", "mix": mix, "payload": PAYLOAD, "rate": 4000,
                                   "duration": "300ms", "connections": 50, "timeout": "20s", "db": db, **keys})
    gen.run(job, code=gen.WELL_OR_LATE)
    return Results(db).check_all_completed()


def operations(found):
    """[(operation, bytes)] of all transactions, in the order of their starts."""
    rows = shell(found.path, "SELECT operation, size_bytes FROM sample WHERE run = 1 ORDER BY time_ns")
    return [(int(operation), int(size)) for operation, size in rows]


def expect_bytes(found, drawn):
    """Each operation sends and gets what it is to, whatever was drawn."""
    replies = {READ: PAYLOAD, WRITE: SMALL_REPLY, PLAIN: PAYLOAD, BATCH: PAYLOAD, STREAM: 10 * PAYLOAD}
    requests = {READ: SMALL, WRITE: PAYLOAD, PLAIN: PAYLOAD, BATCH: PAYLOAD, STREAM: SUBSCRIBE}
    case.expect_equal({size for operation, size in drawn if requests[operation] != size}, set(), "sizes")
    case.expect_equal(found.sum("payload_sent_bytes"), sum(size for _, size in drawn), "bytes sent")
    case.expect_equal(found.sum("payload_received_bytes"), sum(replies[o] for o, _ in drawn), "bytes received")
    messages = sum(10 if operation == STREAM else 1 for operation, _ in drawn)
    case.expect_equal(found.sum("messages_received"), messages, "messages received")


def drawn_by_weight(folder):
    for name, shares in (("read_heavy", {READ: .9, WRITE: .1}), ("write_heavy", {READ: .1, WRITE: .9}),
                         ("balanced", {READ: .5, WRITE: .5}), ("stream", {STREAM: 1}),
                         ("plain:1,read:1,write:1,stream:1", dict.fromkeys((PLAIN, READ, WRITE, STREAM), .25))):
        found = run(folder, "weights" + name.replace(":", "").replace(",", ""), name)
        drawn = operations(found)
        case.expect_equal(len(drawn), 1200, "transactions of 4000/s in 0.3 s")
        for operation, share in shares.items():
            count, spread = sum(o == operation for o, _ in drawn), (1200 * share * (1 - share)) ** .5
            case.expect(abs(count - 1200 * share) <= 5 * spread, f"{name}: {count} of operation {operation}")
        case.expect(set(o for o, _ in drawn) <= set(shares), f"{name}: an operation of no weight")
        expect_bytes(found, drawn)
    again = operations(run(folder, "again", "plain:1,read:1,write:1,stream:1"))
    case.expect_equal(again, drawn, "the same seed, the same operations")


def batches(folder):
    """rate counts transactions; those of a batch are meant to start together, on one connection."""
    found = run(folder, "batch", "batch", batch_requests=8, payload=PAYLOAD)
    rows = shell(found.path, "SELECT count(*), count(DISTINCT connection) FROM sample WHERE run = 1 GROUP BY time_ns")
    case.expect_equal({tuple(row) for row in rows}, {("8", "1")}, "starts at a time, their connections")
    case.expect_equal(len(rows), 150, "batches of 8 in 1200 transactions")
    offered, load = found.query("SELECT offered_rate_per_s, load FROM phase WHERE kind = 'measure'")[0]
    case.expect_equal((offered, load), (4000, "4000/s mix batch (requests=8)"), "offered")
    expect_bytes(found, operations(found))
    found = run(folder, "cut", "batch", batch_requests=8, transactions=20, rate="max")
    case.expect_equal(found.sum("started"), 20, "transactions: the last batch is cut")


def foreign_server(folder):
    with lab.Lab() as box, case.Process([sys.executable, "-c", SERVER, lab.FAR_KERNEL, "7000"],
                                        namespace=box.far) as server:
        server.wait_for_output("ready")
        for mix in ("balanced", "stream", "plain:1,read:1,write:1,batch:1,stream:1", "batch"):
            db = folder / "foreign.db"
            job = gen.job(folder, "foreign", protocol="line", mix=mix, payload=120, connections=4, rate=200,
                          duration="300ms", timeout="20s", db=db, **gen.over_xdp())
            gen.run(job, namespace=box.near, code=gen.WELL_OR_LATE)
            case.expect(Results(db).check_all_completed().sum("completed") >= 50, f"{mix}: too few transactions")
        case.wait_until(lambda: server.out.count("lines") == 16, 5, lambda: str(server))
        for line in server.out.splitlines()[-4:]:  # of the batches: a write of ten requests is one segment
            pieces = [int(count) for count in line.split()[2:]]
            case.expect_equal([count for count in pieces if count % 10], [], "pieces that end within a batch")


def test():
    case.need_programs("sqlite3")
    if b"__asan_" in EXTENSION.read_bytes():
        case.skip("the shell cannot load a sanitized extension")
    with case.scratch() as folder:
        drawn_by_weight(folder)
        batches(folder)
        foreign_server(folder)


case.main(test)
