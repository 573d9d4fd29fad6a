/* SPDX-License-Identifier: BSD-3-Clause */
/* The closed loop: replies, not a schedule, say when the next transaction starts. */
#include "load/shapes.h"

const struct load_shape max_shape = {.closed_loop = true};
