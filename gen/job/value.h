/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kinds of values: how a text becomes a field of struct job, how the field becomes text again
 * (exactly: parsing it gives the same field), and what to tell who wrote something else.
 */
#ifndef JOB_VALUE_H
#define JOB_VALUE_H

#include <stdio.h>

#include "base/addr.h"
#include "job/options.h"

struct value_kind {
    /* Writes the field; 0, or negative when the text is not what `expect` says (the field is then
     * undefined). `owner` is the struct job or struct job_phase. */
    int (*parse)(const struct option *o, const char *text, void *owner);
    void (*format)(const struct option *o, const void *owner, FILE *out);
    void (*expect)(const struct option *o, FILE *out); /* "a whole number from 1 to 9" */
};

extern const struct value_kind kind_count; /* whole number; field of 1, 2, 4 or 8 bytes */
extern const struct value_kind kind_ring;  /* 0 or a power of two; uint32_t */
extern const struct value_kind kind_bytes; /* with units; 4 or 8 bytes */
extern const struct value_kind kind_sizes; /* one, a range, a class, a list; struct job_sizes; min 0: 0 is none */
extern const struct value_kind kind_mix;   /* of operations, with weights; struct job_mix */
extern const struct value_kind kind_time;  /* with units; uint64_t ns */
extern const struct value_kind kind_rate;  /* a second; double; 0 is allowed */
extern const struct value_kind kind_load;  /* "max" or a rate; rate_max and rate_per_s of a phase */
extern const struct value_kind kind_share; /* all, none, or a number between; double, 0 to 1 */
extern const struct value_kind kind_margins; /* list of METRIC:PERCENT%; char array */
extern const struct value_kind kind_factor; /* a number within min and max millionths; double */
extern const struct value_kind kind_list;  /* rising numbers within min and max millionths; struct job_list */
extern const struct value_kind kind_counts; /* the same, whole ones */
extern const struct value_kind kind_percent; /* a number with %, min to max; double */
extern const struct value_kind kind_enter;  /* steady, connections>=N or N%; struct job_enter */
extern const struct value_kind kind_flag;  /* yes or no; bool */
extern const struct value_kind kind_choice;  /* one of `choices`; its value in 1 or 4 bytes */
extern const struct value_kind kind_word;    /* one of `choices`; its name in a char array */
extern const struct value_kind kind_name;    /* a word that others know the list of; char array */
extern const struct value_kind kind_text;    /* printable text in a char array */
extern const struct value_kind kind_hash;    /* 16 digits of hex or nothing; char array */
extern const struct value_kind kind_cpus;    /* "0,2,3"; char array */
extern const struct value_kind kind_wire;    /* NAME or NAME:DEVICE; char array */
extern const struct value_kind kind_peer;    /* respond, none, exec:COMMAND; peer and peer_exec */
extern const struct value_kind kind_address; /* one address or nothing; struct ip_addr */
extern const struct value_kind kind_sources; /* list of blocks; sources of a job */
extern const struct value_kind kind_targets; /* list of ADDR[/BITS]:PORT[-PORT]; targets of a job */
extern const struct value_kind kind_listener; /* ADDR:PORT, PORT or nothing; struct endpoint */
extern const struct value_kind kind_ports;   /* list of LOW-HIGH; ports of a job */

/* The address of the field in its owner. */
static inline void *option_field(const struct option *o, void *owner)
{
    return (char *)owner + o->offset;
}

static inline const void *option_field_const(const struct option *o, const void *owner)
{
    return (const char *)owner + o->offset;
}

/* For the kinds kept in other files. */
int text_store(const struct option *o, const char *text, void *owner);
void text_format(const struct option *o, const void *owner, FILE *out);
void bytes_print(uint64_t bytes, FILE *out); /* in the largest unit that divides them */
void address_print(struct ip_addr addr, FILE *out);
int port_read(const char **text, uint16_t *port); /* moves *text behind it; 0 or -EINVAL */
void choices_print(const struct choice *choices, FILE *out);

#endif
