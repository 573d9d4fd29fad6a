# SPDX-License-Identifier: BSD-3-Clause
"""peer = exec: the user's own server runs inside the lab, is waited for, measured and ended."""
import os

import case
import gen
from results import Results

ADDRESS = "198.19.0.1:9000"
ADDRESS6 = "[2001:2:0:1::1]:9000"  # the default target of ip = 6


def serve(folder):
    """The kernel's server answers our client; its memory is measured; nothing of it is left."""
    server = f"{case.SERVER} --listen {ADDRESS} --mode echo"
    job = gen.job(folder, connections=50, payload=1000, transactions=2000, duration="30s",
                  interval="200ms", wire="lab", peer=f"exec:{server}", db=folder / "serve.db")
    gen.run(job)
    found = Results(folder / "serve.db").check_all_completed(2000)
    rows = found.query("SELECT pid, max(rss_bytes) FROM resource WHERE role = 'peer' GROUP BY pid")
    case.expect_equal(len(rows), 1, "processes measured as the peer")
    pid, rss = rows[0]
    case.expect(rss > 0, "the server's memory was not measured")
    case.expect(not os.path.exists(f"/proc/{pid}"), f"the server ({pid}) is still there")


def tagged(folder):
    """The same over IPv6 with two VLAN tags; full segments pass."""
    server = f"{case.SERVER} --listen {ADDRESS6} --mode echo"
    job = gen.job(folder, "tagged", connections=10, payload=20_000, transactions=500, wire="lab",
                  ip=6, vlan=7, vlan_outer=4094, peer=f"exec:{server}", db=folder / "tagged.db")
    gen.run(job)
    Results(folder / "tagged.db").check_all_completed(500)


def ends_early(folder):
    job = gen.job(folder, "early", wire="lab", peer="exec:/bin/true", db=folder / "early.db")
    run = gen.run(job, code=4)
    case.expect("ended before it listened" in run.err, str(run))


def nobody(folder):
    job = gen.job(folder, "nobody", wire="lab", peer="none", connect_limit="3s",
                  db=folder / "nobody.db")
    run = gen.run(job, code=4)
    case.expect("no_route" in run.err, str(run))


def test():
    case.need_programs(case.SERVER)
    with case.scratch() as folder:
        serve(folder)
        tagged(folder)
        ends_early(folder)
        nobody(folder)


case.main(test)
