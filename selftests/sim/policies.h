/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_POLICIES_H
#define SIM_POLICIES_H

#include "run.h"

/* rivals.c */
extern const struct policy policy_turns;
extern const struct policy policy_least;
extern const struct policy policy_two;
extern const struct policy policy_oracle;
/* prequal.c */
extern const struct policy policy_prequal;
/* portsteer.c */
extern const struct policy policy_argmax;
extern const struct policy policy_p2c;
extern const struct policy policy_wrand;

#endif
