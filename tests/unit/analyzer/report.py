# SPDX-License-Identifier: BSD-3-Clause
"""The HTML report in a browser: report.py ANALYZE MAKE_FIXTURE [FOLDER].

Headless Chromium, which can reach nothing, opens it; its screenshot and its DOM are what counts. (Of a
sanitized build the file itself.)
With FOLDER the screenshots are kept there to be looked at. Exit 77 without Chromium.
"""
import html.parser
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

ANALYZE, FIXTURE = map(os.path.abspath, sys.argv[1:3])
KEEP = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None
with open(ANALYZE, "rb") as _program:
    BROWSE = b"__asan_" not in _program.read()  # no sanitizer sees what a browser does with the same page
HOSTILE = "</title><script>document.title='pwned'</script><img src=x onerror=alert(1)>\"'&`x` id='y' url(#z)"
VOID = {"meta", "br", "img", "link", "input", "hr", "wbr", "source", "base"}


class Page(html.parser.HTMLParser):
    """Tags with their attributes, text by tag; complains about what is not closed."""

    def __init__(self, text):
        super().__init__()
        self.opened, self.stack, self.words, self.wrong = [], [], {}, []
        self.feed(text)
        self.wrong += self.stack

    def handle_starttag(self, tag, attrs):
        self.opened.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.opened.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append("/" + tag)

    def handle_data(self, data):
        for tag in set(self.stack):
            self.words[tag] = self.words.get(tag, "") + data

    def tags(self):
        return {tag for tag, _ in self.opened}

    def values(self, name):
        return [attrs[name] for _, attrs in self.opened if name in attrs]


def png_colours(path):
    """Size of a PNG and how many different rows of pixels it has: a blank page has one."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    width, height = struct.unpack(">II", data[16:24])
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    pixels = zlib.decompress(packed)
    stride = len(pixels) // height
    return width, height, len({pixels[y * stride + 1:(y + 1) * stride] for y in range(height)})


class Report(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.db = os.path.join(self.dir, "a b", "results.db")
        os.mkdir(os.path.dirname(self.db))

    def tearDown(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def fixture(self, *words):
        subprocess.run([FIXTURE, self.db, *words], check=True, stdout=subprocess.PIPE)

    def report(self, *args, code=0, env=None):
        path = os.path.join(self.dir, "report.html")
        done = subprocess.run([ANALYZE, "--db", self.db, f"--html={path}", *args], env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, code, done.stdout)
        with open(path, encoding="utf-8") as file:
            return path, file.read()

    def chromium(self, *args):
        profile = tempfile.mkdtemp(dir=self.dir)
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}", *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100,
            check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))
        return done.stdout.decode()

    def dom(self, path):
        """The page as the browser has it."""
        if BROWSE:
            return self.chromium("--dump-dom", "file://" + path)
        with open(path, encoding="utf-8") as file:
            return file.read()

    def look(self, path, name, height, *args):
        if not BROWSE:
            return
        shot = os.path.join(KEEP or self.dir, name)
        self.chromium(*args, f"--window-size=1200,{height}", f"--screenshot={shot}", "file://" + path)
        width, found, rows = png_colours(shot)
        self.assertEqual((width, found), (1200, height))
        self.assertGreater(rows, 300, "the page is all but blank")

    def test_in_a_browser(self):
        self.fixture("real", "PASS", "max")
        path, _ = self.report()
        self.look(path, "report.png", 5200)
        self.look(path, "dark.png", 2400, "--force-dark-mode")
        page = Page(self.dom(path))
        self.assertEqual(len([tag for tag in page.opened if tag[0] == "svg"]), 7)
        self.assertIn("PASS", page.words["h1"])
        for word in ("Limited by generator", "Environment", "The resolved job", "run_summary",
                     "protocol = line", "tcp_csum", "95 %"):
            self.assertIn(word, page.words["main"])

    def test_comparison(self):
        for i in range(10):
            self.fixture("known", f"latency={(1 if i < 5 else 1.2) + i / 500}", "errors=-1",
                         "seconds=2", f"started={1767323045 * 10**9 + i * 60 * 10**9}",
                         f"governor={'powersave' if i < 5 else 'performance'}",
                         "workload=" + HOSTILE)
        subprocess.run([ANALYZE, "--db", self.db, "--set-baseline", HOSTILE, *"12345"], check=True,
                       stdout=subprocess.PIPE)
        path, text = self.report("--compare", HOSTILE, *(f"--run={i}" for i in range(6, 11)), code=1)
        self.look(path, "comparison.png", 4200)
        self.look(path, "comparison_dark.png", 2000, "--force-dark-mode")
        for source in (text, self.dom(path)):
            page = Page(source)
            self.assertEqual(page.wrong, [])
            self.assertEqual(page.tags() & {"script", "img", "link", "iframe"}, set())
            self.assertEqual(len([tag for tag in page.opened if tag[0] == "svg"]), 3)
            ids = page.values("id")
            self.assertEqual(len(ids), len(set(ids)), "an id twice")
            self.assertIn("regression", page.words["h1"])
            self.assertIn(HOSTILE, page.words["h1"])
            for word in ("Regression: latency_p50_us is", "powersave", "performance", "1.2",
                         "joint permutation", "within the margin", "Stored as verdict 1"):
                self.assertIn(word, page.words["main"])
            self.assertEqual(re.findall(r"@import|url\((?!#)", source.replace(HOSTILE, "")), [])

    def test_comparison_without_gnuplot(self):
        self.fixture("known")
        self.fixture("known", "started=1767323145000000000")
        subprocess.run([ANALYZE, "--db", self.db, "--set-baseline", "b", "1"], check=True,
                       stdout=subprocess.PIPE)
        _, text = self.report("--compare", "b", env={"PATH": "/nonexistent"})
        page = Page(text)
        self.assertIn("gnuplot-nox", page.words["main"])
        self.assertIn("latency_p50_us", page.words["main"])

    def test_history(self):
        for i in range(24):
            self.fixture("known", f"latency={(1 if i < 20 else 1.5) + i * i * 37 % 101 / 5000}", "errors=-1", "seconds=2",
                         f"started={1767323045 * 10**9 + i * 86400 * 10**9}", f"commit=c{i}",
                         "workload=" + HOSTILE)
            if i == 4:
                self.assertNotIn("<h3>History</h3>", self.report()[1], "five runs tell nothing")
        path, text = self.report()
        self.look(path, "history.png", 4800)
        page = Page(text)
        self.assertEqual(page.wrong, [])
        self.assertEqual(page.tags() & {"script", "img", "link", "iframe"}, set())
        ids = page.values("id")
        self.assertEqual(len(ids), len(set(ids)), "an id twice")
        self.assertEqual(len([tag for tag in page.opened if tag[0] == "svg"]), 8)
        for word in ("History", "analyze --trend", "regression", "latency_p50_us"):
            self.assertIn(word, page.words["main"])

    def test_several_runs(self):
        self.fixture("real", "PASS")
        self.fixture("known", "FAIL", "workload=other")
        self.fixture("empty", "dead", "workload=broken")
        path, text = self.report("--run=1", "--run=2", "--run=3", code=4)
        self.look(path, "several.png", 1800)
        page = Page(text)
        self.assertIn("Comparison of 3 runs", page.words["h1"])
        self.assertEqual([v for v in page.values("href") if v.startswith("#run")],
                         ["#run1", "#run2", "#run3"])
        self.assertIn("no latency samples", page.words["main"])

    def test_stands_alone(self):
        self.fixture("real")
        _, text = self.report()
        page = Page(text)
        self.assertEqual(page.wrong, [])
        ids = page.values("id")
        self.assertEqual(len(ids), len(set(ids)), "an id twice")
        for name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
            for value in page.values(name):
                self.assertRegex(value, r"^(#|data:image/png;base64,|a%20b/results\.db$)")
        for value in [v for v in page.values("xlink:href") if v.startswith("#")]:
            self.assertIn(value[1:], ids)
        self.assertEqual(page.tags() & {"script", "link", "iframe", "object", "embed", "form"}, set())
        self.assertEqual(re.findall(r"@import|url\((?!#)", text), [])

    def test_hostile_name(self):
        self.fixture("workload=" + HOSTILE)
        path, text = self.report()
        for source in (text, self.dom(path)):
            page = Page(source)
            self.assertEqual(page.tags() & {"script", "img"}, set())
            self.assertIn(HOSTILE, page.words["h1"])
            self.assertEqual(page.words["text"].count(HOSTILE), 7, "titles of charts")
            self.assertNotEqual(page.words["title"], "pwned")

    def test_without_gnuplot(self):
        self.fixture("known")
        _, text = self.report(env={"PATH": "/nonexistent"})
        page = Page(text)
        self.assertIn("gnuplot-nox", page.words["main"])
        self.assertIn("2,010", page.words["main"])


if __name__ == "__main__":
    if not shutil.which("chromium") or not shutil.which("gnuplot"):
        print("skipped: chromium or gnuplot-nox is not installed")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
