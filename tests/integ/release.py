# SPDX-License-Identifier: BSD-3-Clause
"""./release refuses what it cannot do before it does anything. In the long form (tests/integ/soak), from
a fresh clone: it builds a gen that says it was taught and that counts exactly, twice in one folder."""
import case
import gen
from results import Results

TRANSACTIONS = 20000


def refused(checkout, says, *arguments):
    done = case.execute(checkout / "release", *arguments, seconds=120)
    case.expect(done.code == 2 and says in done.err, f"expected exit code 2 and {says!r}:\n{done}")


def bad_arguments():
    for folder in ("--help", "/tmp/elsewhere", "../elsewhere", "build/../../elsewhere"):
        refused(case.SOURCE, "the first argument is a folder of this checkout", folder)
    refused(case.SOURCE, "docs is there and is no build folder", "docs")
    refused(case.SOURCE, "check is there and is no build folder", "check")
    for option in ("more", "-Dcpu", "--werror"):
        refused(case.SOURCE, f"-DOPTION=VALUE for meson, found: {option}", "build-none", "-Dwerror=true", option)
    case.expect(not (case.SOURCE / "build-none").exists(), "build-none was made")


def clone(folder):
    commit = case.must("git", "-C", case.SOURCE, "rev-parse", "HEAD").strip()
    case.must("git", "clone", "--quiet", "--no-checkout", case.SOURCE, folder)
    case.must("git", "-C", folder, "checkout", "--quiet", commit)
    return folder


def taught(folder, program):
    """A run of the program that was built: what it was built as, and that it counts as ever."""
    db = folder / "taught.db"
    case.GEN = program
    gen.run(gen.job(folder, wire="pair", protocol="echo", connections=8, transactions=TRANSACTIONS, db=db))
    found = Results(db).check_all_completed(TRANSACTIONS)
    built = found.query("SELECT value FROM environment WHERE run_id = ? AND name = 'build'", found.run_id)
    case.expect_equal(built, [("-O3 lto pgo=use",)], "how gen says it was built")


def from_a_clone(folder):
    checkout = clone(folder / "clone")
    for _ in range(2):
        case.must(checkout / "release", "build-taught", cwd=checkout, seconds=1500)
        taught(folder, checkout / "build-taught" / "gen" / "gen")
    case.expect(case.must(checkout / "build-taught" / "analyzer" / "analyze", "--db", folder / "taught.db", "--list"),
                "analyze lists the runs")
    refused(checkout, "no_such_option", "build-taught", "-Dno_such_option=1")


def test():
    bad_arguments()
    if case.SOAK > 1:
        case.need_programs("git")
        with case.scratch() as folder:
            from_a_clone(folder)


case.main(test)
