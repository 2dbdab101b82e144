/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys, values and transactions as etcd's gateway wants them: bytes are base64,
 * large numbers are text.
 */
#ifndef PORTSTEER_ETCD_KEY_H
#define PORTSTEER_ETCD_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

json_t *etcd_bytes(const char *text);
char *etcd_text(const json_t *bytes);		/* to be freed; NULL: none */
int64_t etcd_number(const json_t *number);	/* absent: 0 */

/* {"key": ..., "range_end": ...}: all keys that begin with @prefix */
json_t *etcd_range_of(const char *prefix);

/* A transaction, of conditions and what is done if they all hold. */
json_t *etcd_txn(void);
/* The key was created by this revision; 0: it is not there. */
void etcd_txn_if_created(json_t *txn, const char *key, int64_t revision);
/* It was last changed by this one. */
void etcd_txn_if_changed(json_t *txn, const char *key, int64_t revision);
/* Takes @value. @lease 0: for good. */
void etcd_txn_put(json_t *txn, const char *key, json_t *value, int64_t lease);
/* If it is as it was at @revision: what changes nothing is never heard of. */
void etcd_txn_delete(json_t *txn, const char *key, int64_t revision);

/* Did the conditions hold? */
bool etcd_txn_done(const json_t *answer);
/* The revision of the whole etcd at the time of an answer. */
int64_t etcd_revision(const json_t *answer);

#endif
