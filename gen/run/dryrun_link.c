/* SPDX-License-Identifier: BSD-3-Clause */
/* The device of a dry run: whether it carries the load, and what is known of XDP on it. Facts are
 * read; nothing is attached, and what only trying could tell is said to be unknown. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/err.h"
#include "run/dryrun.h"
#include "run/share.h"
#include "wire/netdev.h"
#include "wire/wire.h"
#include "wire/xdp_attach.h"
#include "wire/xdp_features.h"

#define FRAME_EXTRA 24 /* bytes on the line beside the frame: FCS, preamble, gap */

/* --- load against link ----------------------------------------------------------------------- */

/* Bits a second on the busier way at the highest rate of any phase; NAN: not known before. */
static double most_bits(const struct job *job)
{
    const struct app_proto *proto = app_proto_find(job->protocol);
    double most = 0;
    for (uint32_t i = 0; i < job->phases_count; i++) {
        struct need_load l;
        need_load_of(job, i, proto, &l);
        double out = l.wire_out_bytes + l.frames_out * FRAME_EXTRA;
        double back = l.wire_in_bytes + l.frames_in * FRAME_EXTRA;
        double bits = 8 * l.peak_per_s * fmax(out, back);
        if (!(bits <= most)) /* NAN wins */
            most = bits;
    }
    return most;
}

static int check_load(const struct job *job, const char *name, const struct netdev *dev)
{
    double bits = most_bits(job), link = (double)dev->link_bit_per_s;
    if (!link || !strcmp(dev->driver, "veth")) /* which tells 10 Gbit/s of any machine */
        dryrun_row(EXIT_WELL, "link", "the speed of %s is not told: whether it carries the load is "
                   "not known", name);
    else if (isnan(bits))
        dryrun_row(EXIT_WELL, "link", "%.6g Gbit/s; how much of it is wanted is not known before",
                   link / 1e9);
    else if (bits <= link)
        dryrun_row(EXIT_WELL, "link", "%.4g of %.6g Gbit/s wanted on the busier way, with headers",
                   bits / 1e9, link / 1e9);
    else
        dryrun_row(EXIT_ENVIRONMENT, "link",
                   "%.4g Gbit/s wanted on the busier way, with headers: expected at most the %.6g of "
                   "%s", bits / 1e9, link / 1e9, name);
    return link && strcmp(dev->driver, "veth") && bits > link ? EXIT_ENVIRONMENT : EXIT_WELL;
}

/* --- XDP ------------------------------------------------------------------------------------- */

static const char *native_words(uint32_t ifindex)
{
    struct xdp_features features;
    if (xdp_features_read(ifindex, &features))
        return "whether the driver has native XDP is not told";
    if (!(features.act & XDP_FEATURE_BASIC))
        return "the driver has no native XDP: generic mode, slower";
    return features.act & XDP_FEATURE_ZERO_COPY ? "native, zero copy" : "native, frames are copied once";
}

static int check_xdp(const char *name, const struct netdev *dev)
{
    uint32_t other = 0;
    int rc = xdp_attached(dev->ifindex, &other);
    if (rc) {
        dryrun_row(EXIT_WELL, "XDP", "%s; whether a program is attached is not told: %s",
                   native_words(dev->ifindex), strerror(-rc));
    } else if (other) {
        dryrun_row(EXIT_ENVIRONMENT, "XDP",
                   "program %u is attached to %s: expected none; ip link set %s xdp off", other,
                   name, name);
        return EXIT_ENVIRONMENT;
    } else {
        dryrun_row(EXIT_WELL, "XDP", "%s; no program is attached, none was tried",
                   native_words(dev->ifindex));
    }
    return EXIT_WELL;
}

/* --- all ------------------------------------------------------------------------------------- */

/* What is wrong with the interface itself is told by its own row. */
int dryrun_link(const struct job *job, const struct need *n)
{
    (void)n;
    struct netdev dev;
    char name[16];
    const struct wire_kind *kind = wire_kind_find(job->wire);
    if (kind->far_end == WIRE_FAR_KERNEL)
        dryrun_row(EXIT_WELL, "link", "a veth pair of its own, which tells no speed");
    if (kind->device && !kind->device->on_interface)
        dryrun_row(EXIT_WELL, "link", "%s tells its speed when it is opened", job->wire);
    if (!kind->device || !kind->device->on_interface)
        return EXIT_WELL;
    share_iface(strchr(job->wire, ':') + 1, name);
    if (netdev_read(name, &dev))
        return EXIT_WELL;
    int load = check_load(job, name, &dev), xdp = check_xdp(name, &dev);
    return load ? load : xdp;
}
