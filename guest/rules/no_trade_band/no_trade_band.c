/*
 * no_trade_band: the book of top_bottom, but small trades are not made.
 *
 *   t_i = top_bottom's weight with top_n and bottom_n
 *   p_i = previous_weight; missing (NaN) = 0
 *   w_i = t_i where |t_i - p_i| > band, else p_i
 *
 * The book never has more than the gross of two whole legs, 2, nor a weight
 * beyond 1: a p_i beyond +-1 is never kept, and while the sum of |w| is above
 * 2, symbols that kept p_i get t_i after all, the largest |p_i| - |t_i| first,
 * equal ones by position. A previous book within these bounds by a margin is
 * left as the formula has it.
 *
 * The module imports nothing, so its errors have a status and no message:
 *   1  the parameters are not what meta.json's schema asks for
 *   2  a prediction is NaN: it has no place in the order
 *   3  no memory left
 */
#include "edgesignal_rule.h"

#include "../legs.h"
#include "../order.h"

#define DEFAULT_BAND 0.02
#define MAX_BAND 2.0
#define SLACK 1e-12 /* what rounding may add to a gross of 2 */

static double band = DEFAULT_BAND;

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  uint32_t top, bottom;
  if (!read_count(json, len, "top_n", DEFAULT_N, &top)) return BAD_PARAMS;
  if (!read_count(json, len, "bottom_n", DEFAULT_N, &bottom)) return BAD_PARAMS;
  if (!read_between(json, len, "band", DEFAULT_BAND, 0, MAX_BAND, &band)) return BAD_PARAMS;
  top_n = top;
  bottom_n = bottom;
  return ES_OK;
}

static inline int keeps(double target, double previous) {
  return __builtin_fabs(target - previous) <= band && __builtin_fabs(previous) <= 1;
}

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, double *in, double *out) {
  (void)ncols; /* 3 */
  double *excess = in + n; /* what keeping adds to the gross, in the place of the ranks */
  double *previous = in + 2 * n;
  int status = add_legs(n, in, out, add_leg);
  if (status != ES_OK) return status;
  double gross = 0;
  for (uint32_t i = 0; i < n; i++) {
    double target = out[i];
    if (previous[i] != previous[i]) previous[i] = 0;
    excess[i] = 0;
    if (keeps(target, previous[i])) {
      out[i] = previous[i] + 0.0;
      excess[i] = __builtin_fabs(previous[i]) - __builtin_fabs(target);
    }
    previous[i] = target; /* out has the other one, where it is kept */
    gross += __builtin_fabs(out[i]);
  }
  if (gross <= 2 + SLACK) return ES_OK;
  uint32_t *order = descending(n, excess);
  if (!order) return NO_MEMORY;
  for (uint32_t k = 0; k < n && gross > 2 + SLACK && excess[order[k]] > 0; k++) {
    out[order[k]] = previous[order[k]];
    gross -= excess[order[k]];
  }
  return ES_OK;
}
