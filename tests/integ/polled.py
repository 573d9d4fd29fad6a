# SPDX-License-Identifier: BSD-3-Clause
"""`busy_poll`: which lab runs have their loops receive, that none of them loses a frame where rings are full of
them, and that what the loops spend in it is told."""
import platform

import case
import gen
from results import Results

LINUX = (6, 18)  # veth holds up who sends too much


def kernel():
    return tuple(int(part) for part in platform.release().split(".")[:2])


def check_frames(name, found, peer):
    """None was lost but those that an end tells of, whose loop was away too long. (Segments may be sent again all the
    same: an end that waits for a loop that is away probes for a lost tail.)"""
    ours = {"frames_tx": found.counter("frames_tx"), "frames_rx": found.counter("frames_rx"),
            "told": found.counter("wire_rx_full", kind="drop")}
    case.expect_equal(peer["frames_rx"] + peer.get("drop.wire_rx_full", 0), ours["frames_tx"],
                      f"{name}: frames that reached the peer of those that we sent")
    missing = peer["frames_tx"] - ours["frames_rx"] - ours["told"]
    # What the peer sends again while we end finds nobody.
    case.expect(0 <= missing <= peer.get("retransmits", 0), f"{name}: {missing} of the peer's frames: {ours}, {peer}")


def polls(folder, name, **keys):
    """Calls to receive, ours and the responder's, of a run whose description tells the same."""
    db = folder / f"{name}.db"
    gen.run(gen.job(folder, name, wire="lab", db=db, **keys), code=gen.WELL_OR_LATE)
    found = Results(db).check_all_completed()
    ours = found.counter("polls")
    peer = dict(found.query("SELECT name, max(value) FROM iface_counter WHERE run_id = ? AND iface = 'peer' "
                            "GROUP BY name", found.run_id))
    case.expect_equal("polled" in found.column("wire_detail"), ours > 0, f"{name}: what wire_detail says")
    case.expect_equal(found.counter("cycles_poll") > 0, ours > 0, f"{name}: cycles_poll")
    case.expect_equal(peer.get("polls", 0) > 0, ours > 0, f"{name}: both ends poll, or none")
    check_frames(name, found, peer)
    return ours


def test():
    case.need_capabilities()
    if kernel() < LINUX:
        case.skip("busy_poll = auto polls from Linux 6.18 on")
    short = {"duration": "300ms"}
    with case.scratch() as folder:
        case.expect(polls(folder, "most", connections=64, **short) > 0, "rate = max is not polled")
        case.expect(polls(folder, "workers", connections=64, workers=2, **short) > 0, "two workers do not poll")
        case.expect(polls(folder, "full", connections=5000, duration="1s") > 0, "many connections are not polled")
        case.expect(polls(folder, "asked", rate=500, busy_poll="yes", **short) > 0, "busy_poll = yes does not poll")
        case.expect_equal(polls(folder, "rate", rate=500, **short), 0, "polls at a rate")
        case.expect_equal(polls(folder, "refused", busy_poll="no", **short), 0, "polls with busy_poll = no")
        case.expect_equal(polls(folder, "stamped", rx_stamps="kernel", **short), 0, "polls where arrivals are stamped")
        case.expect_equal(polls(folder, "gathered", coalesce="100us", **short), 0, "polls where frames gather")


case.main(test)
