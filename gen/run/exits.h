/* SPDX-License-Identifier: BSD-3-Clause */
/* The exit code of several runs is that of the worst of them. */
#ifndef RUN_EXITS_H
#define RUN_EXITS_H

/* From best to worst: well, not measured, a rule failed, invalid, the run failed, the environment
 * cannot do it, usage: what says less about the system under test is worse, so that a failed rule is
 * not covered by a run that measured too little. */
int exit_worse(int a, int b);

#endif
