# SPDX-License-Identifier: BSD-3-Clause
"""What every integration test uses: expectations, skips, scratch space, child processes.

A test file has one function and ends with `case.main(function)`. Whatever way it ends, the
kernel or this module takes back what it made: children get PR_SET_PDEATHSIG, namespaces and
scratch folders go when the `with` blocks are left, SIGTERM (a test's time limit) included.
"""
import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD_ROOT", SOURCE / "build"))
GEN = BUILD / "gen" / "gen"
ANALYZE = BUILD / "analyzer" / "analyze"
SERVER = BUILD / "tests" / "integ" / "kernel_server"
CLIENT = BUILD / "tests" / "integ" / "kernel_client"

SOAK = int(os.environ.get("SOAK", "1"))  # how many times the usual amount

CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_NET_RAW": 13, "CAP_SYS_ADMIN": 21, "CAP_BPF": 39}
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def skip(reason):
    print(f"skipped: {reason}", flush=True)
    sys.exit(77)


def need_capabilities():
    status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
    effective = int(re.search(r"^CapEff:\s*(\w+)", status, re.MULTILINE).group(1), 16)
    missing = [name for name, bit in CAPABILITIES.items() if not effective >> bit & 1]
    if missing:
        skip(f"needs {', '.join(missing)} (run as root)")


def need_programs(*names):
    missing = [name for name in names if not shutil.which(str(name))]
    if missing:
        skip(f"not installed: {', '.join(missing)}")


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def expect_equal(got, want, what):
    expect(got == want, f"{what}: found {got!r}, expected {want!r}")


def in_own_network():
    """Goes on in a network namespace of this test's own, with its loopback up: `gen ctl` sees the runs
    of its namespace, and those of tests beside this one are not to be among them. Where that is not
    allowed the test stays where it is."""
    if os.environ.pop("OWN_NETWORK", None):
        return
    own = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--map-current-user", "--keep-caps", "--net"]
    tried = subprocess.run([*own, "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    if tried.returncode == 0:
        again = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, *sys.argv]
        os.execvpe(own[0], [*own, *again], {**os.environ, "OWN_NETWORK": "1"})


@contextlib.contextmanager
def scratch():
    """A folder that goes with the test."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="wbt-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A child with its output in files; use in a `with` block, or call stop."""

    def __init__(self, arguments, namespace=None, **options):
        command = [str(a) for a in arguments]
        if namespace:
            command = ["ip", "netns", "exec", namespace, *command]
        self.command = " ".join(command)
        self._out, self._err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        options.setdefault("cwd", SOURCE)
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._out,
                                      stderr=self._err, preexec_fn=_die_with_parent, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)

    @staticmethod
    def _text(file):
        return os.pread(file.fileno(), 16 << 20, 0).decode(errors="replace")

    out = property(lambda self: self._text(self._out))
    err = property(lambda self: self._text(self._err))
    code = property(lambda self: self.child.returncode)

    def __str__(self):
        return f"$ {self.command}\n{self.out}{self.err}[exit code {self.code}]"

    def wait(self, seconds):
        """The exit code; fails the test when the process does not end in time."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"did not end within {seconds} s:\n{self}") from None

    def send(self, number):
        with contextlib.suppress(ProcessLookupError):
            self.child.send_signal(number)

    def stop(self, number=signal.SIGTERM, seconds=10):
        if self.child.poll() is None:
            self.send(number)
        return self.wait(seconds)

    def wait_for_output(self, text, seconds=10):
        """Returns once a line that starts with `text` was printed."""
        wanted = re.compile(rf"^{re.escape(text)}", re.MULTILINE)
        wait_until(lambda: wanted.search(self.out) or self.child.poll() is not None, seconds,
                   lambda: f"no line '{text}':\n{self}")
        expect(wanted.search(self.out), f"ended before it printed '{text}':\n{self}")
        return self


def wait_until(condition, seconds, otherwise):
    """Polls; `otherwise()` is the message when it never comes true."""
    until = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < until, f"within {seconds} s: {otherwise()}")
        time.sleep(0.02)


def execute(*arguments, seconds=60, **options):
    """Runs a program to its end; any exit code."""
    expect(arguments[0] != ANALYZE or ANALYZE.exists(), f"{ANALYZE} is not built")
    process = Process(arguments, **options)
    process.wait(seconds)
    return process


def must(*arguments, **options):
    """Runs a program that has to succeed; its standard output."""
    process = execute(*arguments, **options)
    expect(process.code == 0, str(process))
    return process.out


def _on_term(*_):
    sys.exit(143)


def main(test):
    signal.signal(signal.SIGTERM, _on_term)
    try:
        expect(GEN.exists(), f"{GEN} is not built")
        test()
    except AssertionError as failure:
        traceback.print_tb(failure.__traceback__, limit=-3, file=sys.stdout)
        print(f"failed: {failure}", flush=True)
        sys.exit(1)
    print("passed", flush=True)
