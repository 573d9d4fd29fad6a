/* SPDX-License-Identifier: BSD-3-Clause */
/* A port of ours must never be a port of the kernel's: one of its sockets would lose its segments to
 * us, and its peers would get our resets. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/share.h"
#include "run/sysfile.h"

#define EPHEMERAL "/proc/sys/net/ipv4/ip_local_port_range" /* of both families */
#define RESERVED  "/proc/sys/net/ipv4/ip_local_reserved_ports"
#define STATE_TIME_WAIT 6

static uint32_t overlap(struct port_range a, struct port_range b)
{
    uint32_t lo = a.lo > b.lo ? a.lo : b.lo, hi = a.hi < b.hi ? a.hi : b.hi;
    return hi < lo ? 0 : hi - lo + 1;
}

uint32_t share_reserved(const char *list, struct port_range range)
{
    uint32_t sum = 0;
    while (*list) {
        char *end;
        unsigned long lo = strtoul(list, &end, 10), hi = lo;
        if (end == list || lo > UINT16_MAX)
            break;
        if (*end == '-')
            hi = strtoul(end + 1, &end, 10);
        if (hi >= lo && hi <= UINT16_MAX)
            sum += overlap(range, (struct port_range){(uint16_t)lo, (uint16_t)hi});
        list = end + strspn(end, ", ");
    }
    return sum;
}

static bool read_ephemeral(struct port_range *out)
{
    char text[64];
    unsigned lo, hi;
    if (!sysfile_line(EPHEMERAL, text, sizeof text) || sscanf(text, "%u %u", &lo, &hi) != 2 || lo > hi ||
        hi > UINT16_MAX)
        return false;
    *out = (struct port_range){(uint16_t)lo, (uint16_t)hi};
    return true;
}

/* Ports that an active open of the kernel may get. */
static int check_ephemeral(const struct share *s, struct err *e)
{
    char reserved[4096] = "";
    struct port_range ephemeral;
    if (!read_ephemeral(&ephemeral))
        return job_refuse(e, s->job, 0, "shared_address",
                          "the kernel's own ports cannot be read from " EPHEMERAL ": expected it there");
    sysfile_line(RESERVED, reserved, sizeof reserved);
    for (uint32_t i = 0; i < s->ports_count; i++) {
        struct port_range p = s->ports[i], both;
        uint32_t common = overlap(p, ephemeral);
        if (!common)
            continue;
        both.lo = p.lo > ephemeral.lo ? p.lo : ephemeral.lo;
        both.hi = p.hi < ephemeral.hi ? p.hi : ephemeral.hi;
        if (share_reserved(reserved, both) < common)
            return job_refuse(e, s->job, 0, s->ports_key,
                              "shared_address = yes: %u of the %u ports %u-%u, %u-%u, are the kernel's "
                              "for connections of its own (%u-%u in " EPHEMERAL
                              "): expected none of them, or all of them in " RESERVED,
                              common, port_range_count(p), p.lo, p.hi, both.lo, both.hi, ephemeral.lo,
                              ephemeral.hi);
    }
    return 0;
}

static bool is_ours(const struct share *s, unsigned port)
{
    for (uint32_t i = 0; i < s->ports_count; i++)
        if (port >= s->ports[i].lo && port <= s->ports[i].hi)
            return true;
    return false;
}

/* A line of /proc/net/tcp: our port in use by a socket, whatever its address; 0: none. */
static unsigned port_of_socket(const struct share *s, const char *line)
{
    unsigned port, state;
    if (sscanf(line, "%*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &port, &state) != 2)
        return 0;
    return state != STATE_TIME_WAIT && is_ours(s, port) ? port : 0;
}

static unsigned find_socket(const struct share *s, const char *path)
{
    char line[256];
    unsigned port = 0;
    FILE *f = fopen(path, "r");
    while (f && !port && fgets(line, sizeof line, f))
        port = port_of_socket(s, line);
    if (f)
        fclose(f);
    return port;
}

static int check_sockets(const struct share *s, struct err *e)
{
    unsigned port = find_socket(s, "/proc/self/net/tcp");
    if (!port)
        port = find_socket(s, "/proc/self/net/tcp6");
    return port ? job_refuse(e, s->job, 0, s->ports_key,
                             "shared_address = yes: a socket of this host uses port %u: expected ports "
                             "that nobody uses",
                             port)
                : 0;
}

int share_check_ports(const struct share *s, struct err *e)
{
    int rc = check_ephemeral(s, e);
    return rc ? rc : check_sockets(s, e);
}
