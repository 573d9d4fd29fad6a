/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/shapes.h"

#include <stddef.h>
#include <string.h>

#define BUILT(name, meaning) {#name, meaning, &name##_shape},
const struct load_shape_kind load_shapes[] = {LOAD_SHAPES(BUILT)};
const uint32_t load_shape_count = sizeof load_shapes / sizeof *load_shapes;

const struct load_shape_kind *load_shape_find(const char *name)
{
    for (uint32_t i = 0; i < load_shape_count; i++)
        if (!strcmp(load_shapes[i].name, name))
            return &load_shapes[i];
    return NULL;
}
