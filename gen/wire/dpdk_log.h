/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef WIRE_DPDK_LOG_H
#define WIRE_DPDK_LOG_H

#include <stdio.h>

/* Makes the file, once, that EAL and drivers write into from now on; it lives as long as EAL does, which is
 * as long as the process. 0 or -errno. */
int dpdk_log_open(FILE **out);

#endif
