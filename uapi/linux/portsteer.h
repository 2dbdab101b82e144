/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * portsteer: the generic netlink contract between the module and its tools.
 *
 * Its version is that of the family (CTRL_ATTR_VERSION). It rises when a program
 * of before would be misled or refused; what is new without that, commands and
 * attributes at the ends of their lists, leaves it as it is. MODULE_GET is the
 * same in every version.
 *
 * Every command and every attribute needs CAP_NET_ADMIN in the user namespace
 * that owns the network namespace, unless said otherwise. A request carries the attributes of one
 * set, and the reply (or each message of a dump) carries the same set. In the
 * trees below "*" marks what a request must carry, "=" what is only reported.
 *
 * Units: a share is in 1/10000 (PSTEER_SCALE is 100 %), a time in
 * milliseconds, a weight in 1/10000 of one. An address is 4 bytes (IPv4) or
 * 16 bytes (IPv6) in network order; ports are in host order.
 *
 * POOL_NEW, POOL_DEL, POOL_GET (do, dump)            enum psteer_pool_attr
 *   NAME*                     DEL and GET take only the name
 *   ADDRESS* (repeated)       all of one family
 *   PORT_FIRST, PORT_LAST     default 1024, 65535
 *   BLOCK_SIZE                power of two, default 64
 *   HOLD_TIME                 default 120000
 *   BY_GRANTS                 give out only what grants have of it
 *   FORCE                     accept ports on which the gateway itself listens;
 *                             reported if it was given
 *   = WARNING (repeated)      reply to POOL_NEW: accepted, but take care
 *   = BLOCKS, BLOCKS_FREE, BLOCKS_HELD, BLOCKS_USED, LARGEST_FREE, CLIENTS,
 *     VMS, SESSIONS, WITHDRAWN (repeated)
 *
 * POOL_SET                                           enum psteer_pool_attr
 *   NAME*, ADDRESS*, STATE*   one address of the pool, and whether its ports are
 *                             given out
 *
 * SERVICE_NEW, SERVICE_SET, SERVICE_DEL, SERVICE_GET  enum psteer_service_attr
 *   NAME*                     DEL and GET take only the name
 *   ADDRESS*, PROTO*, PORT*, POOL*     fixed once given
 *   WEIGHT_LOAD, WEIGHT_CAPACITY, WEIGHT_PORTS    all three or none
 *   SELECT                    enum psteer_select_mode
 *   WEIGHT_ZONE               default: the config's of today
 *   INHERIT                   SET: drop own weights and mode, follow config
 *   NEEDS                     tags that a server must have (empty: none)
 *   EMPHASIS                  enum psteer_emphasis, default none
 *   = SERVERS, SESSIONS, CREATED
 *
 * SERVER_NEW, SERVER_SET, SERVER_DEL, SERVER_GET,
 * SERVER_REPORT                                       enum psteer_server_attr
 *   SERVICE*, ADDRESS*, PORT*
 *   NEW, SET: MAX_SESSIONS (0 no limit), ZONE, TAGS (empty: none), STATE
 *   REPORT:   SEQUENCE, LOAD, CPU, MEMORY, NETWORK, LATENCY, ERRORS, APP,
 *             CAPACITY
 *   GET, dump: SERVICE filters
 *   = everything else
 *
 * VM_NEW, VM_SET, VM_DEL, VM_GET, VM_REPORT          enum psteer_vm_attr
 *   NAME*                     DEL and GET take only the name
 *   ADDRESS*, PREFIX_LENGTH, POOL*     fixed once given; default length: of one
 *                             address
 *   PORTS                     default PORTS_MIN; what the policy goes on from
 *   PORTS_MIN, PORTS_MAX      default one block, 65535
 *   POLICY, FILTERING, MAX_SESSIONS
 *   REPORT:   PPS, BANDWIDTH, CONNECTIONS
 *   = everything else
 *
 * MAPPING_NEW, MAPPING_DEL, MAPPING_GET (dump)       enum psteer_mapping_attr
 *   VM*, PROTO*, PORT*        DEL takes these and ADDRESS
 *   ADDRESS                   of the VM; required if it has many
 *   POOL_ADDRESS, ASSIGNED_PORT   default: chosen as for any mapping
 *   dump: VM, PROTO filter
 *   = SESSIONS, FIXED (made by MAPPING_NEW)
 *
 * EXEMPT_NEW, EXEMPT_DEL, EXEMPT_GET (dump)          enum psteer_exempt_attr
 *   ADDRESS*, PREFIX_LENGTH   where VMs' packets go untranslated
 *
 * ZONE_NEW, ZONE_DEL, ZONE_GET (dump), ZONE_FLUSH     enum psteer_zone_attr
 *   ADDRESS*, PREFIX_LENGTH   of clients; DEL takes only these
 *   NAME*                     of the zone they are in
 *   FLUSH: NAME (or those of all zones)
 *   = reply to ZONE_FLUSH: COUNT
 *
 * DISTANCE_SET, DISTANCE_DEL, DISTANCE_GET (do, dump) enum psteer_distance_attr
 *   FROM*, TO*                unlike zones; the order is the same
 *   SHARE*                    SET only; DEL: as of zones of which nothing is said
 *
 * GRANT_NEW, GRANT_SET, GRANT_DEL, GRANT_GET (dump)  enum psteer_grant_attr
 *   ADDRESS*, PORT_FIRST*, PORT_LAST*    whole runs of 64 ports; NEW may say SIZE
 *                             instead of the ports: the first that nobody has
 *   HOST, DEV                 on the edge: to whom, and by which device
 *   POOL                      on a host: to which pool by grants
 *   STATE                     default active; DEL only if nothing of it is in use
 *   FORCE                     DEL on a host: end the sessions that use it
 *   EPOCH                     of the manager; one that is older is refused
 *   = EPOCH, IN_USE, PACKETS, BYTES
 *
 * CONFIG_SET, CONFIG_GET (do)                         enum psteer_config_attr
 *   any attribute; what is absent keeps its value
 *
 * CLIENT_GET (dump)                                   enum psteer_client_attr
 *   filter: ADDRESS, POOL
 *
 * RANGE_NEW                                          enum psteer_range_attr
 *   POOL*, ADDRESS*, FIRST*, LAST*, OWNER_TYPE*      whole blocks, to go on with
 *   OWNER (a client), OWNER_NAME (a VM)              what was elsewhere
 *
 * SESSION_NEW                                        enum psteer_session_attr
 *   SERVICE or VM, PROTO*, CLIENT*, CLIENT_PORT*, POOL_ADDRESS*, ASSIGNED_PORT*,
 *   SERVER*, SERVER_PORT*, STATE*, EXPIRES*, INBOUND, WHOSE
 *                             one that is there is taken to where it is told to be
 *
 * SESSION_SET                                        enum psteer_session_attr
 *   WHOSE*                    OWN or UNSURE: what all of the peer's are from now on
 *   = COUNT
 *
 * RANGE_GET (dump), RANGE_NTF                         enum psteer_range_attr
 *   filter: POOL, ADDRESS, PORT (the range that holds it), OWNER, OWNER_NAME
 *
 * SESSION_GET (dump), SESSION_FLUSH, SESSION_NTF      enum psteer_session_attr
 *   filter: SERVICE, VM, PROTO, CLIENT, CLIENT_PORT, POOL_ADDRESS, ASSIGNED_PORT,
 *           SERVER, SERVER_PORT, STATE, WHOSE
 *   = the rest; reply to SESSION_FLUSH: COUNT
 *
 * STATS_GET (dump)                                    enum psteer_stats_attr
 *   one message a counter
 *
 * EXPLAIN_GET (dump)                                  enum psteer_explain_attr
 *   SERVICE*, CLIENT*         one message a candidate server
 *
 * MODEL_NEW, MODEL_DEL, MODEL_GET (do, dump)          enum psteer_model_attr
 *   SERVICE                   whose servers it is for; absent: of all services
 *                             without one of their own. DEL and GET take only it
 *   NAME*, HORIZON*, STEP*    NEW takes the place of the one that is there
 *   INTERCEPT                 default 0
 *   LOAD, CPU, MEMORY, NETWORK, LATENCY, ERRORS, APP, SESSIONS, ARRIVALS
 *                             at least one
 *   = USED
 *   = WARNING                 reply to MODEL_NEW: accepted, but take care
 *
 * MODULE_GET (do)                                    enum psteer_module_attr
 *   = VERSION                 for everybody
 *
 * NETNS_GET (do)                                     enum psteer_module_attr
 *   = NETNS (repeated)        those that have, or had, anything of this; needs
 *                             CAP_NET_ADMIN in the first user namespace
 */
#ifndef _UAPI_LINUX_PORTSTEER_H
#define _UAPI_LINUX_PORTSTEER_H

#include <linux/types.h>

#define PSTEER_GENL_NAME	"portsteer"
#define PSTEER_GENL_VERSION	1

#define PSTEER_MCGRP_RANGE	"range"
#define PSTEER_MCGRP_SERVER	"server"
#define PSTEER_MCGRP_SESSION	"session"

#define PSTEER_SCALE		10000	/* one, 100 % */
#define PSTEER_NAME_MAX		31	/* bytes of a name, without the NUL */
#define PSTEER_TAGS_MAX		63	/* bytes of a tag list, without the NUL */
#define PSTEER_POOL_ADDRS_MAX	128	/* addresses of a pool */
#define PSTEER_SERVERS_MAX	4096	/* servers of a service */
#define PSTEER_GRANT_UNIT	64	/* ports, of which grants are made */
#define PSTEER_DEV_MAX		15	/* bytes of a device, without the NUL */
#define PSTEER_TAGS_KNOWN_MAX	64	/* different tags of a namespace */
#define PSTEER_ZONES_MAX	255	/* zones of a namespace */
#define PSTEER_ZONE_PREFIXES_MAX 262144	/* prefixes of all zones */
#define PSTEER_MODEL_LAGS	8	/* reports that a model looks at */

enum psteer_cmd {
	PSTEER_CMD_UNSPEC,

	PSTEER_CMD_POOL_NEW,
	PSTEER_CMD_POOL_DEL,
	PSTEER_CMD_POOL_GET,

	PSTEER_CMD_SERVICE_NEW,
	PSTEER_CMD_SERVICE_SET,
	PSTEER_CMD_SERVICE_DEL,
	PSTEER_CMD_SERVICE_GET,

	PSTEER_CMD_SERVER_NEW,
	PSTEER_CMD_SERVER_SET,
	PSTEER_CMD_SERVER_DEL,
	PSTEER_CMD_SERVER_GET,
	PSTEER_CMD_SERVER_REPORT,
	PSTEER_CMD_SERVER_NTF,

	PSTEER_CMD_CONFIG_SET,
	PSTEER_CMD_CONFIG_GET,

	PSTEER_CMD_CLIENT_GET,

	PSTEER_CMD_RANGE_GET,
	PSTEER_CMD_RANGE_NTF,

	PSTEER_CMD_SESSION_GET,
	PSTEER_CMD_SESSION_FLUSH,
	PSTEER_CMD_SESSION_NTF,

	PSTEER_CMD_STATS_GET,

	PSTEER_CMD_EXPLAIN_GET,

	PSTEER_CMD_POOL_SET,
	PSTEER_CMD_RANGE_NEW,
	PSTEER_CMD_SESSION_NEW,

	PSTEER_CMD_VM_NEW,
	PSTEER_CMD_VM_SET,
	PSTEER_CMD_VM_DEL,
	PSTEER_CMD_VM_GET,
	PSTEER_CMD_VM_REPORT,

	PSTEER_CMD_MAPPING_NEW,
	PSTEER_CMD_MAPPING_DEL,
	PSTEER_CMD_MAPPING_GET,

	PSTEER_CMD_EXEMPT_NEW,
	PSTEER_CMD_EXEMPT_DEL,
	PSTEER_CMD_EXEMPT_GET,

	PSTEER_CMD_GRANT_NEW,
	PSTEER_CMD_GRANT_SET,
	PSTEER_CMD_GRANT_DEL,
	PSTEER_CMD_GRANT_GET,

	PSTEER_CMD_ZONE_NEW,
	PSTEER_CMD_ZONE_DEL,
	PSTEER_CMD_ZONE_GET,
	PSTEER_CMD_ZONE_FLUSH,

	PSTEER_CMD_DISTANCE_SET,
	PSTEER_CMD_DISTANCE_DEL,
	PSTEER_CMD_DISTANCE_GET,

	PSTEER_CMD_MODEL_NEW,
	PSTEER_CMD_MODEL_DEL,
	PSTEER_CMD_MODEL_GET,

	PSTEER_CMD_SESSION_SET,

	PSTEER_CMD_MODULE_GET,
	PSTEER_CMD_NETNS_GET,

	__PSTEER_CMD_MAX,
	PSTEER_CMD_MAX = __PSTEER_CMD_MAX - 1
};

/* What a notification tells of its object. */
enum psteer_event {
	PSTEER_EVENT_UNSPEC,
	PSTEER_EVENT_NEW,	/* range given, server added, session opened */
	PSTEER_EVENT_CHANGE,	/* range grown or shrunk, server or session state
				 * changed, a peer's session become one's own
				 */
	PSTEER_EVENT_DEL,	/* range released, server removed, session over */
	PSTEER_EVENT_PREDICTOR_OFF,	/* of a server: worse than "same as now" */
	PSTEER_EVENT_PREDICTOR_ON,	/* better again */
};

enum psteer_pool_attr {
	PSTEER_A_POOL_UNSPEC,
	PSTEER_A_POOL_PAD,
	PSTEER_A_POOL_NAME,		/* string */
	PSTEER_A_POOL_ADDRESS,		/* binary, repeated */
	PSTEER_A_POOL_PORT_FIRST,	/* u16 */
	PSTEER_A_POOL_PORT_LAST,	/* u16 */
	PSTEER_A_POOL_BLOCK_SIZE,	/* u32, ports */
	PSTEER_A_POOL_HOLD_TIME,	/* u32, ms */
	PSTEER_A_POOL_FORCE,		/* flag */
	PSTEER_A_POOL_WARNING,		/* string, repeated */
	PSTEER_A_POOL_BLOCKS,		/* u32 */
	PSTEER_A_POOL_BLOCKS_FREE,	/* u32 */
	PSTEER_A_POOL_BLOCKS_HELD,	/* u32, waiting out the hold time */
	PSTEER_A_POOL_LARGEST_FREE,	/* u32, blocks in the longest free run */
	PSTEER_A_POOL_CLIENTS,		/* u32 */
	PSTEER_A_POOL_SESSIONS,		/* u32, ports in use, each towards a peer */
	PSTEER_A_POOL_BLOCKS_USED,	/* u32, that owners have */
	PSTEER_A_POOL_VMS,		/* u32 */
	PSTEER_A_POOL_WITHDRAWN,	/* binary, repeated, addresses in that state */
	PSTEER_A_POOL_STATE,		/* u8, enum psteer_address_state */
	PSTEER_A_POOL_BY_GRANTS,	/* flag: only what grants have is given out */

	__PSTEER_A_POOL_MAX,
	PSTEER_A_POOL_MAX = __PSTEER_A_POOL_MAX - 1
};

enum psteer_address_state {
	PSTEER_ADDRESS_ACTIVE,
	PSTEER_ADDRESS_WITHDRAWN,	/* no port given out, sessions go on */

	__PSTEER_ADDRESS_STATE_MAX,
	PSTEER_ADDRESS_STATE_MAX = __PSTEER_ADDRESS_STATE_MAX - 1
};

enum psteer_select_mode {
	PSTEER_SELECT_ARGMAX,	/* best score, first listed wins a tie */
	PSTEER_SELECT_P2C,	/* two draws, the better score */
	PSTEER_SELECT_WRAND,	/* a draw in proportion to the score */

	__PSTEER_SELECT_MAX,
	PSTEER_SELECT_MAX = __PSTEER_SELECT_MAX - 1
};

/*
 * What of a report makes the load of a server, if the report does not say load. A
 * report without what is emphasised counts as with none.
 */
enum psteer_emphasis {
	PSTEER_EMPHASIS_NONE,		/* largest of cpu, memory, network */
	PSTEER_EMPHASIS_LATENCY,	/* that, or 1 - least latency / latency */
	PSTEER_EMPHASIS_THROUGHPUT,	/* network */
	PSTEER_EMPHASIS_APP,		/* the application's own metric */

	__PSTEER_EMPHASIS_MAX,
	PSTEER_EMPHASIS_MAX = __PSTEER_EMPHASIS_MAX - 1
};

enum psteer_service_attr {
	PSTEER_A_SERVICE_UNSPEC,
	PSTEER_A_SERVICE_PAD,
	PSTEER_A_SERVICE_NAME,		/* string */
	PSTEER_A_SERVICE_ADDRESS,	/* binary */
	PSTEER_A_SERVICE_PROTO,		/* u8, IPPROTO_TCP or IPPROTO_UDP */
	PSTEER_A_SERVICE_PORT,		/* u16 */
	PSTEER_A_SERVICE_POOL,		/* string */
	PSTEER_A_SERVICE_WEIGHT_LOAD,	/* u32, weight */
	PSTEER_A_SERVICE_WEIGHT_CAPACITY, /* u32, weight */
	PSTEER_A_SERVICE_WEIGHT_PORTS,	/* u32, weight */
	PSTEER_A_SERVICE_SELECT,	/* u8, enum psteer_select_mode */
	PSTEER_A_SERVICE_INHERIT,	/* flag; reported: weights, mode are config's */
	PSTEER_A_SERVICE_SERVERS,	/* u32 */
	PSTEER_A_SERVICE_SESSIONS,	/* u32 */
	PSTEER_A_SERVICE_CREATED,	/* u64, connections since it was added */
	PSTEER_A_SERVICE_WEIGHT_ZONE,	/* u32, weight */
	PSTEER_A_SERVICE_NEEDS,		/* string, comma separated */
	PSTEER_A_SERVICE_EMPHASIS,	/* u8, enum psteer_emphasis */

	__PSTEER_A_SERVICE_MAX,
	PSTEER_A_SERVICE_MAX = __PSTEER_A_SERVICE_MAX - 1
};

enum psteer_server_state {
	PSTEER_SERVER_UP,
	PSTEER_SERVER_DRAIN,	/* no new sessions, live ones go on */
	PSTEER_SERVER_DOWN,	/* no new sessions, TCP reset, UDP steered anew */

	__PSTEER_SERVER_STATE_MAX,
	PSTEER_SERVER_STATE_MAX = __PSTEER_SERVER_STATE_MAX - 1
};

/* Who forecasts a server's load; the predictor mixes what they say. */
enum psteer_expert {
	PSTEER_EXPERT_SAME,	/* it stays as it is */
	PSTEER_EXPERT_EWMA_1,	/* means over so many intervals of reports */
	PSTEER_EXPERT_EWMA_3,
	PSTEER_EXPERT_EWMA_10,
	PSTEER_EXPERT_EWMA_40,
	PSTEER_EXPERT_TREND,	/* level and damped trend */
	PSTEER_EXPERT_AR_512,	/* autoregression with a long memory */
	PSTEER_EXPERT_AR_64,	/* and one with a short memory */
	PSTEER_EXPERT_MODEL,	/* a trained model, if there is one */

	__PSTEER_EXPERT_MAX,
	PSTEER_EXPERT_MAX = __PSTEER_EXPERT_MAX - 1
};

enum psteer_server_attr {
	PSTEER_A_SERVER_UNSPEC,
	PSTEER_A_SERVER_PAD,
	PSTEER_A_SERVER_SERVICE,	/* string */
	PSTEER_A_SERVER_ADDRESS,	/* binary */
	PSTEER_A_SERVER_PORT,		/* u16 */
	PSTEER_A_SERVER_MAX_SESSIONS,	/* u32, active ones, 0 no limit */
	PSTEER_A_SERVER_ZONE,		/* string */
	PSTEER_A_SERVER_TAGS,		/* string, comma separated */
	PSTEER_A_SERVER_STATE,		/* u8, enum psteer_server_state */
	PSTEER_A_SERVER_HEALTHY,	/* u8, 0 while handshakes keep failing */

	/* the last report */
	PSTEER_A_SERVER_SEQUENCE,	/* u64, must rise; reported: of the last */
	PSTEER_A_SERVER_LOAD,		/* u32, share; absent: largest of the next */
	PSTEER_A_SERVER_CPU,		/* u32, share */
	PSTEER_A_SERVER_MEMORY,		/* u32, share */
	PSTEER_A_SERVER_NETWORK,	/* u32, share */
	PSTEER_A_SERVER_LATENCY,	/* u32, us */
	PSTEER_A_SERVER_ERRORS,		/* u32, share of requests that failed */
	PSTEER_A_SERVER_APP,		/* u32, share, the application's own metric */
	PSTEER_A_SERVER_CAPACITY,	/* u32, share: the server's own forecast, in
					 * place of the predictor's until the next
					 * report; reported: the capacity score
					 */
	PSTEER_A_SERVER_REPORTS,	/* u64, accepted reports */
	PSTEER_A_SERVER_REPORT_AGE,	/* u64, ms; absent before the first */

	PSTEER_A_SERVER_PREDICTED_LOAD,	/* u32, share, at last report + horizon */
	PSTEER_A_SERVER_SESSIONS,	/* u32, with those in time-wait */
	PSTEER_A_SERVER_ACTIVE,		/* u32, of these, not closed by both ends */
	PSTEER_A_SERVER_CREATED,	/* u64, connections since it was added */
	PSTEER_A_SERVER_ESTABLISHED,	/* u64, of these, answered by the server */
	PSTEER_A_SERVER_FAILED,		/* u64, of these, refused or never answered */
	PSTEER_A_SERVER_PACKETS,	/* u64, both ways */
	PSTEER_A_SERVER_BYTES,		/* u64, both ways */
	PSTEER_A_SERVER_AGE,		/* u64, ms since added or set up again */

	PSTEER_A_SERVER_EVENT,		/* u8, enum psteer_event, in SERVER_NTF */
	PSTEER_A_SERVER_TIME,		/* u64, ms since the epoch, in SERVER_NTF */
	PSTEER_A_SERVER_ARRIVALS,	/* u32, new sessions a second, in 1/1000,
					 * between the last two reports
					 */
	PSTEER_A_SERVER_MODEL_FORECAST,	/* u32, share, at last report + horizon, by
					 * the trained model; absent if it has none
					 */

	/* what the gateway sees of it */
	PSTEER_A_SERVER_HANDSHAKE,	/* u32, us to its first packet, lately */
	PSTEER_A_SERVER_HANDSHAKE_BEST,	/* u32, us, at best */
	PSTEER_A_SERVER_SLOW,		/* u32, share, slower than it used to be */
	PSTEER_A_SERVER_FAILURES,	/* u32, share of new sessions that fail */

	/* how well its load has been foreseen; absent before the first report */
	PSTEER_A_SERVER_PREDICTOR,	/* u8, 0 off, as it has been worse than
					 * "same as now", or 1 on
					 */
	PSTEER_A_SERVER_FORECASTS,	/* u32, that have come due */
	PSTEER_A_SERVER_FORECAST_ERROR,	/* u32, share, mean absolute error */
	PSTEER_A_SERVER_SAME_ERROR,	/* u32, share, that of "same as now" */
	PSTEER_A_SERVER_EXPERT_WEIGHT,	/* u32, repeated, share of 1 in the
					 * mixture, in the order of the experts
					 */

	__PSTEER_A_SERVER_MAX,
	PSTEER_A_SERVER_MAX = __PSTEER_A_SERVER_MAX - 1
};

/* Bounds are in the comment as [least, most], default after them. */
enum psteer_config_attr {
	PSTEER_A_CONFIG_UNSPEC,
	PSTEER_A_CONFIG_PAD,
	PSTEER_A_CONFIG_PORT_RANGE_SIZE,	/* u32, ports [1, 64512] 64 */
	PSTEER_A_CONFIG_PORT_RANGE_MAX,		/* u32, ports [1, 64512] 4096 */
	PSTEER_A_CONFIG_PREDICTION_HORIZON,	/* u32, ms [1000, 60000] 10000 */
	PSTEER_A_CONFIG_WEIGHT_LOAD,		/* u32, weight [0, 1000000] 4000 */
	PSTEER_A_CONFIG_WEIGHT_CAPACITY,	/* u32, weight [0, 1000000] 5000 */
	PSTEER_A_CONFIG_WEIGHT_PORTS,		/* u32, weight [0, 1000000] 1000 */
	PSTEER_A_CONFIG_SELECT,			/* u8, enum psteer_select_mode, p2c */
	PSTEER_A_CONFIG_SLOW_START,		/* u32, ms [0, 600000] 30000 */
	PSTEER_A_CONFIG_HEALTH_FAILURES,	/* u32, [0 off, 100] 3 in a row */
	PSTEER_A_CONFIG_HEALTH_RETRY,		/* u32, ms [1000, 600000] 10000 */
	PSTEER_A_CONFIG_RANGE_IDLE,		/* u32, ms [1000, 86400000] 60000 */
	PSTEER_A_CONFIG_CLIENT_IDLE,		/* u32, ms [1000, 86400000] 300000 */
	PSTEER_A_CONFIG_SESSIONS_MAX,		/* u32, [1, 16777216] 1048576 */
	PSTEER_A_CONFIG_CLIENTS_MAX,		/* u32, [1, 16777216] 1048576 */
	PSTEER_A_CONFIG_TIMEOUT_TCP_OPENING,	/* u32, ms [1000, 86400000] 240000 */
	PSTEER_A_CONFIG_TIMEOUT_TCP_ESTABLISHED,/* u32, ms [.., 432000000] 7440000 */
	PSTEER_A_CONFIG_TIMEOUT_TCP_CLOSING,	/* u32, ms, as opening, 240000 */
	PSTEER_A_CONFIG_TIMEOUT_TCP_TIME_WAIT,	/* u32, ms, as opening, 120000 */
	PSTEER_A_CONFIG_TIMEOUT_UDP,		/* u32, ms, as opening, 300000 */
	PSTEER_A_CONFIG_TIMEOUT_ICMP,		/* u32, ms, as opening, 60000 */
	PSTEER_A_CONFIG_FASTPATH,		/* u8, 0 off or 1 on, 1 */
	PSTEER_A_CONFIG_WEIGHT_ZONE,		/* u32, weight [0, 1000000] 2000 */
	PSTEER_A_CONFIG_RANGE_ADAPT,		/* u8, 0 off or 1 on, 0 */

	__PSTEER_A_CONFIG_MAX,
	PSTEER_A_CONFIG_MAX = __PSTEER_A_CONFIG_MAX - 1
};

enum psteer_client_attr {
	PSTEER_A_CLIENT_UNSPEC,
	PSTEER_A_CLIENT_PAD,
	PSTEER_A_CLIENT_ADDRESS,	/* binary */
	PSTEER_A_CLIENT_POOL,		/* string */
	PSTEER_A_CLIENT_PROVEN,		/* u8, a session of it was completed */
	PSTEER_A_CLIENT_PORTS,		/* u32, in its ranges, 0: on probation */
	PSTEER_A_CLIENT_PORTS_IN_USE,	/* u32, each towards a server */
	PSTEER_A_CLIENT_SESSIONS,	/* u32, live */
	PSTEER_A_CLIENT_CREATED,	/* u64, sessions since it appeared */
	PSTEER_A_CLIENT_IDLE,		/* u64, ms since its last new session */
	PSTEER_A_CLIENT_ARRIVAL_RATE,	/* u32, sessions a second, in 1/10000 */
	PSTEER_A_CLIENT_MEAN_DURATION,	/* u32, ms; absent before one has ended */
	PSTEER_A_CLIENT_PORTS_EXPECTED,	/* u32, in use at the prediction horizon */

	__PSTEER_A_CLIENT_MAX,
	PSTEER_A_CLIENT_MAX = __PSTEER_A_CLIENT_MAX - 1
};

enum psteer_owner_type {
	PSTEER_OWNER_NONE,	/* a held range: its owner has left it */
	PSTEER_OWNER_CLIENT,
	PSTEER_OWNER_PROBATION,	/* shared by the unproven clients of a pool */
	PSTEER_OWNER_VM,
};

enum psteer_range_state {
	PSTEER_RANGE_ACTIVE,
	PSTEER_RANGE_DRAINING,	/* no new sessions */
	PSTEER_RANGE_HELD,	/* empty, waiting out its hold time */
};

enum psteer_range_attr {
	PSTEER_A_RANGE_UNSPEC,
	PSTEER_A_RANGE_PAD,
	PSTEER_A_RANGE_POOL,		/* string */
	PSTEER_A_RANGE_ADDRESS,		/* binary */
	PSTEER_A_RANGE_FIRST,		/* u16 */
	PSTEER_A_RANGE_LAST,		/* u16 */
	PSTEER_A_RANGE_PORT,		/* u16, filter only */
	PSTEER_A_RANGE_OWNER_TYPE,	/* u8, enum psteer_owner_type */
	PSTEER_A_RANGE_OWNER,		/* binary, client address */
	PSTEER_A_RANGE_STATE,		/* u8, enum psteer_range_state */
	PSTEER_A_RANGE_IN_USE,		/* u32, ports in use, each towards a server */
	PSTEER_A_RANGE_HELD_FOR,	/* u64, ms until it is free */

	PSTEER_A_RANGE_EVENT,		/* u8, enum psteer_event, in RANGE_NTF */
	PSTEER_A_RANGE_TIME,		/* u64, ms since the epoch, in RANGE_NTF */
	PSTEER_A_RANGE_OWNER_NAME,	/* string, of a VM */
	PSTEER_A_RANGE_UNPROVEN,	/* flag, no session of the client was completed */

	__PSTEER_A_RANGE_MAX,
	PSTEER_A_RANGE_MAX = __PSTEER_A_RANGE_MAX - 1
};

enum psteer_session_state {
	PSTEER_SESSION_OPENING,		/* TCP: SYN seen, not yet established */
	PSTEER_SESSION_ESTABLISHED,	/* TCP handshake done, UDP answered */
	PSTEER_SESSION_CLOSING,		/* TCP: one FIN, or a reset */
	PSTEER_SESSION_TIME_WAIT,	/* TCP: both FINs */
	PSTEER_SESSION_UNREPLIED,	/* UDP: no answer yet */

	__PSTEER_SESSION_STATE_MAX,
	PSTEER_SESSION_STATE_MAX = __PSTEER_SESSION_STATE_MAX - 1
};

/* Of two gateways that keep each other's sessions. */
enum psteer_session_whose {
	PSTEER_WHOSE_OWN,	/* its packets come here */
	PSTEER_WHOSE_PEER,	/* as told; no packet of it has come since */
	PSTEER_WHOSE_UNSURE,	/* told once, and not yet again */

	__PSTEER_WHOSE_MAX,
	PSTEER_WHOSE_MAX = __PSTEER_WHOSE_MAX - 1
};

enum psteer_session_attr {
	PSTEER_A_SESSION_UNSPEC,
	PSTEER_A_SESSION_PAD,
	PSTEER_A_SESSION_SERVICE,	/* string */
	PSTEER_A_SESSION_PROTO,		/* u8 */
	PSTEER_A_SESSION_CLIENT,	/* binary */
	PSTEER_A_SESSION_CLIENT_PORT,	/* u16 */
	PSTEER_A_SESSION_POOL_ADDRESS,	/* binary */
	PSTEER_A_SESSION_ASSIGNED_PORT,	/* u16 */
	PSTEER_A_SESSION_SERVER,	/* binary */
	PSTEER_A_SESSION_SERVER_PORT,	/* u16 */
	PSTEER_A_SESSION_STATE,		/* u8, enum psteer_session_state */
	PSTEER_A_SESSION_EXPIRES,	/* u64, ms */
	PSTEER_A_SESSION_PACKETS,	/* u64, both ways */
	PSTEER_A_SESSION_BYTES,		/* u64, both ways */
	PSTEER_A_SESSION_COUNT,		/* u32, sessions flushed */

	PSTEER_A_SESSION_EVENT,		/* u8, enum psteer_event, in SESSION_NTF */
	PSTEER_A_SESSION_TIME,		/* u64, ms since the epoch, in SESSION_NTF */
	PSTEER_A_SESSION_VM,		/* string; then CLIENT is the VM's address,
					 * SERVER whom it talks to
					 */
	PSTEER_A_SESSION_INBOUND,	/* flag: a VM's, begun from outside */
	PSTEER_A_SESSION_WHOSE,		/* u8, enum psteer_session_whose, absent: own */

	__PSTEER_A_SESSION_MAX,
	PSTEER_A_SESSION_MAX = __PSTEER_A_SESSION_MAX - 1
};

enum psteer_stats_attr {
	PSTEER_A_STATS_UNSPEC,
	PSTEER_A_STATS_PAD,
	PSTEER_A_STATS_NAME,	/* string */
	PSTEER_A_STATS_VALUE,	/* u64 */

	__PSTEER_A_STATS_MAX,
	PSTEER_A_STATS_MAX = __PSTEER_A_STATS_MAX - 1
};

/* Why a server can or can't be given the client's next session. */
enum psteer_eligible {
	PSTEER_ELIGIBLE,
	PSTEER_ELIGIBLE_PANIC,		/* unhealthy, but so are most others */
	PSTEER_INELIGIBLE_STATE,	/* draining or down */
	PSTEER_INELIGIBLE_HEALTH,	/* its handshakes keep failing */
	PSTEER_INELIGIBLE_SESSIONS,	/* at its session limit */
	PSTEER_INELIGIBLE_PORTS,	/* no port left towards it */
	PSTEER_INELIGIBLE_TAGS,		/* lacks a tag that the service needs */
};

enum psteer_explain_attr {
	PSTEER_A_EXPLAIN_UNSPEC,
	PSTEER_A_EXPLAIN_PAD,
	PSTEER_A_EXPLAIN_SERVICE,	/* string */
	PSTEER_A_EXPLAIN_CLIENT,	/* binary */
	PSTEER_A_EXPLAIN_SELECT,	/* u8, enum psteer_select_mode in force */
	PSTEER_A_EXPLAIN_SERVER,	/* binary */
	PSTEER_A_EXPLAIN_SERVER_PORT,	/* u16 */
	PSTEER_A_EXPLAIN_ELIGIBLE,	/* u8, enum psteer_eligible */
	PSTEER_A_EXPLAIN_REPORTED_LOAD,	/* u32, share; absent before a report */
	PSTEER_A_EXPLAIN_REPORTED_CAPACITY, /* u32, share; absent before a report */
	PSTEER_A_EXPLAIN_FRESHNESS,	/* u32, share */
	PSTEER_A_EXPLAIN_LOCAL_LOAD,	/* s32, share, from the gateway's own sessions */
	PSTEER_A_EXPLAIN_ERROR_LOAD,	/* u32, share or more: errors, failures */
	PSTEER_A_EXPLAIN_LOAD,		/* u32, share or more, as it enters the score */
	PSTEER_A_EXPLAIN_CAPACITY,	/* u32, share, as it enters the score */
	PSTEER_A_EXPLAIN_PORTS_FREE,	/* u32, towards this server */
	PSTEER_A_EXPLAIN_PORTS_SIZE,	/* u32, of the client's ranges */
	PSTEER_A_EXPLAIN_PORTS,		/* u32, share, as it enters the score */
	PSTEER_A_EXPLAIN_WEIGHT_LOAD,	/* u32, weight */
	PSTEER_A_EXPLAIN_WEIGHT_CAPACITY, /* u32, weight */
	PSTEER_A_EXPLAIN_WEIGHT_PORTS,	/* u32, weight */
	PSTEER_A_EXPLAIN_TERM_LOAD,	/* s32, 1/10000: weight * (1 - load) */
	PSTEER_A_EXPLAIN_TERM_CAPACITY,	/* u32, 1/10000: weight * capacity */
	PSTEER_A_EXPLAIN_TERM_PORTS,	/* u32, 1/10000: weight * ports */
	PSTEER_A_EXPLAIN_SLOW_START,	/* u32, share the score is multiplied by */
	PSTEER_A_EXPLAIN_SCORE,		/* s32, 1/10000 */
	PSTEER_A_EXPLAIN_BEST,		/* flag: best score among the eligible */
	PSTEER_A_EXPLAIN_SLOW_LOAD,	/* u32, share, as it is slower than usual */
	PSTEER_A_EXPLAIN_CLIENT_ZONE,	/* string; absent: none, and no weight */
	PSTEER_A_EXPLAIN_SERVER_ZONE,	/* string; absent: none */
	PSTEER_A_EXPLAIN_DISTANCE,	/* u32, share, between these */
	PSTEER_A_EXPLAIN_WEIGHT_ZONE,	/* u32, weight */
	PSTEER_A_EXPLAIN_TERM_ZONE,	/* u32, 1/10000: weight * (1 - distance) */
	PSTEER_A_EXPLAIN_NEEDS,		/* string, of the service; absent: none */
	PSTEER_A_EXPLAIN_TAGS,		/* string, of the server; absent: none */
	PSTEER_A_EXPLAIN_EMPHASIS,	/* u8, enum psteer_emphasis */

	__PSTEER_A_EXPLAIN_MAX,
	PSTEER_A_EXPLAIN_MAX = __PSTEER_A_EXPLAIN_MAX - 1
};

/* How a VM's ports follow its demand. */
enum psteer_vm_policy {
	PSTEER_VM_SAFE,		/* by ports really used and what is to be expected */
	PSTEER_VM_SEED,		/* half below, half more above fixed rates */

	__PSTEER_VM_POLICY_MAX,
	PSTEER_VM_POLICY_MAX = __PSTEER_VM_POLICY_MAX - 1
};

/* Who may send to a VM's mapping (RFC 4787 section 5). */
enum psteer_filtering {
	PSTEER_FILTERING_ENDPOINT_INDEPENDENT,	/* whoever knows it */
	PSTEER_FILTERING_ADDRESS_DEPENDENT,	/* addresses that it has sent to */
	PSTEER_FILTERING_ADDRESS_AND_PORT_DEPENDENT,	/* only whom it talks to */

	__PSTEER_FILTERING_MAX,
	PSTEER_FILTERING_MAX = __PSTEER_FILTERING_MAX - 1
};

enum psteer_vm_attr {
	PSTEER_A_VM_UNSPEC,
	PSTEER_A_VM_PAD,
	PSTEER_A_VM_NAME,		/* string */
	PSTEER_A_VM_ADDRESS,		/* binary */
	PSTEER_A_VM_PREFIX_LENGTH,	/* u8 */
	PSTEER_A_VM_POOL,		/* string */
	PSTEER_A_VM_PORTS,		/* u32, that the policy has decided */
	PSTEER_A_VM_PORTS_MIN,		/* u32, [1, 65535] */
	PSTEER_A_VM_PORTS_MAX,		/* u32, [1, 65535] 65535 */
	PSTEER_A_VM_POLICY,		/* u8, enum psteer_vm_policy, safe */
	PSTEER_A_VM_FILTERING,		/* u8, enum psteer_filtering */
	PSTEER_A_VM_MAX_SESSIONS,	/* u32, 0 no limit, 262144 */

	PSTEER_A_VM_PPS,		/* u32, packets a second; of the last sample */
	PSTEER_A_VM_BANDWIDTH,		/* u64, bytes a second, likewise */
	PSTEER_A_VM_CONNECTIONS,	/* u32, as last reported */
	PSTEER_A_VM_REPORTS,		/* u64, reports taken */
	PSTEER_A_VM_REPORT_AGE,		/* u64, ms; absent before the first */

	PSTEER_A_VM_DEMAND,		/* u32, score in tenths */
	PSTEER_A_VM_PORTS_HELD,		/* u32, in all its blocks */
	PSTEER_A_VM_PORTS_IN_USE,	/* u32, each protocol for itself */
	PSTEER_A_VM_OCCUPANCY,		/* u32, share of its active ports in use by
					 * the protocol that uses most
					 */
	PSTEER_A_VM_TIME_TO_FULL,	/* u64, ms; absent if use does not rise */
	PSTEER_A_VM_SHARE,		/* u32, ports, while its pool is short */
	PSTEER_A_VM_SESSIONS,		/* u32 */
	PSTEER_A_VM_MAPPINGS,		/* u32 */
	PSTEER_A_VM_CREATED,		/* u64, sessions since it was added */
	PSTEER_A_VM_PACKETS,		/* u64, both ways */
	PSTEER_A_VM_BYTES,		/* u64, both ways */

	__PSTEER_A_VM_MAX,
	PSTEER_A_VM_MAX = __PSTEER_A_VM_MAX - 1
};

enum psteer_mapping_attr {
	PSTEER_A_MAPPING_UNSPEC,
	PSTEER_A_MAPPING_PAD,
	PSTEER_A_MAPPING_VM,		/* string */
	PSTEER_A_MAPPING_PROTO,		/* u8 */
	PSTEER_A_MAPPING_ADDRESS,	/* binary, of the VM */
	PSTEER_A_MAPPING_PORT,		/* u16 */
	PSTEER_A_MAPPING_POOL_ADDRESS,	/* binary */
	PSTEER_A_MAPPING_ASSIGNED_PORT,	/* u16 */
	PSTEER_A_MAPPING_SESSIONS,	/* u32 */
	PSTEER_A_MAPPING_FIXED,		/* flag */

	__PSTEER_A_MAPPING_MAX,
	PSTEER_A_MAPPING_MAX = __PSTEER_A_MAPPING_MAX - 1
};

enum psteer_exempt_attr {
	PSTEER_A_EXEMPT_UNSPEC,
	PSTEER_A_EXEMPT_PAD,
	PSTEER_A_EXEMPT_ADDRESS,	/* binary */
	PSTEER_A_EXEMPT_PREFIX_LENGTH,	/* u8 */

	__PSTEER_A_EXEMPT_MAX,
	PSTEER_A_EXEMPT_MAX = __PSTEER_A_EXEMPT_MAX - 1
};

enum psteer_zone_attr {
	PSTEER_A_ZONE_UNSPEC,
	PSTEER_A_ZONE_PAD,
	PSTEER_A_ZONE_ADDRESS,		/* binary */
	PSTEER_A_ZONE_PREFIX_LENGTH,	/* u8 */
	PSTEER_A_ZONE_NAME,		/* string */
	PSTEER_A_ZONE_COUNT,		/* u32, prefixes flushed */

	__PSTEER_A_ZONE_MAX,
	PSTEER_A_ZONE_MAX = __PSTEER_A_ZONE_MAX - 1
};

enum psteer_distance_attr {
	PSTEER_A_DISTANCE_UNSPEC,
	PSTEER_A_DISTANCE_PAD,
	PSTEER_A_DISTANCE_FROM,		/* string */
	PSTEER_A_DISTANCE_TO,		/* string */
	PSTEER_A_DISTANCE_SHARE,	/* u32, share */

	__PSTEER_A_DISTANCE_MAX,
	PSTEER_A_DISTANCE_MAX = __PSTEER_A_DISTANCE_MAX - 1
};

enum psteer_grant_state {
	PSTEER_GRANT_PREPARED,	/* nobody else can have it; not in force, and gone
				 * if it is not made active soon
				 */
	PSTEER_GRANT_ACTIVE,
	PSTEER_GRANT_DRAINING,	/* on a host: no new sessions */

	__PSTEER_GRANT_STATE_MAX,
	PSTEER_GRANT_STATE_MAX = __PSTEER_GRANT_STATE_MAX - 1
};

enum psteer_grant_attr {
	PSTEER_A_GRANT_UNSPEC,
	PSTEER_A_GRANT_PAD,
	PSTEER_A_GRANT_ADDRESS,		/* binary, of the pool */
	PSTEER_A_GRANT_PORT_FIRST,	/* u16 */
	PSTEER_A_GRANT_PORT_LAST,	/* u16 */
	PSTEER_A_GRANT_SIZE,		/* u32, ports */
	PSTEER_A_GRANT_HOST,		/* binary */
	PSTEER_A_GRANT_DEV,		/* string */
	PSTEER_A_GRANT_POOL,		/* string */
	PSTEER_A_GRANT_STATE,		/* u8, enum psteer_grant_state */
	PSTEER_A_GRANT_EPOCH,		/* u64 */
	PSTEER_A_GRANT_IN_USE,		/* u32, on a host: ports in use */
	PSTEER_A_GRANT_PACKETS,		/* u64, on the edge: passed to the host */
	PSTEER_A_GRANT_BYTES,		/* u64, likewise */
	PSTEER_A_GRANT_FORCE,		/* flag: DEL even if ports of it are in use */

	__PSTEER_A_GRANT_MAX,
	PSTEER_A_GRANT_MAX = __PSTEER_A_GRANT_MAX - 1
};

/**
 * struct psteer_model_input - what one input of a report says of the load
 * @low: lowest value that the model knows, in the input's unit; less counts as
 *	this
 * @high: highest one; more counts as this
 * @coefficient: what is added to the load if the input is at @high, in 1/2^24 of
 *	the whole load, in proportion between @low and @high: of the newest report,
 *	then of the one a step before it ..., 1 to PSTEER_MODEL_LAGS of them
 */
struct psteer_model_input {
	__u32 low;
	__u32 high;
	__s32 coefficient[];
};

/* From LOAD to ARRIVALS each is a struct psteer_model_input. */
enum psteer_model_attr {
	PSTEER_A_MODEL_UNSPEC,
	PSTEER_A_MODEL_PAD,
	PSTEER_A_MODEL_NAME,		/* string */
	PSTEER_A_MODEL_SERVICE,		/* string */
	PSTEER_A_MODEL_HORIZON,		/* u32, ms [1000, 60000] */
	PSTEER_A_MODEL_STEP,		/* u32, ms between reports [100, 60000] */
	PSTEER_A_MODEL_INTERCEPT,	/* s32, 1/2^24 of the whole load */
	PSTEER_A_MODEL_LOAD,		/* binary, of shares */
	PSTEER_A_MODEL_CPU,		/* binary, of shares */
	PSTEER_A_MODEL_MEMORY,		/* binary, of shares */
	PSTEER_A_MODEL_NETWORK,		/* binary, of shares */
	PSTEER_A_MODEL_LATENCY,		/* binary, of us */
	PSTEER_A_MODEL_ERRORS,		/* binary, of shares */
	PSTEER_A_MODEL_APP,		/* binary, of shares */
	PSTEER_A_MODEL_SESSIONS,	/* binary, of sessions */
	PSTEER_A_MODEL_ARRIVALS,	/* binary, of new sessions a second, in 1/1000 */
	PSTEER_A_MODEL_USED,		/* u8, 0 unless HORIZON is prediction-horizon */
	PSTEER_A_MODEL_WARNING,		/* string */

	__PSTEER_A_MODEL_MAX,
	PSTEER_A_MODEL_MAX = __PSTEER_A_MODEL_MAX - 1
};

enum psteer_module_attr {
	PSTEER_A_MODULE_UNSPEC,
	PSTEER_A_MODULE_PAD,
	PSTEER_A_MODULE_VERSION,	/* string, of the module */
	PSTEER_A_MODULE_NETNS,		/* u32, repeated, number of its file */

	__PSTEER_A_MODULE_MAX,
	PSTEER_A_MODULE_MAX = __PSTEER_A_MODULE_MAX - 1
};

#endif /* _UAPI_LINUX_PORTSTEER_H */
