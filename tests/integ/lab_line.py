# SPDX-License-Identifier: BSD-3-Clause
"""The main job, small: line over the lab wire, three runs into one file (IPv4, IPv6,
IPv6 with two tags), and the analyzer on it."""
import case
import gen
from results import Results


def test():
    case.need_capabilities()
    with case.scratch() as folder:
        db = folder / "results.db"
        job = gen.job(folder, protocol="line", connections=20, payload=1024, duration="2s",
                      wire="lab", db=db)
        for number, keys in ((1, {"ip": 4}), (2, {"ip": 6, "source": "2001:2::/64"}),
                             (3, {"ip": 6, "vlan": 7, "vlan_outer": 9})):
            gen.run(job, *gen.options(**keys))
            found = Results(db).check_all_completed()
            case.expect_equal(found.run_id, number, "id of the run")
            case.expect_equal(found.column("state"), "done", "state of the run")
            case.expect(found.sum("messages_sent") > 1000, "2 s carried hardly a message")
            case.expect_equal(found.sum("messages_sent"), found.sum("messages_received"),
                              "messages sent and received")
        check_analysis(db, folder, found)


def check_analysis(db, folder, last):
    case.expect("case" in gen.analyze("--db", db), "the summary does not name the workload")
    case.expect_equal(len(gen.analyze("--db", db, "--list").strip().splitlines()) >= 3, True,
                      "--list shows three runs")
    shown = gen.analyze_json(db)
    case.expect(shown["workload_id"].startswith("case"), f"workload_id is {shown['workload_id']!r}")
    measured = sum(row[0] for row in last.query(
        "SELECT sum(i.completed) FROM interval i JOIN phase p ON p.id = i.phase_id "
        "WHERE i.run_id = ? AND (p.measured OR p.kind = 'drain')", last.run_id))
    case.expect_equal(shown["transactions"], measured, "transactions of the measured phase")
    gen.analyze("--db", db, "--json-dir", folder / "json", "--plot", folder / "charts")
    case.expect(list((folder / "json").glob("transport_real_tcp_case*.json")), "no result JSON")
    for suffix in ("svg", "png"):
        charts = list((folder / "charts").glob(f"*.{suffix}"))
        case.expect(charts and all(c.stat().st_size > 1000 for c in charts), f"no {suffix} charts")


case.main(test)
