/*
 * turnover_limited: from the previous book towards that of top_bottom, no
 * further than max_turnover allows.
 *
 *   t_i = top_bottom's weight with top_n and bottom_n
 *   p_i = previous_weight; missing (NaN) = 0
 *   T   = sum |t - p| / 2, the one-way turnover
 *   w_i = t_i where T <= max_turnover
 *       = p_i + (t_i - p_i) * max_turnover / T otherwise
 *
 * A previous book beyond what two whole legs make comes down to that first:
 * each p_i to the nearest within +-1, then all by one factor to a gross of 2.
 * That uses up turnover too, D = sum |p before - p after| / 2, and the rest of
 * the way has what is left: max_turnover - D, or nothing. So the turnover is
 * at most the larger of max_turnover and D, and the gross at most 2.
 *
 * The module imports nothing, so its errors have a status and no message:
 *   1  the parameters are not what meta.json's schema asks for
 *   2  a prediction is NaN: it has no place in the order
 *   3  no memory left
 */
#include "edgesignal_rule.h"

#include "../legs.h"

#define DEFAULT_MAX_TURNOVER 0.3
#define MAX_MAX_TURNOVER 2.0

static double max_turnover = DEFAULT_MAX_TURNOVER;

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  uint32_t top, bottom;
  if (!read_count(json, len, "top_n", DEFAULT_N, &top)) return BAD_PARAMS;
  if (!read_count(json, len, "bottom_n", DEFAULT_N, &bottom)) return BAD_PARAMS;
  if (!read_between(json, len, "max_turnover", DEFAULT_MAX_TURNOVER, 0, MAX_MAX_TURNOVER, &max_turnover))
    return BAD_PARAMS;
  top_n = top;
  bottom_n = bottom;
  return ES_OK;
}

/* Brings the book to weights within +-1 and a gross of 2; returns the turnover. */
static double bring_down(uint32_t n, double *book) {
  double gross = 0, turnover = 0;
  for (uint32_t i = 0; i < n; i++) {
    double p = book[i] == book[i] ? book[i] : 0;
    book[i] = p > 1 ? 1 : p < -1 ? -1 : p;
    gross += __builtin_fabs(book[i]);
    turnover += __builtin_fabs(p - book[i]);
  }
  if (gross > 2) {
    double factor = 2 / gross;
    for (uint32_t i = 0; i < n; i++) {
      double p = book[i];
      book[i] = p * factor;
      turnover += __builtin_fabs(p - book[i]);
    }
  }
  return 0.5 * turnover;
}

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, double *in, double *out) {
  (void)ncols; /* 3 */
  double *previous = in + 2 * n;
  int status = add_legs(n, in, out, add_leg);
  if (status != ES_OK) return status;
  double left = max_turnover - bring_down(n, previous), turnover = 0;
  for (uint32_t i = 0; i < n; i++) turnover += __builtin_fabs(out[i] - previous[i]);
  turnover *= 0.5;
  if (turnover <= left) return ES_OK;
  double part = left > 0 ? left / turnover : 0;
  for (uint32_t i = 0; i < n; i++) out[i] = previous[i] + (out[i] - previous[i]) * part + 0.0;
  return ES_OK;
}
