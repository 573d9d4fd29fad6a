/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers with units, as people write them in job files and read them in tables.
 * Parsers take the whole string (no trailing bytes), return 0, or -EINVAL (not such a number) or
 * -ERANGE (does not fit). Spaces around the number and before the unit are accepted.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_US 1000ull
#define NS_PER_MS 1000000ull
#define NS_PER_S  1000000000ull

int units_parse_count(const char *text, uint64_t *out);   /* 20000, 20,000, 10k, 1M, 2G (decimal) */
int units_parse_bytes(const char *text, uint64_t *out);   /* 64, 64B, 64KiB, 1MiB, 2GiB; k/M alone are refused */
int units_parse_ns(const char *text, uint64_t *out);      /* 10s, 5ms, 40us, 7ns, 2min, 1.5s; a bare number: seconds */
int units_parse_rate(const char *text, double *per_s);    /* 60000, 60k, 60000/s, 1.5M/s, 600/min */
int units_parse_ratio(const char *text, double *out);     /* 5%, 0.05 -> 0.05 */
int units_parse_bit_rate(const char *text, uint64_t *bit_per_s); /* 1gbit, 2.5Gbit/s, 100Mbit, 9600bit */

/* Formatters write a NUL-terminated text of at most `size` bytes and return `buf`. */
char *units_format_ns(char *buf, size_t size, uint64_t ns);        /* 842 ns, 12.3 us, 1.20 ms, 3.40 s */
char *units_format_bytes(char *buf, size_t size, uint64_t bytes);  /* 640 B, 1.5 KiB, 12 MiB */
char *units_format_count(char *buf, size_t size, uint64_t count);  /* 1,234,567 */

#endif
