/*
 * rank_weighted: weights in proportion to the place in the order of the
 * predictions, counted from the middle.
 *
 *   r_i = place of symbol i, 1 = the highest prediction; equal predictions
 *         share the average of their places
 *   c_i = (n + 1) / 2 - r_i
 *   w_i = gross * c_i / sum |c|
 *
 * The weights sum to 0. With long_only each c_i below 0 is 0 first, and gross
 * is 1 where it is not given, otherwise 2. When all predictions are equal, or
 * there is one symbol only, all weights are 0.
 *
 * The module imports nothing, so its errors have a status and no message:
 *   1  the parameters are not what meta.json's schema asks for
 *   2  a prediction is NaN: it has no place in the order
 *   3  no memory left
 */
#include "edgesignal_rule.h"

#include "../order.h"
#include "../params.h"
#include "../scores.h"

static double gross = 2;
static int long_only = 0;

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  return read_gross(json, len, &gross, &long_only) ? ES_OK : BAD_PARAMS;
}

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, const double *in, double *out) {
  (void)ncols; /* the predictions are column 0; nothing else is used */
  for (uint32_t i = 0; i < n; i++)
    if (in[i] != in[i]) return BAD_PREDICTION;
  uint32_t *order = descending(n, in);
  if (!order) return NO_MEMORY;
  for (uint32_t first = 0, end; first < n; first = end) {
    for (end = first + 1; end < n && in[order[end]] == in[order[first]];) end++;
    /* The places first + 1 to end have the average (first + 1 + end) / 2. */
    double c = 0.5 * ((double)n - first - end);
    for (uint32_t k = first; k < end; k++) out[order[k]] = c;
  }
  to_gross(n, out, gross, long_only, out);
  return ES_OK;
}
