/* SPDX-License-Identifier: BSD-3-Clause */
/* A setting of the kernel's that is a file (procfs, sysfs). */
#ifndef WIRE_SETTING_H
#define WIRE_SETTING_H

/* `path` from the folder `dir`, or an absolute one. 0 or -errno; -ENOENT: this kernel has no such. */
int setting_write(int dir, const char *path, const char *value);

#endif
