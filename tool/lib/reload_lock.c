// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * While the module is loaded anew everybody else waits until it has its state
 * back: a daemon that adds a grant which is about to be restored would make that
 * fail.
 */
#include "reload_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_FILE	RUN_DIR "/reload.lock"
/* A daemon that waits for longer is held to be stuck, see portsteerd.service. */
#define PATIENCE_MS	60000
#define STEP_MS		20

static bool is_held(int fd)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
}

/**
 * reload_lock_wait() - wait while somebody else reloads the module
 *
 * Once it was in vain it is not done again for the same reload.
 */
void reload_lock_wait(void)
{
	static bool in_vain;
	static const struct timespec step = { .tv_nsec = STEP_MS * 1000000 };
	int fd = open(LOCK_FILE, O_RDONLY | O_CLOEXEC);
	int waited;

	/* where there is no such file nobody has ever reloaded it */
	if (fd < 0)
		return;
	waited = in_vain ? PATIENCE_MS : 0;
	for (; waited < PATIENCE_MS && is_held(fd); waited += STEP_MS)
		nanosleep(&step, NULL);
	in_vain = waited >= PATIENCE_MS && is_held(fd);
	close(fd);
}

/**
 * reload_lock_take() - reload the module, alone, until this program ends
 * @refusal: why not
 *
 * Return: 0 or a negative errno.
 */
int reload_lock_take(struct refusal *refusal)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char text[REFUSAL_TEXT_MAX];
	int error;
	int fd;

	(void)mkdir(RUN_DIR, 0755);
	fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && !fcntl(fd, F_OFD_SETLK, &lock))
		return 0;
	error = errno;
	if (fd >= 0 && error == EAGAIN)
		snprintf(text, sizeof(text), "the module is being reloaded already");
	else
		snprintf(text, sizeof(text), "%s cannot be locked: %s",
			 LOCK_FILE, strerror(error));
	if (fd >= 0)
		close(fd);
	refusal_set(refusal, error, text);
	return -error;
}
