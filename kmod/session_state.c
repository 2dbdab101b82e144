// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a packet does to its session's progress, and the state and timeout that
 * follow. Pure.
 *
 * The gateway does not follow sequence numbers: ends do, and answer what is out
 * of window themselves. So nothing here ends a session at once; it only
 * shortens how long silence is borne.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "packet.h"
#include "session_state.h"

#define FINS	(PSTEER_PROGRESS_FIN_ORIGINAL | PSTEER_PROGRESS_FIN_REPLY)

/**
 * psteer_session_over() - have both ends, or a reset, closed a session
 * @progress: PSTEER_PROGRESS_* so far
 *
 * Return: true if it only waits for its port to be safe to use again.
 */
bool psteer_session_over(unsigned long progress)
{
	return (progress & PSTEER_PROGRESS_RESET) || (progress & FINS) == FINS;
}

/**
 * psteer_session_reopens() - does a packet begin an ended session anew
 * @progress: PSTEER_PROGRESS_* so far
 * @dir: which way the packet goes
 * @tcp: its PSTEER_TCP_* flags
 *
 * Return: true for a client's SYN on a session that both ends, or a reset,
 * have closed.
 */
bool psteer_session_reopens(unsigned long progress, enum psteer_dir dir, u8 tcp)
{
	return dir == PSTEER_DIR_ORIGINAL && (tcp & PSTEER_TCP_SYN) &&
	       !(tcp & (PSTEER_TCP_ACK | PSTEER_TCP_RST)) &&
	       psteer_session_over(progress);
}

/**
 * psteer_session_step_tcp() - progress after a packet of TCP
 * @progress: PSTEER_PROGRESS_* before it
 * @dir: which way the packet goes
 * @tcp: its PSTEER_TCP_* flags
 *
 * Return: PSTEER_PROGRESS_* after it.
 */
unsigned long psteer_session_step_tcp(unsigned long progress,
				      enum psteer_dir dir, u8 tcp)
{
	bool original = dir == PSTEER_DIR_ORIGINAL;

	if (tcp & PSTEER_TCP_RST)
		return progress | PSTEER_PROGRESS_RESET;
	if (psteer_session_reopens(progress, dir, tcp))
		return PSTEER_PROGRESS_SYN;

	/* Something is still being said: that reset was not believed. */
	progress &= ~PSTEER_PROGRESS_RESET;
	if (tcp & PSTEER_TCP_SYN)
		progress |= original ? PSTEER_PROGRESS_SYN :
				       PSTEER_PROGRESS_ANSWERED;
	else if (original && (tcp & PSTEER_TCP_ACK) &&
		 (progress & PSTEER_PROGRESS_ANSWERED))
		progress |= PSTEER_PROGRESS_COMPLETED;
	if (tcp & PSTEER_TCP_FIN)
		progress |= original ? PSTEER_PROGRESS_FIN_ORIGINAL :
				       PSTEER_PROGRESS_FIN_REPLY;
	return progress;
}

/**
 * psteer_session_state() - the state that progress amounts to
 * @progress: PSTEER_PROGRESS_*
 * @proto: protocol of the session
 *
 * Return: the state.
 */
enum psteer_session_state psteer_session_state(unsigned long progress, u8 proto)
{
	if (proto != IPPROTO_TCP)
		return progress & PSTEER_PROGRESS_COMPLETED ?
		       PSTEER_SESSION_ESTABLISHED : PSTEER_SESSION_UNREPLIED;
	if ((progress & FINS) == FINS)
		return PSTEER_SESSION_TIME_WAIT;
	if (progress & (FINS | PSTEER_PROGRESS_RESET))
		return PSTEER_SESSION_CLOSING;
	return progress & PSTEER_PROGRESS_COMPLETED ?
	       PSTEER_SESSION_ESTABLISHED : PSTEER_SESSION_OPENING;
}

/**
 * psteer_session_timeout() - how much silence ends the session
 * @timeouts: by enum psteer_session_state and PSTEER_TIMEOUT_*, in jiffies
 * @progress: PSTEER_PROGRESS_*
 * @proto: protocol of the session
 *
 * Return: jiffies.
 */
u32 psteer_session_timeout(const u32 *timeouts, unsigned long progress,
			   u8 proto)
{
	if (proto == IPPROTO_UDP)
		return timeouts[PSTEER_SESSION_UNREPLIED];
	if (proto != IPPROTO_TCP)
		return timeouts[PSTEER_TIMEOUT_ICMP];
	if ((progress & PSTEER_PROGRESS_RESET) &&
	    !(progress & PSTEER_PROGRESS_ANSWERED))
		return timeouts[PSTEER_TIMEOUT_REFUSED];
	return timeouts[psteer_session_state(progress, proto)];
}

/**
 * psteer_session_slack() - how much longer than its timeout a session may stay
 * @progress: PSTEER_PROGRESS_*
 * @timeout: its timeout, in jiffies
 *
 * What has not been completed goes on time: many of them may be an attack.
 *
 * Return: jiffies, an eighth of @timeout or a second at most.
 */
u32 psteer_session_slack(unsigned long progress, u32 timeout)
{
	if (!(progress & PSTEER_PROGRESS_COMPLETED))
		return 0;
	return min_t(u32, timeout / 8, HZ);
}
