// SPDX-License-Identifier: GPL-2.0-or-later
/* What an agent for agent-check may answer. */
#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent_word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct agent_answer answer;
	char *line = malloc(size);
	const char *p;

	if (size)
		memcpy(line, data, size);
	if (!agent_read(line, size, &answer)) {
		assert(answer.weight <= 100);
		assert(strlen(answer.text) <= AGENT_TEXT_MAX);
		for (p = answer.text; *p; p++)
			assert(isprint((unsigned char)*p));
	}
	free(line);
	return 0;
}
