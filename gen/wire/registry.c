/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "wire/kinds.h"
#include "wire/wire.h"

#define NO_DEVICE(name, ...)
#define ITS_DEVICE(name, form, meaning) extern const struct wire_device name##_device;
WIRE_KINDS(NO_DEVICE, ITS_DEVICE, NO_DEVICE)

#define HERE(name, form, far, meaning)         {#name, form, meaning, far, NULL, NULL},
#define DEVICE(name, form, meaning)                                                                \
    {#name, form, meaning, WIRE_FAR_OUTSIDE, NULL, &name##_device},
#define LATER(name, form, far, meaning, later) {#name, form, meaning, far, later, NULL},
const struct wire_kind wire_kinds[] = {WIRE_KINDS(HERE, DEVICE, LATER)};
const uint32_t wire_kind_count = sizeof wire_kinds / sizeof *wire_kinds;

const struct wire_kind *wire_kind_find(const char *wire)
{
    size_t len = strcspn(wire, ":");
    for (uint32_t i = 0; i < wire_kind_count; i++)
        if (strlen(wire_kinds[i].name) == len && !strncmp(wire_kinds[i].name, wire, len))
            return &wire_kinds[i];
    return NULL;
}
