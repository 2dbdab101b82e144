/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of portsteer predict. */
#ifndef PORTSTEER_REPLAY_H
#define PORTSTEER_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/portsteer.h>

/* The experts, and what they make together. */
#define PREDICT_MIXTURE	(PSTEER_EXPERT_MAX + 1)
#define PREDICT_COLUMNS	(PREDICT_MIXTURE + 1)

/**
 * struct sample - one line of a file
 * @t: seconds
 * @value: what it says, NAN: nothing
 */
struct sample {
	double t;
	double value;
};

/**
 * struct series - one column of a file
 * @sample: in the order of the file
 * @count: how many
 * @step: usual seconds between them
 * @full: what counts as full scale
 */
struct series {
	struct sample *sample;
	size_t count;
	double step;
	double full;
};

/**
 * struct moment - what was forecast at a sample, for one horizon later
 * @made: there was a report to make it from, at this sample
 * @forecast: in the column's unit; at the end what the predictor said
 * @weight: of each expert in the mixture
 * @off: the predictor was switched off
 */
struct moment {
	bool made;
	double forecast[PREDICT_COLUMNS];
	double said;
	double weight[PSTEER_EXPERT_MAX + 1];
	bool off;
};

/**
 * struct score - how the second half was foreseen
 * @forecasts: how many could be compared with what came
 * @error: mean absolute errors, in the column's unit
 * @said: that of what the predictor said
 * @mean_weight: of each expert
 * @off: share of the time that the predictor was switched off
 */
struct score {
	size_t forecasts;
	double error[PREDICT_COLUMNS];
	double said;
	double mean_weight[PSTEER_EXPERT_MAX + 1];
	double off;
};

bool series_read(struct series *s, const char *file, const char *column);
void series_free(struct series *s);

bool replay_reaches(const struct series *s, unsigned int steps);
struct moment *replay(const struct series *s, unsigned int steps);
void replay_score(const struct series *s, const struct moment *moments,
		  unsigned int steps, struct score *score);

bool plot(const struct series *s, const struct moment *moments,
	  unsigned int steps, const char *column, const char *file);

#endif
