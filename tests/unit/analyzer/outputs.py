# SPDX-License-Identifier: BSD-3-Clause
"""Every format read back by a parser that is not ours: outputs.py ANALYZE MAKE_FIXTURE [CLASS...].

A format whose parser is not installed is named; exit 77 when the rest is well.
"""
import csv
import html.parser
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

ANALYZE, FIXTURE = map(os.path.abspath, sys.argv[1:3])
HERE = os.path.dirname(os.path.abspath(__file__))
HOSTILE = "a|b\"c'</td><script>alert(1)</script>`x` *b* [l](u) @all ,;\n\\ \x1b[31m\xfe & ü"

try:
    import jsonschema
except ImportError:
    jsonschema = None
try:
    from prometheus_client.openmetrics import parser as openmetrics
except ImportError:
    openmetrics = None


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.db = os.path.join(self.dir, "results.db")

    def tearDown(self):
        shutil.rmtree(self.dir)

    def fixture(self, *words):
        subprocess.run([FIXTURE, self.db, *words], check=True, stdout=subprocess.PIPE)

    def analyze(self, *args, code=0):
        done = subprocess.run([ANALYZE, *args], cwd=self.dir, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout.decode("utf-8")

    def files(self):
        return sorted(name for name in os.listdir(self.dir) if not name.startswith("results.db"))

    def three_runs(self):
        self.fixture("known", "PASS")
        self.fixture("real", "max", "FAIL", "workload=other")
        self.fixture("known", "workload=" + HOSTILE, "NOT_MEASURED")
        return ["--run", "1", "--run", "2", "--run", "3"]


class Files(Case):
    def test_file_beside_text(self):
        self.fixture("known")
        out = self.analyze("--csv=a.csv", "--junit=b.xml")
        self.assertTrue(out.startswith("DONE"))
        self.assertEqual(out.splitlines()[-2:], ["a.csv", "b.xml"])
        self.assertEqual(self.files(), ["a.csv", "b.xml"])

    def test_data_stands_alone(self):
        self.fixture("known")
        json.loads(self.analyze("--json", "--csv=a.csv"))

    def test_nothing_half_written(self):
        self.fixture("invalid")
        kept = os.path.join(self.dir, "b.json")
        with open(kept, "w", encoding="utf-8") as file:
            file.write("before")
        self.analyze("--bencher=b.json", code=6)
        with open(kept, encoding="utf-8") as file:
            self.assertEqual(file.read(), "before")
        self.assertEqual(self.files(), ["b.json"])
        self.analyze("--csv=missing/folder.csv", code=3)
        self.analyze("--csv=.", code=2)

    def test_devices_stay_devices(self):
        self.fixture("known")
        pipe = os.path.join(self.dir, "pipe")
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as cat:
            self.analyze("--csv=pipe")
            self.assertTrue(cat.stdout.read().startswith(b"run_id,"))
        self.assertTrue(stat.S_ISFIFO(os.stat(pipe).st_mode))

    def test_refusals(self):
        self.fixture("known")
        self.analyze("--csv=", code=2)
        self.analyze("--json=file", code=2)
        self.analyze("--hlog", "--run=1", "--run=1", code=2)


class Csv(Case):
    def test_every_figure_of_every_run(self):
        rows = list(csv.DictReader(self.analyze("--csv", *self.three_runs(), code=1).splitlines(True)))
        one = {row["metric"]: row for row in rows if row["run_id"] == "1"}
        self.assertEqual(float(one["throughput_msg_per_s"]["value"]), 2010)
        self.assertEqual(float(one["latency_p99_us"]["value"]), 990.207)
        self.assertEqual(one["latency_p99_us"]["samples"], "20000")
        self.assertEqual(one["latency_p9999_us"]["value"], "")
        self.assertIn("samples", one["latency_p9999_us"]["missing_reason"])
        self.assertEqual(len(rows), 3 * len(one))
        name = [row["workload_id"] for row in rows if row["run_id"] == "3"][0]
        self.assertEqual(name, HOSTILE.replace("\x1b", "\ufffd"))
        self.assertEqual({None in row for row in rows}, {False})


@unittest.skipUnless(openmetrics, "python3-prometheus-client is not installed")
class OpenMetrics(Case):
    def test_families(self):
        text = self.analyze("--openmetrics", *self.three_runs(), code=1)
        families = {f.name: f for f in openmetrics.text_string_to_metric_families(text)}
        rate = families["wirebench_throughput_msg_per_s"].samples
        self.assertEqual([s.value for s in rate if s.labels["run"] == "1"], [2010])
        self.assertEqual(rate[2].labels["workload"], HOSTILE.replace("\x1b", "\ufffd"))
        latency = families["wirebench_latency_seconds"]
        self.assertEqual(latency.type, "summary")
        one = [s for s in latency.samples if s.labels["run"] == "1"]
        self.assertEqual([s.value for s in one if s.labels.get("quantile") == "0.99"], [990.207e-6])
        self.assertEqual([s.value for s in one if s.name.endswith("_count")], [20000])
        states = {(s.labels["run"], s.labels["wirebench_verdict"]): s.value
                  for s in families["wirebench_verdict"].samples}
        self.assertEqual((states["1", "PASS"], states["1", "FAIL"], states["2", "FAIL"]), (1, 0, 1))
        self.assertEqual([s.value for s in families["wirebench_results"].samples
                          if s.labels == dict(s.labels, run="1", kind="timeout")], [120])


@unittest.skipUnless(shutil.which("xmllint"), "libxml2-utils is not installed")
class JUnit(Case):
    def test_schema(self):
        runs = self.three_runs()
        self.fixture("aborted", "FAIL")
        self.fixture("invalid")
        self.analyze("--junit=x.xml", *runs, "--run=4", "--run=5", code=4)
        schema = os.path.join(HERE, "junit.xsd")
        done = subprocess.run(["xmllint", "--noout", "--schema", schema, "x.xml"], cwd=self.dir,
                              stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(self.xpath("string(//testsuite[3]/@name)"),
                         HOSTILE.replace("\x1b", "\ufffd").replace("\n", " "))
        for n, counts in enumerate(("2 0 0", "2 1 0", "2 0 1", "2 1 1", "1 1 0"), 1):
            for name, count in zip(("tests", "failures", "errors"), counts.split()):
                self.assertEqual(self.xpath(f"string(//testsuite[{n}]/@{name})"), count, (n, name))
            elements = [self.xpath(f"string(count(//testsuite[{n}]/testcase{inner}))")
                        for inner in ("", "/failure", "/error")]
            self.assertEqual(" ".join(elements), counts)

    def xpath(self, expression):
        done = subprocess.run(["xmllint", "--xpath", expression, "x.xml"], cwd=self.dir,
                              stdout=subprocess.PIPE, check=True)
        return done.stdout.decode().rstrip("\n")


class Hdr(Case):
    """HdrHistogram's reader comes from the npm registry, or from what an earlier test kept."""

    def read(self, log):
        if not shutil.which("node") or not shutil.which("npm"):
            self.skipTest("nodejs and npm are not installed")
        kept = os.path.join(os.environ.get("KEEP", self.dir), "hdr-reader")
        if not os.path.exists(os.path.join(kept, "node_modules")):
            fresh = tempfile.mkdtemp(dir=os.path.dirname(kept))
            for name in ("package.json", "package-lock.json", "read.js"):
                shutil.copy(os.path.join(HERE, "hdr", name), fresh)
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                                  cwd=fresh, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL, timeout=90, check=False)
            if done.returncode:
                shutil.rmtree(fresh)
                self.skipTest("no npm registry to be reached")
            shutil.rmtree(kept, ignore_errors=True)
            os.rename(fresh, kept)
        shutil.copy(os.path.join(HERE, "hdr", "read.js"), kept)
        done = subprocess.run(["node", os.path.join(kept, "read.js"), log], cwd=self.dir,
                              stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def check_rows(self, text, log):
        ours, theirs = ([[float(word) for word in line.split()] for line in page.splitlines()[2:]
                         if line and not line.startswith("#")]
                        for page in (text, log["distribution"]))
        self.assertEqual(len(ours), len(theirs))
        for one, other in zip(ours, theirs):
            for a, b in zip(one, other, strict=True):
                self.assertAlmostEqual(a, b, 9)

    def test_log_and_distribution(self):
        self.fixture("known")
        self.analyze("--hlog=a.hlog", "--hgrm=a.hgrm")
        log = self.read("a.hlog")
        latency = [line for line in log["lines"] if not line["tag"]]
        self.assertEqual([line["count"] for line in latency], [2000] * 10)
        self.assertEqual({line["to"] - line["from"] for line in latency}, {1000})
        self.assertEqual(log["start"], 1767323045)
        self.assertEqual((log["p50"], log["p99"]), (500223, 990207))
        self.assertEqual({line["tag"] for line in log["lines"]}, {"", "service", "queueing", "lateness"})
        with open(os.path.join(self.dir, "a.hgrm"), encoding="utf-8") as file:
            text = file.read()
        self.check_rows(text, log)
        self.assertIn("Total count    =        20000]", text)

    def test_a_run_that_looks_real(self):
        self.fixture("real")
        self.analyze("--hlog=a.hlog", "--hgrm=a.hgrm")
        with open(os.path.join(self.dir, "a.hgrm"), encoding="utf-8") as file:
            self.check_rows(file.read(), self.read("a.hlog"))

    def test_no_samples(self):
        self.fixture("empty")
        self.analyze("--hgrm=a.hgrm", code=5)
        self.assertEqual(self.files(), [])


def number(**more):
    return dict({"type": "number"}, **more)


def text(longest=1024):
    return {"type": "string", "minLength": 1, "maxLength": longest}


def closed(required, **properties):
    return {"type": "object", "additionalProperties": False, "required": required,
            "properties": properties}


GITHUB = {"type": "array", "minItems": 1, "items": closed(
    ["name", "unit", "value"], name=text(), unit=text(), value=number(), range=text(), extra=text())}
BENCHER = {"type": "object", "minProperties": 1, "propertyNames": {"maxLength": 1024},
           "additionalProperties": {"type": "object", "minProperties": 1,
                                    "propertyNames": {"maxLength": 64},
                                    "additionalProperties": closed(
                                        ["value"], value=number(), lower_value=number(),
                                        upper_value=number())}}
PERFHERDER = closed(
    ["framework", "suites"], framework=closed(["name"], name=text()),
    suites={"type": "array", "minItems": 1, "items": closed(
        ["name", "subtests"], name=text(100),
        extraOptions={"type": "array", "items": text(100), "uniqueItems": True, "maxItems": 8},
        subtests={"type": "array", "items": closed(
            ["name", "value"], name=text(), value=number(minimum=-1e12, maximum=1e12),
            unit=text(20), lowerIsBetter={"type": "boolean"})})})


@unittest.skipUnless(jsonschema, "python3-jsonschema is not installed")
class Trackers(Case):
    def track(self, option, schema):
        found = json.loads(self.analyze(option, *self.three_runs(), code=1))
        jsonschema.Draft7Validator(schema).validate(found)
        return found

    def test_github(self):
        found = {entry["name"]: entry for entry in self.track("--github-benchmark", GITHUB)}
        self.assertEqual(found["tcp_small_burst_1kib: latency_p99_us"]["value"], 990.207)
        self.assertNotIn("tcp_small_burst_1kib: throughput_msg_per_s", found)

    def test_github_bigger(self):
        found = {entry["name"]: entry for entry in self.track("--github-benchmark-bigger", GITHUB)}
        self.assertEqual(found["tcp_small_burst_1kib: throughput_msg_per_s"]["value"], 2010)
        self.assertNotIn("tcp_small_burst_1kib: latency_p99_us", found)

    def test_bencher(self):
        found = self.track("--bencher", BENCHER)
        self.assertEqual(len(found), 3)
        self.assertEqual(found["tcp_small_burst_1kib"]["throughput_msg_per_s"], {"value": 2010})

    def test_bencher_interval(self):
        """Ten seconds, however steady, carry none; thirty do."""
        self.fixture("known", "seconds=30")
        found = json.loads(self.analyze("--bencher"))
        jsonschema.Draft7Validator(BENCHER).validate(found)
        rate = found["tcp_small_burst_1kib"]["throughput_msg_per_s"]
        self.assertLessEqual(rate["lower_value"], 2010)
        self.assertGreaterEqual(rate["upper_value"], 2010)

    def test_perfherder(self):
        suites = self.track("--perfherder", PERFHERDER)["suites"]
        self.assertEqual(suites[0]["name"], "tcp_small_burst_1kib")
        found = {t["name"]: t for t in suites[0]["subtests"]}
        self.assertTrue(found["latency_p50_us"]["lowerIsBetter"])
        self.assertFalse(found["throughput_msg_per_s"]["lowerIsBetter"])

    def test_same_workload_twice(self):
        self.fixture("known")
        self.fixture("known")
        found = json.loads(self.analyze("--bencher", "--run=1", "--run=2"))
        self.assertEqual(list(found), ["tcp_small_burst_1kib", "tcp_small_burst_1kib #2"])

    def test_only_runs_that_count(self):
        self.fixture("known")
        self.fixture("invalid", "workload=bad")
        self.assertEqual(list(json.loads(self.analyze("--bencher", "--run=1", "--run=2", code=6))),
                         ["tcp_small_burst_1kib"])
        self.analyze("--perfherder", code=6)


class Tables(html.parser.HTMLParser):
    """Rows of the tables of a page, and every tag that was opened."""

    def __init__(self):
        super().__init__()
        self.rows, self.tags, self.inside = [], set(), False

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        self.inside = tag != "tr" and (self.inside or tag in ("td", "th"))

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += data


@unittest.skipUnless(shutil.which("cmark-gfm"), "cmark-gfm is not installed")
class Markdown(Case):
    def page(self, *args, code=0):
        source = self.analyze("--markdown", *args, code=code)
        done = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink"],
                              input=source.encode(), stdout=subprocess.PIPE, check=True)
        tables = Tables()
        tables.feed(done.stdout.decode())
        return source, tables

    def test_one_run(self):
        self.fixture("known", "PASS")
        source, page = self.page()
        self.assertLess(len(source), 4000)
        rows = {row[0]: row[1:] for row in page.rows}
        self.assertTrue(rows["messages sent, 1/s"][0].startswith("2,010"))
        self.assertEqual(rows["msg_per_s>=1000"], ["2,010 messages/s", "PASS"])

    def test_several_runs_and_hostile_names(self):
        source, page = self.page(*self.three_runs(), code=1)
        rows = {row[0]: row[1:] for row in page.rows}
        self.assertEqual(len(rows["latency p99, us"]), 3)
        self.assertEqual(page.tags & {"script", "em", "strong", "a"}, {"strong"})
        self.assertEqual(page.rows[-1] and source.count("@"), 0)
        head = [row for row in page.rows if len(row) == 4][0]
        self.assertIn(HOSTILE.replace("\x1b", "\ufffd").replace("\n", " "), head[3])


if __name__ == "__main__":
    done = unittest.main(argv=sys.argv[:1] + sys.argv[3:], exit=False).result
    for case, why in done.skipped:
        print(f"skipped: {case}: {why}")
    sys.exit(1 if not done.wasSuccessful() else 77 if done.skipped else 0)
