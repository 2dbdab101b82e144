// SPDX-License-Identifier: GPL-2.0-or-later
/* Being there: a key that goes with our lease, and so with us. */
#include "presence.h"

#include "etcd_key.h"
#include "log.h"

/* Of two with one name the later one is heard, and the other says so. */
static bool is_taken(struct presence *p, const struct entry *entry,
		     int64_t lease)
{
	if (!entry || entry->lease == lease || p->had != lease) {
		p->yielded = false;
		return false;
	}
	if (!p->yielded)
		log_error("another daemon says that it is %s of %s: this one waits till that is gone",
			  p->name, p->kind);
	p->yielded = true;
	return true;
}

/**
 * presence_tend() - see to it that the key is there, and ours
 */
bool presence_tend(struct presence *p, struct cluster *c, json_t *value)
{
	const struct entry *entry;
	int64_t lease = cluster_lease(c);
	struct key_text key;
	bool ours;
	json_t *txn;

	entry = cluster_find(cluster_keys(c), "%s/%s", p->kind, p->name);
	ours = entry && entry->lease == lease;
	if (ours)
		p->had = lease;
	if (is_taken(p, entry, lease) ||
	    (ours && json_equal(entry->value, value))) {
		json_decref(value);
		return ours;
	}
	key = cluster_key(c, "%s/%s", p->kind, p->name);
	txn = etcd_txn();
	etcd_txn_if_changed(txn, key.text, entry ? entry->changed : 0);
	etcd_txn_put(txn, key.text, value, lease);
	cluster_submit(c, txn);
	return ours;
}
