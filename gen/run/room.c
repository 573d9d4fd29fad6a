/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/room.h"

#include <errno.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/units.h"
#include "run/dryrun.h"
#include "run/sysfile.h"

#define TEXT 32

/* As a container sees the group that it is in: versions 2 and 1. A bound that is none is "max", or more
 * than any machine has. */
static const char *const bounds[] = {"/sys/fs/cgroup/memory.max",
                                     "/sys/fs/cgroup/memory/memory.limit_in_bytes"};

uint64_t room_available(void)
{
    char text[64];
    uint64_t least = 0;
    if (sysfile_field("/proc/meminfo", "MemAvailable", text, sizeof text))
        least = strtoull(text, NULL, 10) << 10;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        uint64_t bound = sysfile_line(bounds[i], text, sizeof text) ? strtoull(text, NULL, 10) : 0;
        if (bound && bound < least)
            least = bound;
    }
    return least;
}

int room_check(const struct need *n, uint64_t available, struct err *e)
{
    char gen[TEXT], peer[TEXT], frames[TEXT], all[TEXT], have[TEXT];
    uint64_t wanted = n->gen_bytes + n->peer_bytes + n->frame_bytes;
    if (!available || wanted <= available)
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM,
                   "memory: %s for gen + %s for the responder + %s of frames = %s for %llu connections, "
                   "%s available: expected fewer connections, less depth or more memory (--dry-run lists "
                   "the pools)",
                   units_format_bytes(gen, TEXT, n->gen_bytes),
                   units_format_bytes(peer, TEXT, n->peer_bytes),
                   units_format_bytes(frames, TEXT, n->frame_bytes),
                   units_format_bytes(all, TEXT, wanted), (unsigned long long)n->connections,
                   units_format_bytes(have, TEXT, available));
}
