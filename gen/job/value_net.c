/* SPDX-License-Identifier: BSD-3-Clause */
/* Wires, peers and single addresses: text to field and exactly back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job/job.h"
#include "job/value.h"

/* ---- wire ---- */

static int wire_parse(const struct option *o, const char *text, void *owner)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
    bool valid = len && (text[len] == '\0' || (text[len] == ':' && text[len + 1]));
    return valid ? text_store(o, text, owner) : -EINVAL;
}

static void wire_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("NAME or NAME:DEVICE as gen list shows them", out);
}

const struct value_kind kind_wire = {wire_parse, text_format, wire_expect};

/* ---- peer ---- */

static int peer_parse(const struct option *o, const char *text, void *owner)
{
    struct job *job = owner;
    if (!strncmp(text, "exec:", 5) && text[5]) {
        job->peer = PEER_EXEC;
        return text_store(o, text + 5, owner);
    }
    if (strcmp(text, "respond") && strcmp(text, "none"))
        return -EINVAL;
    job->peer = *text == 'r' ? PEER_RESPOND : PEER_NONE;
    return text_store(o, "", owner);
}

static void peer_format(const struct option *o, const void *owner, FILE *out)
{
    (void)o;
    const struct job *job = owner;
    switch (job->peer) {
    case PEER_RESPOND:
        fputs("respond", out);
        return;
    case PEER_EXEC:
        fprintf(out, "exec:%s", job->peer_exec);
        return;
    case PEER_NONE:
        fputs("none", out);
        return;
    }
}

static void peer_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("respond, none or exec:COMMAND", out);
}

const struct value_kind kind_peer = {peer_parse, peer_format, peer_expect};

/* ---- addresses ---- */

void address_print(struct ip_addr addr, FILE *out)
{
    char text[64];
    fputs(ip_format(text, sizeof text, addr), out);
}

static int address_parse(const struct option *o, const char *text, void *owner)
{
    struct ip_addr *addr = option_field(o, owner);
    *addr = (struct ip_addr){0, 0};
    return *text ? ip_parse(text, addr) : 0;
}

static void address_format(const struct option *o, const void *owner, FILE *out)
{
    const struct ip_addr *addr = option_field_const(o, owner);
    if (addr->hi || addr->lo)
        address_print(*addr, out);
}

static void address_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("an address (198.18.0.1) or nothing", out);
}

const struct value_kind kind_address = {address_parse, address_format, address_expect};

/* ---- where to listen ---- */

static void endpoint_print(const struct endpoint *at, FILE *out)
{
    bool is4 = ip_is4(at->addr);
    fputs(is4 ? "" : "[", out);
    address_print(at->addr, out);
    fprintf(out, "%s:%u", is4 ? "" : "]", at->port);
}

int port_read(const char **text, uint16_t *port)
{
    size_t digits = strspn(*text, "0123456789");
    unsigned long value = strtoul(*text, NULL, 10);
    if (digits == 0 || digits > 5 || value == 0 || value > UINT16_MAX)
        return -EINVAL;
    *port = (uint16_t)value;
    *text += digits;
    return 0;
}

static int listener_parse(const struct option *o, const char *text, void *owner)
{
    struct endpoint *at = option_field(o, owner);
    *at = (struct endpoint){.addr = ip4_addr(0x7f000001)};
    if (*text == '\0')
        return 0;
    if (strchr(text, ':') && *text != ':')
        return ip_parse_endpoint(text, &at->addr, &at->port) || at->port == 0 ? -EINVAL : 0;
    text += *text == ':';
    return port_read(&text, &at->port) || *text ? -EINVAL : 0;
}

static void listener_format(const struct option *o, const void *owner, FILE *out)
{
    const struct endpoint *at = option_field_const(o, owner);
    if (at->port)
        endpoint_print(at, out);
}

static void listener_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("ADDR:PORT (127.0.0.1:9464), PORT or nothing", out);
}

const struct value_kind kind_listener = {listener_parse, listener_format, listener_expect};
