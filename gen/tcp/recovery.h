/* SPDX-License-Identifier: BSD-3-Clause */
/* Loss recovery by SACK: what its own files share beyond internal.h. */
#ifndef TCP_RECOVERY_H
#define TCP_RECOVERY_H

#include "tcp/board.h"
#include "tcp/internal.h"

/* loss.c: RFC 8985 6.2, RFC 6675 4 */
/* Holes that count as lost wait to be sent again; the timer runs for those that soon may. */
void loss_detect(struct tcp *t, uint32_t index);
/* What is known of this connection's path: segments overtake each other; a repair was in vain; a
 * recovery came to its end. */
void loss_reordering_seen(struct conn *c);
bool loss_reorders(const struct conn *c);
void loss_repaired_in_vain(struct conn *c);
void loss_recovered(struct conn *c);

/* tlp.c: RFC 8985 7. After an ACK that brought something new, or not; `twice`: it says that something
 * arrived twice. */
void tlp_acked(struct tcp *t, struct conn *c, const struct pkt_tcp *p, bool news, bool twice);

#endif
