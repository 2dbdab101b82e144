// SPDX-License-Identifier: GPL-2.0-or-later
/* The status page. */
#include "page.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "chart.h"
#include "html.h"

#define PORTS		65536.0	/* of an address */
#define MS_PER_S	1000

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static double real(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static bool known(const json_t *object, const char *key)
{
	return json_is_number(json_object_get(object, key));
}

static double share(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : 0;
}

/* --- pieces -------------------------------------------------------------- */

/* A bar of the full width, filled so far; further fills go on from there. */
static void begin_bar(FILE *out)
{
	fputs("<svg class=\"bar\" viewBox=\"0 0 100 6\" "
	      "preserveAspectRatio=\"none\" aria-hidden=\"true\">", out);
}

static void fill_bar(FILE *out, const char *class, double from, double percent)
{
	html_print(out, "<rect class=\"%s\" x=\"%.2f\" width=\"%.2f\" "
		   "height=\"6\"/>", class, from, percent);
}

static void end_bar(FILE *out)
{
	fputs("</svg>", out);
}

static void put_bar(FILE *out, const char *class, double percent)
{
	begin_bar(out);
	fill_bar(out, class, 0, percent < 100 ? percent : 100);
	end_bar(out);
}

/* How full something is says by its colour whether one should care. */
static const char *fullness(double percent)
{
	return percent < 80 ? "good" : percent < 95 ? "warn" : "bad";
}

static void put_left_out(FILE *out, const json_t *picture, const char *key,
			 const char *command)
{
	json_int_t n = number(json_object_get(picture, "left_out"), key);

	if (n)
		html_print(out, "<p class=\"more\">%lld more are not shown, "
			   "see <code>%s</code></p>\n", (long long)n, command);
}

/* --- at the top ---------------------------------------------------------- */

static void put_tile(FILE *out, const char *name, const char *about,
		     json_int_t value)
{
	html_print(out, "<div class=\"tile\" title=\"%s\"><b>%lld</b>%s</div>\n",
		   about, (long long)value, name);
}

static void put_tiles(FILE *out, const json_t *totals)
{
	json_int_t servers = number(totals, "servers");
	json_int_t well = number(totals, "servers_well");
	double used = share(number(totals, "blocks_used") +
			    number(totals, "blocks_held"),
			    number(totals, "blocks"));

	fputs("<div class=\"tiles\">\n", out);
	put_tile(out, "live sessions", "flows that are translated now",
		 number(totals, "sessions"));
	html_print(out, "<div class=\"tile%s\" title=\"up and healthy, of all\">"
		   "<b>%lld<small> of %lld</small></b>servers well</div>\n",
		   well < servers ? " warn" : "", (long long)well,
		   (long long)servers);
	put_tile(out, "clients", "addresses that hold a range of ports",
		 number(totals, "clients"));
	put_tile(out, "VMs", "virtual machines that hold ranges of ports",
		 number(totals, "vms"));
	html_print(out, "<div class=\"tile\" title=\"used or held, of all pools\">"
		   "<b>%.0f<small> %%</small></b>of the ports given out</div>\n",
		   used);
	fputs("</div>\n", out);
}

static void put_header(FILE *out, const json_t *picture)
{
	time_t seconds = number(picture, "time_ms") / MS_PER_S;
	char clock[32];
	struct tm local;

	localtime_r(&seconds, &local);
	strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	html_print(out, "<header><h1>portsteer <span>%s</span></h1>"
		   "<p class=\"now\"><span class=\"dot\"></span>as of "
		   "<time>%s</time></p></header>\n", text(picture, "host"),
		   clock);
	if (!json_is_true(json_object_get(picture, "loaded")))
		fputs("<p class=\"alert\">The kernel module is not loaded: "
		      "nothing is steered or translated here.</p>\n", out);
}

/* --- services ------------------------------------------------------------ */

static const char *condition(const json_t *server)
{
	const char *state = text(server, "state");

	if (strcmp(state, "up"))
		return state;
	return json_is_true(json_object_get(server, "healthy")) ? "well" :
								  "unhealthy";
}

static void put_percent(FILE *out, const json_t *object, const char *key,
			const char *class)
{
	double percent = real(object, key);

	if (!known(object, key)) {
		fputs("<td class=\"none\">not reported</td>", out);
		return;
	}
	html_print(out, "<td><span class=\"figure\">%.1f</span>", percent);
	put_bar(out, class ? class : fullness(percent), percent);
	fputs("</td>", out);
}

static void put_age(FILE *out, const json_t *object)
{
	double seconds = real(object, "report_age_ms") / MS_PER_S;

	if (!known(object, "report_age_ms"))
		fputs("<td class=\"none\">never</td>", out);
	else
		html_print(out, "<td class=\"number\">%.1f s ago</td>", seconds);
}

static void put_server(FILE *out, const json_t *server, size_t nr,
		       json_int_t most)
{
	const char *how = condition(server);

	html_print(out, "<tr><th scope=\"row\"><svg class=\"key\" "
		   "viewBox=\"0 0 10 10\" aria-hidden=\"true\"><circle "
		   "class=\"c%d\" cx=\"5\" cy=\"5\" r=\"4\"/></svg>%s</th>"
		   "<td><span class=\"state %s\">%s</span></td>", (int)nr,
		   text(server, "server"), how, how);
	html_print(out, "<td><span class=\"figure\">%lld</span>",
		   (long long)number(server, "sessions"));
	put_bar(out, "plain", share(number(server, "sessions"), most));
	fputs("</td>", out);
	put_percent(out, server, "load", NULL);
	put_percent(out, server, "predicted_load", NULL);
	put_percent(out, server, "capacity_score", "plain");
	html_print(out, "<td class=\"number\">%lld</td>"
		   "<td class=\"number\">%lld</td>",
		   (long long)number(server, "created"),
		   (long long)number(server, "failed"));
	put_age(out, server);
	fputs("</tr>\n", out);
}

static void put_servers(FILE *out, const json_t *servers)
{
	json_int_t most = 1;
	json_t *server;
	size_t i;

	json_array_foreach(servers, i, server)
		if (number(server, "sessions") > most)
			most = number(server, "sessions");
	fputs("<div class=\"wide\"><table><thead><tr><th>server</th>"
	      "<th>state</th>"
	      "<th title=\"live now\">sessions</th>"
	      "<th title=\"as last reported\">load %</th>"
	      "<th title=\"expected one prediction horizon ahead\">"
	      "predicted load %</th>"
	      "<th title=\"0 to 100: what it is expected to have free\">"
	      "capacity score</th>"
	      "<th title=\"sessions since the server was added\">created</th>"
	      "<th title=\"sessions that were never answered\">failed</th>"
	      "<th>last report</th></tr></thead>\n<tbody>", out);
	json_array_foreach(servers, i, server)
		put_server(out, server, i, most);
	fputs("</tbody></table></div>\n", out);
}

static json_t *servers_of(const json_t *picture, const char *service)
{
	json_t *all = json_object_get(picture, "servers");
	json_t *list = json_array();
	json_t *server;
	size_t i;

	json_array_foreach(all, i, server)
		if (!strcmp(text(server, "service"), service))
			json_array_append(list, server);
	return list;
}

static void put_charts(FILE *out, const json_t *picture, const json_t *servers)
{
	const double seconds = real(picture, "history_seconds");
	const struct chart charts[] = {
		{ "Capacity score", "capacity_score", 100, seconds },
		{ "Sessions", "sessions", 0, seconds },
	};
	size_t i;

	fputs("<div class=\"charts\">\n", out);
	for (i = 0; i < sizeof(charts) / sizeof(charts[0]); i++)
		chart_write(out, &charts[i], servers);
	fputs("</div>\n", out);
}

static void put_service(FILE *out, const json_t *picture,
			const json_t *service)
{
	json_t *servers = servers_of(picture, text(service, "name"));

	html_print(out, "<article><h3>%s <small>%s port %lld, %s &middot; "
		   "%lld sessions &middot; chosen by %s</small></h3>\n",
		   text(service, "name"), text(service, "address"),
		   (long long)number(service, "port"), text(service, "proto"),
		   (long long)number(service, "sessions"),
		   text(service, "select"));
	if (json_array_size(servers)) {
		put_charts(out, picture, servers);
		put_servers(out, servers);
	} else {
		fputs("<p class=\"none\">This service has no server.</p>\n",
		      out);
	}
	fputs("</article>\n", out);
	json_decref(servers);
}

static void put_services(FILE *out, const json_t *picture)
{
	const json_t *services = json_object_get(picture, "services");
	json_t *service;
	size_t i;

	if (!json_array_size(services))
		return;
	fputs("<section><h2>Services</h2><p class=\"about\">Each client's "
	      "session goes to one of a service's servers, by their load, what "
	      "they are expected to have free, and free ports.</p>\n", out);
	json_array_foreach(services, i, service)
		put_service(out, picture, service);
	put_left_out(out, picture, "services", "portsteer service show");
	put_left_out(out, picture, "servers", "portsteer server show");
	fputs("</section>\n", out);
}

/* --- pools --------------------------------------------------------------- */

/* All ports of an address from left to right, and who has them. */
static void put_map(FILE *out, const json_t *map)
{
	const json_t *runs = json_object_get(map, "runs");
	json_t *run;
	size_t i;

	html_print(out, "<div class=\"map\"><code>%s</code>"
		   "<svg class=\"strip\" viewBox=\"0 0 100 6\" "
		   "preserveAspectRatio=\"none\" role=\"img\" "
		   "aria-label=\"ports of %s\">", text(map, "address"),
		   text(map, "address"));
	json_array_foreach(runs, i, run)
		fill_bar(out, text(run, "holder"),
			 share(number(run, "first"), PORTS),
			 share(number(run, "last") + 1 - number(run, "first"),
			       PORTS));
	fputs("</svg></div>\n", out);
}

static void put_pool(FILE *out, const json_t *pool)
{
	const json_t *maps = json_object_get(pool, "maps");
	double blocks = number(pool, "blocks");
	double used = share(number(pool, "blocks_used"), blocks);
	double held = share(number(pool, "blocks_held"), blocks);
	json_t *map;
	size_t i;

	html_print(out, "<article><h3>%s <small>%lld blocks of %lld ports "
		   "&middot; %lld clients &middot; %lld VMs</small></h3>\n",
		   text(pool, "name"), (long long)number(pool, "blocks"),
		   (long long)number(pool, "block"),
		   (long long)number(pool, "clients"),
		   (long long)number(pool, "vms"));
	html_print(out, "<p class=\"split\"><span>%.1f %% in use</span>"
		   "<span>%.1f %% held</span><span>%.1f %% free</span></p>",
		   used, held, share(number(pool, "blocks_free"), blocks));
	begin_bar(out);
	fill_bar(out, fullness(used + held), 0, used);
	fill_bar(out, "held", used, held);
	end_bar(out);
	json_array_foreach(maps, i, map)
		put_map(out, map);
	fputs("</article>\n", out);
}

static void put_legend(FILE *out)
{
	static const struct {
		const char *holder;
		const char *about;
	} rows[] = {
		{ "client", "a client's" }, { "vm", "a VM's" },
		{ "probation", "shared by clients not yet proven" },
		{ "draining", "draining: no new sessions" },
		{ "held", "held: empty, waiting before another gets it" },
	};
	size_t i;

	fputs("<p class=\"legend\">", out);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		html_print(out, "<span><svg class=\"key\" viewBox=\"0 0 10 10\" "
			   "aria-hidden=\"true\"><rect class=\"%s\" width=\"10\" "
			   "height=\"10\"/></svg>%s</span>", rows[i].holder,
			   rows[i].about);
	fputs("</p>\n", out);
}

static void put_pools(FILE *out, const json_t *picture)
{
	const json_t *pools = json_object_get(picture, "pools");
	json_t *pool;
	size_t i;

	if (!json_array_size(pools))
		return;
	fputs("<section><h2>Pools</h2><p class=\"about\">Addresses that the "
	      "outside sees, and the ranges of ports on them that clients and "
	      "VMs hold. A strip is all 65,536 ports of an address, from left "
	      "to right.</p>\n", out);
	put_legend(out);
	json_array_foreach(pools, i, pool)
		put_pool(out, pool);
	put_left_out(out, picture, "pools", "portsteer pool show");
	fputs("</section>\n", out);
}

/* --- VMs ----------------------------------------------------------------- */

static void put_ranges(FILE *out, const json_t *vm)
{
	const json_t *ranges = json_object_get(vm, "ranges");
	const char *before = "";
	const char *address = "";
	json_t *range;
	size_t i;

	fputs("<td class=\"ranges\">", out);
	json_array_foreach(ranges, i, range) {
		if (strcmp(address, text(range, "address"))) {
			address = text(range, "address");
			html_print(out, "%s%s ", before, address);
			before = "";
		}
		html_print(out, "%s<span class=\"%s\">%lld&ndash;%lld</span>",
			   before, text(range, "state"),
			   (long long)number(range, "first"),
			   (long long)number(range, "last"));
		before = ", ";
	}
	if (json_is_true(json_object_get(vm, "more_ranges")))
		fputs(" &hellip;", out);
	fputs("</td>", out);
}

static void put_vm(FILE *out, const json_t *vm)
{
	html_print(out, "<tr><th scope=\"row\">%s</th><td><code>%s</code></td>",
		   text(vm, "name"), text(vm, "address"));
	put_percent(out, vm, "occupancy", NULL);
	html_print(out, "<td class=\"number\">%lld</td>"
		   "<td class=\"number\">%lld</td>"
		   "<td class=\"number\">%lld</td>",
		   (long long)number(vm, "ports_in_use"),
		   (long long)number(vm, "ports_held"),
		   (long long)number(vm, "sessions"));
	put_age(out, vm);
	put_ranges(out, vm);
	fputs("</tr>\n", out);
}

static void put_vms(FILE *out, const json_t *picture)
{
	const json_t *vms = json_object_get(picture, "vms");
	json_t *vm;
	size_t i;

	if (!json_array_size(vms))
		return;
	fputs("<section><h2>VMs</h2><p class=\"about\">Each virtual machine "
	      "reaches the outside by ports of its own, as many as it needs."
	      "</p>\n<article><div class=\"wide\"><table><thead><tr><th>VM</th>"
	      "<th>address</th>"
	      "<th title=\"of its ports, by the protocol that uses most\">"
	      "occupancy %</th><th>ports in use</th><th>ports held</th>"
	      "<th>sessions</th><th>last report</th><th>ranges</th></tr></thead>"
	      "\n<tbody>", out);
	json_array_foreach(vms, i, vm)
		put_vm(out, vm);
	fputs("</tbody></table></div>\n", out);
	put_left_out(out, picture, "vms", "portsteer vm show");
	fputs("</article></section>\n", out);
}

/* --- the page ------------------------------------------------------------ */

static void put_head(FILE *out, const json_t *picture)
{
	html_print(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		   "<meta charset=\"utf-8\">\n<title>portsteer %s</title>\n"
		   "<meta name=\"viewport\" content=\"width=device-width\">\n"
		   "<meta name=\"color-scheme\" content=\"light dark\">\n"
		   "<noscript><meta http-equiv=\"refresh\" content=\"5\">"
		   "</noscript>\n"
		   "<link rel=\"icon\" href=\"/icon.svg\">\n"
		   "<link rel=\"stylesheet\" href=\"/page.css\">\n"
		   "<script src=\"/page.js\" defer></script>\n"
		   "</head>\n", text(picture, "host"));
}

static void put_footer(FILE *out, const json_t *picture)
{
	const json_t *parts = json_object_get(picture, "parts");
	json_t *part;
	size_t i;

	html_print(out, "<footer>portsteerd %s, running:",
		   text(picture, "version"));
	json_array_foreach(parts, i, part)
		html_print(out, " %s", json_string_value(part));
	fputs(" &middot; the same as <a href=\"/status.json\">JSON</a>, and as "
	      "<a href=\"/metrics\">metrics</a> for Prometheus</footer>\n", out);
}

/**
 * page_write() - the whole page
 */
void page_write(FILE *out, const json_t *picture)
{
	put_head(out, picture);
	fputs("<body>\n<main>\n", out);
	put_header(out, picture);
	put_tiles(out, json_object_get(picture, "totals"));
	put_services(out, picture);
	put_pools(out, picture);
	put_vms(out, picture);
	put_footer(out, picture);
	fputs("</main>\n</body>\n</html>\n", out);
}
