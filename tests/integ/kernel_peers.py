# SPDX-License-Identifier: BSD-3-Clause
"""The tests' own peers, against each other and against plain sockets, on loopback.

What the other tests believe of kernel_server and kernel_client is shown here: they answer and
count rightly, they notice what is wrong, and they fail in the one way that they were asked for.
"""
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

TOOLS = pathlib.Path(os.environ["BUILD_ROOT"]) / "tests" / "integ"
MESSAGES = 10_000
PATIENCE_S = 20


def expect_equal(got, want, what):
    assert got == want, f"{what}: found {got!r}, expected {want!r}"


def counts(text):
    return {name: int(value) for name, value in re.findall(r"\b([a-z_]+)=(\d+)\b", text)}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, *arguments):
        self.port = free_port()
        self.process = subprocess.Popen(
            [TOOLS / "kernel_server", "--listen", f"127.0.0.1:{self.port}", *arguments],
            stdout=subprocess.PIPE, text=True)
        expect_equal(self.process.stdout.readline(), "ready\n", "first line of the server")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)

    def stop(self, code=0):
        """What it counted."""
        self.process.terminate()
        text = self.process.communicate(timeout=PATIENCE_S)[0]
        expect_equal(self.process.returncode, code, "the server's exit code")
        expect_equal(len(text.splitlines()), 1, f"lines of the report {text!r}")
        return counts(text)


def client(server, *arguments, code=0):
    ended = subprocess.run(
        [TOOLS / "kernel_client", "--connect", f"127.0.0.1:{server.port}", *map(str, arguments)],
        capture_output=True, text=True, timeout=100, check=False)
    expect_equal(ended.returncode, code, f"exit code of the client\n{ended.stdout}{ended.stderr}")
    return counts(ended.stdout)


def receive_all(connection):
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def both_count_the_same(mode, *server_arguments):
    with Server("--mode", mode, *server_arguments) as server:
        sent = client(server, "--mode", mode, "--connections", 32, "--messages", MESSAGES,
                      "--min", 1, "--max", 65536, "--seed", 7, "--source", "127.0.0.9")
        seen = server.stop()
    expect_equal(sent["messages"], MESSAGES, f"{mode}: messages answered")
    expect_equal(sent["errors"], 0, f"{mode}: errors")
    for ours, theirs in (("bytes", "bytes_in"), ("bytes_out", "bytes_in"), ("bytes_in", "bytes_out")):
        expect_equal(seen[theirs], sent[ours], f"{mode}: {theirs} of the server")
    expect_equal(seen["accepted"], 32, f"{mode}: connections")
    expect_equal(seen["lines"], MESSAGES if mode == "line" else 0, f"{mode}: lines")


def echo():
    both_count_the_same("echo", "--processes", "4")


def line():
    both_count_the_same("line", "--processes", "2", "--verify")


def many_connections():
    with Server("--processes", "2") as server:
        sent = client(server, "--connections", 2000, "--messages", 5000, "--max", 300)
        expect_equal(sent["messages"], 5000, "messages over 2,000 connections")
        expect_equal(server.stop()["accepted"], 2000, "connections")


def client_notices():
    """Each way to answer wrongly ends with exit code 1 and an error for each connection."""
    for mode, protocol in (("bad-bytes", "echo"), ("wrong-id", "line"), ("reset", "echo"),
                           ("close-early", "echo")):
        with Server("--mode", mode) as server:
            found = client(server, "--mode", protocol, "--connections", 5, "--messages", 100,
                           "--min", 100, "--max", 200, code=1)
        expect_equal((found["errors"], found["messages"]), (5, 0), f"{mode}: errors, messages")
    with Server("--mode", "echo") as server:
        server.stop()
        found = client(server, "--messages", 1, code=1)
    expect_equal(found["errors"], 1, "errors with no server")


def echo_of_more_than_fits():
    """The client sends all before it reads: the server must stop reading, and lose nothing."""
    content = os.urandom(1 << 20) * 24
    with Server() as server, server.connect() as connection:
        connection.settimeout(0.5)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < len(content):
                sent += connection.send(content[sent:sent + 65536])
        assert sent < len(content), "the server read without end"
        connection.settimeout(PATIENCE_S)
        connection.shutdown(socket.SHUT_WR)
        assert receive_all(connection) == content[:sent], "the echo differs"


def lines_wait_for_their_end():
    with Server("--mode", "line") as server, server.connect() as connection:
        connection.sendall(b'{"id":1}\n{"id":')
        expect_equal(connection.recv(100), b'{"id":1}\n', "the whole line alone")
        connection.sendall(b"2}\n")
        expect_equal(connection.recv(100), b'{"id":2}\n', "the second line")
        connection.sendall(b"no end")
        connection.shutdown(socket.SHUT_WR)
        expect_equal(receive_all(connection), b"", "answer to half a line")
        expect_equal(server.stop()["lines"], 2, "lines")


def verify_finds_bad_lines():
    with Server("--mode", "line", "--verify") as server, server.connect() as connection:
        connection.sendall(b'{"id":5}\n{"id": 6}\n{"id":6}\n{"a":1}\n[1]\n\n{"id":7}\n')
        connection.shutdown(socket.SHUT_WR)
        receive_all(connection)
        seen = server.stop(code=1)
    expect_equal((seen["lines"], seen["bad_lines"]), (7, 4), "lines, bad lines")


def wrong_ids():
    asked = [b'{"id":7}', b'{"id": 19,"x":"y"}', b'{"id":99}', b'{"id":9}', b'{"x":1}']
    told = [b'{"id":8}', b'{"id": 20,"x":"y"}', b'{"id":80}', b'{"id":8}', b'{"x":1}']
    with Server("--mode", "wrong-id") as server, server.connect() as connection:
        connection.sendall(b"\n".join(asked) + b"\n")
        connection.shutdown(socket.SHUT_WR)
        expect_equal(receive_all(connection).splitlines(), told, "lines with wrong ids")


def endings():
    with Server("--mode", "reset") as server, server.connect() as connection:
        connection.sendall(b"x" * 100)
        with contextlib.suppress(ConnectionResetError):
            raise AssertionError(f"not reset, but {connection.recv(100)!r}")
    with Server("--mode", "close-early") as server, server.connect() as connection:
        connection.sendall(b"0123456789")
        expect_equal(receive_all(connection), b"01234", "half an answer, then FIN")
    with Server("--mode", "silent") as server, server.connect() as connection:
        connection.sendall(b"hello")
        connection.shutdown(socket.SHUT_WR)
        expect_equal(receive_all(connection), b"", "answer of a silent server")
        expect_equal(server.stop()["bytes_in"], 5, "bytes that it heard")


def counts_what_has_arrived():
    """SIGTERM right behind the last byte: nothing that was delivered is missing."""
    for _ in range(5):
        with Server("--mode", "discard") as server, server.connect() as connection:
            connection.sendall(b"z" * 1_000_000)
            seen = server.stop()
        expect_equal((seen["bytes_in"], seen["bytes_out"]), (1_000_000, 0), "discarded bytes")


def children_die_with_the_parent():
    with Server("--processes", "3") as server:
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        until = time.monotonic() + PATIENCE_S
        with contextlib.suppress(ConnectionRefusedError):
            while time.monotonic() < until:
                server.connect().close()
                time.sleep(0.02)
            raise AssertionError("somebody still listens")


def usage():
    for arguments in ([], ["--listen", "nowhere"], ["--listen", "127.0.0.1:1", "--mode", "x"],
                      ["--listen", "127.0.0.1:1", "--processes", "0"],
                      ["--listen", "127.0.0.1:1", "--mode", "echo", "--verify"]):
        ended = subprocess.run([TOOLS / "kernel_server", *arguments], capture_output=True,
                               text=True, timeout=PATIENCE_S, check=False)
        expect_equal(ended.returncode, 2, f"exit code of kernel_server {arguments}")
        assert ended.stderr, f"no message for kernel_server {arguments}"


for test in (echo, line, many_connections, client_notices, echo_of_more_than_fits,
             lines_wait_for_their_end, verify_finds_bad_lines, wrong_ids, endings,
             counts_what_has_arrived, children_die_with_the_parent, usage):
    test()
    print(f"passed {test.__name__}", flush=True)
