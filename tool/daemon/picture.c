// SPDX-License-Identifier: GPL-2.0-or-later
/* What the status page shows. */
#include "picture.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/portsteer.h>

#include "format.h"
#include "output.h"
#include "part.h"

#define HOST_NAME	64

/**
 * struct taking - a picture on its way
 * @trail: the last minutes
 * @list: objects of the kind that is read now
 * @shown: how many of each service's servers are in the list
 * @left_out: how many are not
 * @totals: sums over all, shown or not
 */
struct taking {
	const struct trail *trail;
	json_t *list;
	json_t *shown;
	size_t left_out;
	json_t *totals;
};

static void count(const struct taking *taking, const char *key, json_int_t n)
{
	json_t *total = json_object_get(taking->totals, key);

	json_integer_set(total, json_integer_value(total) + n);
}

/* Puts the list in its place, and how many it lacks; the next may begin. */
static void keep_list(json_t *picture, const char *key, struct taking *taking)
{
	json_object_set_new(picture, key, taking->list);
	json_object_set_new(json_object_get(picture, "left_out"), key,
			    json_integer(taking->left_out));
	taking->list = NULL;
	taking->left_out = 0;
}

/* --- services and servers ------------------------------------------------ */

static void take_service(const struct record *r, void *arg)
{
	struct taking *taking = arg;

	count(taking, "sessions", record_number(r, PSTEER_A_SERVICE_SESSIONS));
	if (json_array_size(taking->list) == PICTURE_SERVICES) {
		taking->left_out++;
		return;
	}
	json_array_append_new(taking->list, output_json(&service_object, r));
	json_object_set_new(taking->shown,
			    record_text(r, PSTEER_A_SERVICE_NAME),
			    json_integer(0));
}

static json_t *server_json(const struct record *r, bool with_history,
			   const struct trail *trail)
{
	json_t *json = output_json(&server_object, r);
	char text[FORMAT_MAX];

	format_endpoint(text, record_address(r, PSTEER_A_SERVER_ADDRESS),
			record_number(r, PSTEER_A_SERVER_PORT));
	json_object_set_new(json, "server", json_string(text));
	if (with_history)
		json_object_set_new(json, "history", trail_json(trail, r));
	return json;
}

static bool is_well(const struct record *server)
{
	return record_number(server, PSTEER_A_SERVER_STATE) ==
		       PSTEER_SERVER_UP &&
	       record_number(server, PSTEER_A_SERVER_HEALTHY);
}

static void take_server(const struct record *r, void *arg)
{
	struct taking *taking = arg;
	json_t *shown = json_object_get(taking->shown,
					record_text(r, PSTEER_A_SERVER_SERVICE));
	json_int_t before = json_integer_value(shown);

	count(taking, "servers", 1);
	count(taking, "servers_well", is_well(r));
	if (!shown || before == PICTURE_SERVERS) {
		taking->left_out++;
		return;
	}
	json_integer_set(shown, before + 1);
	json_array_append_new(taking->list,
			      server_json(r, before < PICTURE_LINES,
					  taking->trail));
}

static void take_services(json_t *picture, struct kernel *kernel,
			  struct taking *taking)
{
	taking->shown = json_object();
	taking->list = json_array();
	kernel_each(kernel, &service_object, take_service, taking);
	keep_list(picture, "services", taking);
	taking->list = json_array();
	kernel_each(kernel, &server_object, take_server, taking);
	keep_list(picture, "servers", taking);
	json_decref(taking->shown);
}

/* --- pools --------------------------------------------------------------- */

static void take_pool(const struct record *r, void *arg)
{
	struct taking *taking = arg;

	count(taking, "clients", record_number(r, PSTEER_A_POOL_CLIENTS));
	count(taking, "vms", record_number(r, PSTEER_A_POOL_VMS));
	count(taking, "blocks", record_number(r, PSTEER_A_POOL_BLOCKS));
	count(taking, "blocks_used",
	      record_number(r, PSTEER_A_POOL_BLOCKS_USED));
	count(taking, "blocks_held",
	      record_number(r, PSTEER_A_POOL_BLOCKS_HELD));
	if (json_array_size(taking->list) == PICTURE_POOLS)
		taking->left_out++;
	else
		json_array_append_new(taking->list,
				      output_json(&pool_object, r));
}

/* Whom a range is for, in a word. */
static const char *holder_of(const struct record *range)
{
	int64_t state = record_number(range, PSTEER_A_RANGE_STATE);
	const char *word;

	if (state != PSTEER_RANGE_ACTIVE)
		word = names_word(range_state_names, state);
	else
		word = names_word(owner_type_names,
				  record_number(range,
						PSTEER_A_RANGE_OWNER_TYPE));
	return word ? word : "";
}

/* Neighbours that look the same are one run. */
static void take_run(const struct record *r, void *arg)
{
	json_int_t first = record_number(r, PSTEER_A_RANGE_FIRST);
	json_int_t last = record_number(r, PSTEER_A_RANGE_LAST);
	const char *holder = holder_of(r);
	json_t *runs = arg;
	json_t *run = json_array_get(runs, json_array_size(runs) - 1);

	if (json_integer_value(json_object_get(run, "last")) + 1 == first &&
	    !strcmp(json_string_value(json_object_get(run, "holder")), holder))
		json_object_set_new(run, "last", json_integer(last));
	else
		json_array_append_new(runs, json_pack("{s:I, s:I, s:s}",
						      "first", first,
						      "last", last,
						      "holder", holder));
}

static json_t *map_of(struct kernel *kernel, const char *pool,
		      const char *text)
{
	struct record filter = { 0 };
	struct refusal refusal;
	struct address address;
	json_t *runs = json_array();

	if (!parse_address(text, &address)) {
		record_set_text(&filter, PSTEER_A_RANGE_POOL, pool);
		record_add_address(&filter, PSTEER_A_RANGE_ADDRESS, &address);
		/* A pool that has gone meanwhile has an empty map. */
		kernel_list(kernel, &range_object, &filter, take_run, runs,
			    &refusal);
		record_clear(&filter);
	}
	return json_pack("{s:s, s:o}", "address", text, "runs", runs);
}

static void take_pools(json_t *picture, struct kernel *kernel,
		       struct taking *taking)
{
	size_t left = PICTURE_ADDRESSES;
	json_t *addresses;
	json_t *address;
	json_t *maps;
	json_t *pool;
	size_t i;
	size_t j;

	taking->list = json_array();
	kernel_each(kernel, &pool_object, take_pool, taking);
	json_array_foreach(taking->list, i, pool) {
		maps = json_array();
		addresses = json_object_get(pool, "addresses");
		json_array_foreach(addresses, j, address) {
			if (!left)
				break;
			left--;
			json_array_append_new(maps, map_of(kernel,
				json_string_value(json_object_get(pool, "name")),
				json_string_value(address)));
		}
		json_object_set_new(pool, "maps", maps);
	}
	keep_list(picture, "pools", taking);
}

/* --- VMs ----------------------------------------------------------------- */

static double occupancy(const json_t *vm)
{
	return json_number_value(json_object_get(vm, "occupancy"));
}

static void take_vm(const struct record *r, void *arg)
{
	struct taking *taking = arg;
	json_t *vm = output_json(&vm_object, r);
	size_t least = 0;
	size_t i;

	count(taking, "sessions", record_number(r, PSTEER_A_VM_SESSIONS));
	if (json_array_size(taking->list) < PICTURE_VMS) {
		json_array_append_new(taking->list, vm);
		return;
	}
	taking->left_out++;
	for (i = 1; i < PICTURE_VMS; i++)
		if (occupancy(json_array_get(taking->list, i)) <
		    occupancy(json_array_get(taking->list, least)))
			least = i;
	if (occupancy(vm) > occupancy(json_array_get(taking->list, least)))
		json_array_set_new(taking->list, least, vm);
	else
		json_decref(vm);
}

static void take_range(const struct record *r, void *arg)
{
	json_t *ranges = arg;
	json_t *range;

	if (json_array_size(ranges) > PICTURE_RANGES)
		return;
	range = output_json(&range_object, r);
	json_array_append_new(ranges, json_pack("{s:O, s:O, s:O, s:O}",
			"address", json_object_get(range, "address"),
			"first", json_object_get(range, "first"),
			"last", json_object_get(range, "last"),
			"state", json_object_get(range, "state")));
	json_decref(range);
}

/* One more than is shown tells that there are more. */
static json_t *ranges_of(struct kernel *kernel, const char *vm)
{
	struct record filter = { 0 };
	struct refusal refusal;
	json_t *ranges = json_array();

	record_set_text(&filter, PSTEER_A_RANGE_OWNER_NAME, vm);
	kernel_list(kernel, &range_object, &filter, take_range, ranges,
		    &refusal);
	record_clear(&filter);
	return ranges;
}

static void take_vms(json_t *picture, struct kernel *kernel,
		     struct taking *taking)
{
	json_t *ranges;
	json_t *vm;
	size_t i;

	taking->list = json_array();
	kernel_each(kernel, &vm_object, take_vm, taking);
	json_array_foreach(taking->list, i, vm) {
		ranges = ranges_of(kernel, json_string_value(
					json_object_get(vm, "name")));
		json_object_set_new(vm, "more_ranges", json_boolean(
				json_array_size(ranges) > PICTURE_RANGES));
		json_array_remove(ranges, PICTURE_RANGES);
		json_object_set_new(vm, "ranges", ranges);
	}
	keep_list(picture, "vms", taking);
}

/* --- the whole ----------------------------------------------------------- */

static void take_part(const struct part *part, const void *state, void *arg)
{
	(void)state;
	json_array_append_new(arg, json_string(part->name));
}

static json_t *begin_picture(const struct kernel *kernel)
{
	char host[HOST_NAME + 1] = "";
	struct timespec now;
	json_t *running = json_array();

	gethostname(host, HOST_NAME);
	clock_gettime(CLOCK_REALTIME, &now);
	parts_visit(take_part, running);
	return json_pack("{s:s, s:s, s:I, s:b, s:i, s:o, s:{}}",
			 "host", host, "version", PORTSTEER_VERSION,
			 "time_ms", (json_int_t)now.tv_sec * 1000 +
				    now.tv_nsec / 1000000,
			 "loaded", kernel_loaded(kernel),
			 "history_seconds", TRAIL_SECONDS,
			 "parts", running, "left_out");
}

static json_t *no_totals(void)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}",
			 "sessions", 0, "servers", 0, "servers_well", 0,
			 "clients", 0, "vms", 0, "blocks", 0,
			 "blocks_used", 0, "blocks_held", 0);
}

/**
 * picture_take() - how everything is now
 */
json_t *picture_take(struct kernel *kernel, const struct trail *trail)
{
	struct taking taking = { .trail = trail, .totals = no_totals() };
	json_t *picture = begin_picture(kernel);

	take_services(picture, kernel, &taking);
	take_pools(picture, kernel, &taking);
	take_vms(picture, kernel, &taking);
	json_object_set_new(picture, "totals", taking.totals);
	return picture;
}
