// SPDX-License-Identifier: GPL-2.0-or-later
/* cert: an authority of one's own, and certificates for who speaks to whom. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "certificate.h"
#include "command.h"
#include "format.h"
#include "objects.h"

/* Its own words travel nowhere. */
enum {
	CERT_NAME = 1,
	CERT_ADDRESS,
	CERT_DIRECTORY,
	CERT_DAYS,
};

/* Whom for: what a verb needs to know of them. */
#define ROLE_AUTHORITY	ROLE_LOAD
#define ROLE_NAMED	ROLE_ADD
#define ROLE_ADDRESSED	ROLE_WHO
#define ROLE_ANYBODY	(ROLE_AUTHORITY | ROLE_NAMED | ROLE_ADDRESSED)

#define DIRECTORY	"/etc/portsteer"
#define AUTHORITY	"ca"
#define DAYS		365
#define AUTHORITY_DAYS	3650
#define DAYS_MOST	36500
#define PATH_LEN	4096

/**
 * struct giving - one run of the command
 * @args: where it was written, for complaints
 * @directory: of all files
 * @file: name of the files to be made, without what follows the dot
 * @name: of the holder, for people
 * @uri: who the holder is, "" for the authority
 * @holder: made of these
 */
struct giving {
	const struct args *args;
	const char *directory;
	char file[100];
	char name[100];
	char uri[100];
	struct holder holder;
};

static const struct field cert_fields[] = {
	{
		.keyword = "name", .attr = CERT_NAME, .type = &type_name,
		.takes = ROLE_NAMED, .needs = ROLE_NAMED, .plain = ROLE_NAMED,
	}, {
		.keyword = "address", .attr = CERT_ADDRESS,
		.type = &type_address, .takes = ROLE_ADDRESSED,
		.needs = ROLE_ADDRESSED, .plain = ROLE_ADDRESSED,
	}, {
		.keyword = "directory", .attr = CERT_DIRECTORY,
		.type = &type_path, .metavar = "DIR", .takes = ROLE_ANYBODY,
	}, {
		.keyword = "days", .attr = CERT_DAYS, .type = &type_count,
		.takes = ROLE_ANYBODY,
	},
	{ 0 }
};

static const char *path_of(const struct giving *g, char *path,
			   const char *file, const char *end)
{
	snprintf(path, PATH_LEN, "%s/%s.%s", g->directory, file, end);
	return path;
}

static bool failed(const struct giving *g, const char *what, const char *path)
{
	args_say(g->args, "cannot %s %s: %s", what, path, strerror(errno));
	return false;
}

/* Begins a file that was not there. NULL: why not was said. */
static FILE *new_file(const struct giving *g, const char *path, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0) {
		failed(g, "make", path);
		return NULL;
	}
	return fdopen(fd, "w");
}

/* Ends a file; what is not whole is taken away. */
static bool end_file(const struct giving *g, FILE *file, const char *path,
		     bool good)
{
	good = !fclose(file) && good;
	if (good)
		return true;
	failed(g, "write", path);
	unlink(path);
	return false;
}

static bool write_key(const struct giving *g, EVP_PKEY *key)
{
	char path[PATH_LEN];
	FILE *file = new_file(g, path_of(g, path, g->file, "key"), 0600);

	return file && end_file(g, file, path,
				PEM_write_PKCS8PrivateKey(file, key, NULL, NULL,
							  0, NULL, NULL));
}

static bool write_certificate(const struct giving *g, X509 *certificate)
{
	char path[PATH_LEN];
	FILE *file = new_file(g, path_of(g, path, g->file, "pem"), 0644);

	return file && end_file(g, file, path,
				PEM_write_X509(file, certificate));
}

/* Both files, or none. */
static bool write_both(const struct giving *g, EVP_PKEY *key, X509 *certificate)
{
	char path[PATH_LEN];

	if (!write_key(g, key))
		return false;
	if (write_certificate(g, certificate))
		return true;
	unlink(path_of(g, path, g->file, "key"));
	return false;
}

/* Nobody is asked for a password. */
static void *read_pem(const struct giving *g, const char *path, bool key)
{
	FILE *file = fopen(path, "re");
	void *read;

	if (!file) {
		failed(g, "read", path);
		return NULL;
	}
	read = key ? (void *)PEM_read_PrivateKey(file, NULL, NULL, "") :
		     (void *)PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	if (!read)
		args_say(g->args, "%s is no %s", path,
			 key ? "private key" : "certificate");
	return read;
}

static bool read_authority(const struct giving *g, struct authority *authority)
{
	char path[PATH_LEN];

	authority->key = read_pem(g, path_of(g, path, AUTHORITY, "key"), true);
	if (!authority->key)
		return false;
	path_of(g, path, AUTHORITY, "pem");
	authority->certificate = read_pem(g, path, false);
	if (!authority->certificate)
		return false;
	if (X509_check_private_key(authority->certificate, authority->key) == 1)
		return true;
	args_say(g->args, "%s has another key than what is beside it", path);
	return false;
}

static bool give(const struct giving *g)
{
	bool own = !g->holder.uri;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct authority authority = { .key = own ? key : NULL };
	X509 *made = NULL;
	bool good;

	good = key && (own || read_authority(g, &authority));
	if (good) {
		made = certificate_make(&g->holder, key, &authority);
		if (!made)
			args_say(g->args, "the certificate cannot be made");
		good = made && write_both(g, key, made);
	}
	X509_free(made);
	X509_free(authority.certificate);
	if (!own)
		EVP_PKEY_free(authority.key);
	EVP_PKEY_free(key);
	return good;
}

static bool read_days(struct giving *g, const struct record *words,
		      unsigned int initial)
{
	g->holder.days = record_has(words, CERT_DAYS) ?
		record_number(words, CERT_DAYS) : initial;
	if (g->holder.days >= 1 && g->holder.days <= DAYS_MOST)
		return true;
	args_say(g->args, "days is out of range (1 to %d)", DAYS_MOST);
	return false;
}

static void name_holder(struct giving *g, const char *kind,
			const struct record *words)
{
	char address[FORMAT_MAX];
	const char *name;

	name = record_has(words, CERT_NAME) ? record_text(words, CERT_NAME) :
		format_address(address, record_address(words, CERT_ADDRESS));
	snprintf(g->file, sizeof(g->file), "%s-%s", kind, name);
	snprintf(g->name, sizeof(g->name), "portsteer %s %s", kind, name);
	snprintf(g->uri, sizeof(g->uri), "portsteer:%s:%s", kind, name);
	g->holder.uri = g->uri;
	g->holder.serves = record_has(words, CERT_NAME) &&
			   !strcmp(kind, "gateway");
}

static bool read_words(struct giving *g, const struct verb *v,
		       const struct record *words)
{
	bool own = v->role == ROLE_AUTHORITY;

	g->directory = record_has(words, CERT_DIRECTORY) ?
		record_text(words, CERT_DIRECTORY) : DIRECTORY;
	g->holder.name = g->name;
	if (own) {
		snprintf(g->file, sizeof(g->file), AUTHORITY);
		snprintf(g->name, sizeof(g->name), "portsteer authority");
	} else {
		name_holder(g, v->word, words);
	}
	return read_days(g, words, own ? AUTHORITY_DAYS : DAYS);
}

static bool has_directory(const struct giving *g)
{
	if (!mkdir(g->directory, 0755) || errno == EEXIST)
		return true;
	return failed(g, "make", g->directory);
}

static int cert_run(const struct object *o, const struct verb *v,
		    const struct args *a)
{
	struct giving g = { .args = a };
	struct record words = { 0 };
	int ret = MISUSED;

	if (args_read(a, o, v, &words) && read_words(&g, v, &words))
		ret = has_directory(&g) && give(&g) ? DONE : REFUSED;
	record_clear(&words);
	return ret;
}

static const struct verb cert_verbs[] = {
	{ .word = "ca", .role = ROLE_AUTHORITY, .run = cert_run },
	{ .word = "vm", .role = ROLE_NAMED, .run = cert_run },
	{ .word = "server", .role = ROLE_ADDRESSED, .run = cert_run },
	{ .word = "gateway", .role = ROLE_NAMED, .run = cert_run },
	{ 0 }
};

const struct object cert_object = {
	.word = "cert",
	.about = "certificates for agents and gateways",
	.fields = cert_fields,
	.verbs = cert_verbs,
};
