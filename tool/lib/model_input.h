/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_MODEL_INPUT_H
#define PORTSTEER_MODEL_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/portsteer.h>

#include "record.h"

/**
 * struct model_input - an input of a model, as struct psteer_model_input says
 * @low: lowest value
 * @high: highest value
 * @lags: number of coefficients
 * @coefficient: of the newest report first
 */
struct model_input {
	uint32_t low;
	uint32_t high;
	unsigned int lags;
	int32_t coefficient[PSTEER_MODEL_LAGS];
};

bool model_input_get(const struct record *r, uint16_t attr,
		     struct model_input *in);
void model_input_set(struct record *r, uint16_t attr,
		     const struct model_input *in);

#endif
