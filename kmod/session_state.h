/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_SESSION_STATE_H
#define PSTEER_SESSION_STATE_H

#include <linux/bits.h>
#include <linux/types.h>

#include <linux/portsteer.h>

#include "key.h"

/* How far a session has come; its state follows from these. */
#define PSTEER_PROGRESS_SYN		BIT(0)	/* TCP: client's SYN */
#define PSTEER_PROGRESS_ANSWERED	BIT(1)	/* server has answered */
#define PSTEER_PROGRESS_COMPLETED	BIT(2)	/* ... and the client heard it */
#define PSTEER_PROGRESS_FIN_ORIGINAL	BIT(3)
#define PSTEER_PROGRESS_FIN_REPLY	BIT(4)
#define PSTEER_PROGRESS_RESET		BIT(5)
#define PSTEER_PROGRESS_ALL		GENMASK(5, 0)

/* Timeouts are by state, and of these. */
#define PSTEER_TIMEOUT_REFUSED	(PSTEER_SESSION_STATE_MAX + 1)
#define PSTEER_TIMEOUT_ICMP	(PSTEER_SESSION_STATE_MAX + 2)
#define PSTEER_TIMEOUTS		(PSTEER_SESSION_STATE_MAX + 3)

unsigned long psteer_session_step_tcp(unsigned long progress,
				      enum psteer_dir dir, u8 tcp);
bool psteer_session_over(unsigned long progress);
bool psteer_session_reopens(unsigned long progress, enum psteer_dir dir,
			    u8 tcp);
enum psteer_session_state psteer_session_state(unsigned long progress,
					       u8 proto);
u32 psteer_session_timeout(const u32 *timeouts, unsigned long progress,
			   u8 proto);
u32 psteer_session_slack(unsigned long progress, u32 timeout);

/* Progress after a packet; @tcp: its PSTEER_TCP_* flags. */
static inline unsigned long psteer_session_step(unsigned long progress,
						u8 proto, enum psteer_dir dir,
						u8 tcp)
{
	if (proto == IPPROTO_TCP)
		return psteer_session_step_tcp(progress, dir, tcp);
	if (dir == PSTEER_DIR_REPLY)
		progress |= PSTEER_PROGRESS_ANSWERED |
			    PSTEER_PROGRESS_COMPLETED;
	return progress;
}

#endif
