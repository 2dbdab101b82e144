// SPDX-License-Identifier: GPL-2.0-or-later
/* The line that an agent for HAProxy's agent-check answers with. */
#include "agent_word.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

#define BETWEEN		" \t,"
#define MAX_PREFIX	"maxconn:"
#define WORD_MAX	31
#define WHOLE		100	/* percent; HAProxy's weights may be more */

static const char *read_max(const char *word, struct agent_answer *answer)
{
	uint64_t max;

	if (parse_number(word, UINT32_MAX, &max))
		return "has a maxconn that is not a number";
	answer->has_max = true;
	answer->max = max;
	return NULL;
}

static const char *read_weight(char *word, struct agent_answer *answer)
{
	uint64_t weight;

	word[strlen(word) - 1] = '\0';
	if (parse_number(word, UINT32_MAX, &weight))
		return "has a weight that is not a percentage";
	answer->has_weight = true;
	answer->weight = weight < WHOLE ? weight : WHOLE;
	return NULL;
}

/* What is worse counts, if there is more than one. */
static const char *read_wish(const char *word, struct agent_answer *answer)
{
	static const struct {
		const char *word;
		enum agent_wish wish;
	} words[] = {
		{ "up", AGENT_UP }, { "ready", AGENT_UP },
		{ "drain", AGENT_DRAIN }, { "maint", AGENT_DRAIN },
		{ "down", AGENT_DOWN }, { "fail", AGENT_DOWN },
		{ "failed", AGENT_DOWN }, { "stopped", AGENT_DOWN },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(word, words[i].word))
			continue;
		if (words[i].wish > answer->wish)
			answer->wish = words[i].wish;
		return NULL;
	}
	return "has a word that agent-check does not know";
}

static const char *read_word(char *word, struct agent_answer *answer)
{
	if (!strncasecmp(word, MAX_PREFIX, strlen(MAX_PREFIX)))
		return read_max(word + strlen(MAX_PREFIX), answer);
	if (word[strlen(word) - 1] == '%')
		return read_weight(word, answer);
	return read_wish(word, answer);
}

static void keep_text(const char *text, size_t len, struct agent_answer *answer)
{
	size_t i;

	for (i = 0; i < len && i < AGENT_TEXT_MAX; i++)
		answer->text[i] = isprint((unsigned char)text[i]) ? text[i] : '?';
}

/**
 * agent_read() - one answer
 */
const char *agent_read(const char *line, size_t len,
		       struct agent_answer *answer)
{
	const char *end = memchr(line, '#', len);
	char word[WORD_MAX + 1];
	const char *wrong = NULL;
	size_t words = 0;
	size_t i;

	memset(answer, 0, sizeof(*answer));
	if (end)
		keep_text(end + 1, line + len - end - 1, answer);
	else
		end = line + len;
	while (line < end && !wrong) {
		for (i = 0; line + i < end && !strchr(BETWEEN, line[i]); i++)
			;
		if (i > WORD_MAX)
			return "has a word that agent-check does not know";
		memcpy(word, line, i);
		word[i] = '\0';
		if (i) {
			wrong = read_word(word, answer);
			words++;
		}
		line += i < (size_t)(end - line) ? i + 1 : i;
	}
	if (!wrong && !words)
		return "is empty";
	return wrong;
}
