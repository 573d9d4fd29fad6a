/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "wire/kinds.h"
#include "wire/wire.h"

#define BUILT(name, form, far, meaning)        {#name, form, meaning, far, NULL},
#define LATER(name, form, far, meaning, later) {#name, form, meaning, far, later},
const struct wire_kind wire_kinds[] = {WIRE_KINDS(BUILT, LATER)};
const uint32_t wire_kind_count = sizeof wire_kinds / sizeof *wire_kinds;

const struct wire_kind *wire_kind_find(const char *wire)
{
    size_t len = strcspn(wire, ":");
    for (uint32_t i = 0; i < wire_kind_count; i++)
        if (strlen(wire_kinds[i].name) == len && !strncmp(wire_kinds[i].name, wire, len))
            return &wire_kinds[i];
    return NULL;
}
