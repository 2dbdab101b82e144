// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a picture as JSON from standard input, writes the page of it. */
#include <err.h>

#include "page.h"

int main(void)
{
	json_error_t error;
	json_t *picture = json_loadf(stdin, 0, &error);

	if (!picture)
		errx(1, "%s", error.text);
	page_write(stdout, picture);
	json_decref(picture);
	return 0;
}
