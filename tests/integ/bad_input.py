# SPDX-License-Identifier: BSD-3-Clause
"""What cannot work is refused with a message that says what, where, found and expected, with the
exit code of the contract, and with nothing half-written."""
import hashlib
import shutil
import sqlite3

import case
import gen
import lab
from results import Results, while_running

USAGE, ENVIRONMENT, RUN = 2, 3, 4
NOWHERE = "--wire=xdp:wbt-none"  # an interface that does not exist: nothing can leave
# Name, arguments after `gen run JOB`, exit code, what the message must name.
OPTIONS = [
    ("unknown key", ["--conections=5"], USAGE, ["conections"]),
    ("bad unit", ["--duration=10parsec"], USAGE, ["duration", "10parsec"]),
    ("not a number", ["--connections=many"], USAGE, ["connections", "many", "whole number"]),
    ("out of range", ["--connections=99999999999"], USAGE, ["connections", "99999999999"]),
    ("negative", ["--depth=-1"], USAGE, ["depth", "-1"]),
    ("too small for line", ["--protocol=line", "--payload=5"], USAGE, ["payload", "5"]),
    ("no such protocol", ["--protocol=telnet"], USAGE, ["protocol", "telnet"]),
    ("protocol of a later issue", ["--protocol=http"], USAGE, ["http"]),
    ("no such wire", ["--wire=carrier"], USAGE, ["wire", "carrier"]),
    ("nothing to talk to", ["--wire=dpdk:net_null0"], USAGE, ["dpdk", "target"]),
    ("bad fault", ["--wire=pair", "--fault=loss=often"], USAGE, ["loss", "often"]),
    ("bad address", [NOWHERE, "--target=10.1.1:80"], USAGE, ["target", "10.1.1:80"]),
    ("no target", [NOWHERE], USAGE, ["target"]),
    ("public target", [NOWHERE, "--target=8.8.8.8:80"], USAGE, ["8.8.8.8", "allow_public"]),
    ("an address of nobody", ["--wire=dpdk:net_null0", "--target=10.9.9.9:80", "--shared_address=yes"],
     USAGE, ["shared_address", "whole"]),
    ("no such interface", [NOWHERE, "--target=10.9.9.9:80"], ENVIRONMENT, ["wbt-none"]),
]


def refuse(name, process, code, fragments, lines=12):
    case.expect(process.code == code, f"{name}: expected exit code {code}:\n{process}")
    for fragment in fragments:
        case.expect(fragment in process.err, f"{name}: the message does not name {fragment}:\n{process}")
    case.expect(len(process.err.strip().splitlines()) <= lines, f"{name}: more than a message:\n{process}")


def options(folder):
    db = folder / "never.db"
    job = gen.job(folder, db=db)
    for name, arguments, code, fragments in OPTIONS:
        refuse(name, case.execute(case.GEN, "run", job, *arguments), code, fragments)
        case.expect(not list(folder.glob("never.db*")), f"{name}: a database was written")


def files(folder):
    missing = folder / "missing.conf"
    refuse("missing job", case.execute(case.GEN, "run", missing), USAGE, [str(missing)])
    bad = folder / "bad.conf"
    bad.write_text("[global]\nprotocol = echo\nconnections = many\n[main]\n", encoding="utf-8")
    refuse("bad job file", case.execute(case.GEN, "run", bad), USAGE,
           [f"{bad}:3", "connections", "many", "expected"])
    refuse("no such subcommand", case.execute(case.GEN, "rnu"), USAGE, ["rnu"], lines=16)  # with the usage
    refuse("no database", case.execute(case.ANALYZE, "--db", folder / "no.db"), USAGE, ["no.db"])
    case.expect(not (folder / "no.db").exists(), "analyze made a database")


def unchanged(name, db, job, fragments):
    """gen and analyze refuse the file and leave every byte of it."""
    before = hashlib.sha256(db.read_bytes()).digest()
    for command in ([case.GEN, "run", job, f"--db={db}"], [case.ANALYZE, "--db", db]):
        refuse(name, case.execute(*command), USAGE, [str(db), *fragments])
    case.expect_equal(hashlib.sha256(db.read_bytes()).digest(), before, f"{name}: content")


def databases(folder):
    job = gen.job(folder, wire="pair", transactions=10, db=folder / "ours.db")
    gen.run(job)
    newer = folder / "newer.db"
    shutil.copy(folder / "ours.db", newer)
    with sqlite3.connect(newer) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA user_version = 9999")
    unchanged("newer schema", newer, job, ["9999"])
    other = folder / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    unchanged("another program's database", other, job, [])
    text = folder / "text.db"
    text.write_text("not a database at all\n" * 100, encoding="utf-8")
    unchanged("not a database", text, job, [])


def begun(db):
    return while_running(lambda: Results(db).states() == ["running"], False)


def second_writer(folder):
    db = folder / "shared.db"
    job = gen.job(folder, wire="pair", rate="100/s", duration="10s", db=db)
    with gen.start(job) as first:
        case.wait_until(lambda: begun(db), 10,
                        lambda: f"the first run did not begin:\n{first}")
        second = case.execute(case.GEN, "run", job)
        refuse("second writer", second, ENVIRONMENT, [str(db)])
        first.stop(seconds=20)
    case.expect_equal(len(Results(db).check_whole().states()), 1, "runs in the file")


def full_disk(folder):
    case.need_capabilities()
    place = folder / "small"
    place.mkdir()
    job = gen.job(folder, wire="pair", duration="3s", interval="100ms", db=place / "results.db")
    script = f"mount -t tmpfs -o size=64k none {place} && exec {case.GEN} run {job}"
    process = case.execute("unshare", "-m", "sh", "-c", script)
    refuse("full disk", process, ENVIRONMENT, ["results.db"])


def no_privilege(folder):
    """nobody may not, and is told what is missing."""
    case.need_capabilities()
    case.need_programs("setpriv")
    folder.chmod(0o755)
    binary = shutil.copy(case.GEN, folder / "gen")
    job = gen.job(folder, db="/tmp/never-written.db")
    command = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", binary,
               "run", job, "--wire=lab"]
    refuse("no privilege", case.execute(*command, cwd="/"), ENVIRONMENT, ["CAP_"])


def interface(folder):
    with lab.Lab() as box:
        job = gen.job(folder, db=folder / "busy.db", connect_timeout="2s", **gen.over_xdp())
        with gen.responder(box.near, lab.NEAR_IFACE, lab.OURS):
            busy = case.execute(case.GEN, "run", job, namespace=box.near)
            refuse("busy interface", busy, ENVIRONMENT, [lab.NEAR_IFACE, "holds"])
        for name, target, kind in (("unreachable", "10.77.0.9:7000", "10.77.0.9"),
                                   ("refused", f"{lab.FAR_KERNEL}:7999", lab.FAR_KERNEL)):
            run = case.execute(case.GEN, "run", job, f"--target={target}", "--duration=3s",
                               namespace=box.near)
            refuse(name, run, RUN, [kind])


def test():
    with case.scratch() as folder:
        options(folder)
        files(folder)
        databases(folder)
        second_writer(folder)
        full_disk(folder)
        no_privilege(folder)
        interface(folder)


case.main(test)
