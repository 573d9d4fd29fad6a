/* SPDX-License-Identifier: BSD-3-Clause */
/* The cells that check_table.c runs, once each; snapshot.txt holds what they gave. */
#ifndef TESTS_SIM_SNAPSHOT_H
#define TESTS_SIM_SNAPSHOT_H

#include <stdint.h>


/* By the order of cells.c: 40 a buffer (1 MiB from 40 on), 20 a share of reordering, 5 a round trip. */
static const uint32_t snapshot_cells[] = {
    6, 8, 12, 18, 24, 33, 40, 42, 44, 45, 48, 50, 51, 52, 53, 55, 57, 60, 66, 67, 71, 73, 77, 90, 92, 95, 112,
};
static const uint32_t snapshot_cell_count = sizeof snapshot_cells / sizeof *snapshot_cells;

#endif
