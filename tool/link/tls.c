// SPDX-License-Identifier: GPL-2.0-or-later
/* The one way in which TLS is used here. */
#include "tls.h"

#include <errno.h>
#include <string.h>

#include <openssl/err.h>

/* Bytes of certificates that an end may send before it is known. */
#define CHAIN_MAX	16384

/**
 * tls_reason() - what an error of the library means
 */
const char *tls_reason(unsigned long error)
{
	const char *reason = ERR_SYSTEM_ERROR(error) ?
		strerror(ERR_GET_REASON(error)) : ERR_reason_error_string(error);

	return reason ? reason : "failed";
}

static void say(struct refusal *refusal, const char *what, const char *file)
{
	unsigned long first = ERR_peek_error();

	memset(refusal, 0, sizeof(*refusal));
	refusal->error = EINVAL;
	/* A file that can't be read has the system's reason first. */
	snprintf(refusal->text, sizeof(refusal->text), "%s %s: %s", what, file,
		 tls_reason(ERR_SYSTEM_ERROR(first) ? first :
						      ERR_peek_last_error()));
	ERR_clear_error();
}

/* Nobody is there to be asked for a password. */
static int no_password(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static bool load(SSL_CTX *context, const struct tls_files *files,
		 struct refusal *refusal)
{
	if (SSL_CTX_load_verify_file(context, files->ca) != 1)
		say(refusal, "ca", files->ca);
	else if (SSL_CTX_use_certificate_chain_file(context,
						    files->certificate) != 1)
		say(refusal, "certificate", files->certificate);
	else if (SSL_CTX_use_PrivateKey_file(context, files->key,
					     SSL_FILETYPE_PEM) != 1)
		say(refusal, "key", files->key);
	else
		return true;
	return false;
}

/**
 * tls_context() - what connections of one kind have in common
 * @files: who we are and whom we believe; read at once
 * @side: whether we connect or are connected to
 * @refusal: filled in if that can't be
 *
 * Return: context, to be freed by SSL_CTX_free(); NULL: @refusal says why.
 */
SSL_CTX *tls_context(const struct tls_files *files, enum tls_side side,
		     struct refusal *refusal)
{
	SSL_CTX *context;

	ERR_clear_error();
	context = SSL_CTX_new(side == TLS_SERVER ? TLS_server_method() :
						   TLS_client_method());
	if (!context) {
		say(refusal, "TLS", "context");
		return NULL;
	}
	SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
	SSL_CTX_set_verify(context,
			   SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
			   NULL);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_max_early_data(context, 0);
	SSL_CTX_set_max_cert_list(context, CHAIN_MAX);
	SSL_CTX_set_default_passwd_cb(context, no_password);
	/* An idle connection keeps no buffers. */
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	if (load(context, files, refusal))
		return context;
	SSL_CTX_free(context);
	return NULL;
}
