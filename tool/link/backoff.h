/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_BACKOFF_H
#define PORTSTEER_BACKOFF_H

/**
 * struct backoff - how long to wait before the next try
 * @least_ms: after the first failure
 * @most_ms: at most
 * @next_ms: before it is spread by chance, so that many do not come at once
 */
struct backoff {
	unsigned int least_ms;
	unsigned int most_ms;
	unsigned int next_ms;
};

unsigned int backoff_failed(struct backoff *b);	/* ms to wait */
void backoff_succeeded(struct backoff *b);

#endif
