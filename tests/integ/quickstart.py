# SPDX-License-Identifier: BSD-3-Clause
"""The newcomer's way: ./quickstart in a checkout with nothing built, from another directory; then
again, as nobody, who lacks the privileges and gets the pair wire and the name of what is missing; what
is built is not built again."""
import os
import re
import shutil

import case
from results import Results


def checkout(folder):
    """A copy of the project's files, without what is built."""
    listed = case.execute("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed.code != 0:
        case.skip("not a git checkout, so there is no list of the project's files")
    for name in filter(None, listed.out.split("\0")):
        if (case.SOURCE / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(case.SOURCE / name, folder / name)
    return folder


def quickstart(copy, wire, *prefix):
    # The verdict depends on the machine: 0, or 1 when it is slower than the workload's SLA.
    done = case.execute(*prefix, copy / "quickstart", cwd="/", seconds=600,
                        env={**os.environ, "BENCH_DURATION": "2s"})
    case.expect(done.code in (0, 1), str(done))
    found = Results(copy / "results.db").check_all_completed()
    case.expect_equal(found.column("wire"), wire, "wire of the run")
    for suffix in ("svg", "png"):
        case.expect(f".{suffix}\n" in done.out, f"no {suffix} chart is named:\n{done}")
    case.expect("results/transport_real_tcp_tcp_small_burst_1kib" in done.out, str(done))
    return done, found


def test():
    case.need_capabilities()
    case.need_programs("setpriv")
    with case.scratch() as folder:
        folder.chmod(0o755)
        copy = checkout(folder)
        quickstart(copy, "lab")
        case.must("chown", "-R", "nobody:nogroup", copy)
        again, found = quickstart(copy, "pair", "setpriv", "--reuid", "nobody", "--regid",
                                  "nogroup", "--clear-groups")
        case.expect("CAP_NET_ADMIN" in again.out, f"the missing privilege is not named:\n{again}")
        case.expect_equal(found.run_id, 2, "runs in the file")
        # what another PATH finds may be generated and compiled anew
        case.expect(len(re.findall("Compiling", again.out)) < 10, f"built again:\n{again}")


case.main(test)
