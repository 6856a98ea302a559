/*
 * inverse_volatility: the legs of top_bottom, less of what moves more.
 *
 *   U   = the symbols whose volatility_20d is finite and above 0
 *   top = the top_n of U with the highest predictions, bottom = the bottom_n
 *         with the lowest; equal predictions as in top_bottom
 *   w_i = (1 / v_i) / sum over top (1 / v)        for i in top
 *       - (1 / v_i) / sum over bottom (1 / v)     for i in bottom
 *
 * So each leg sums to +1 or -1, whenever U is not empty; a symbol in both legs
 * gets the sum. A leg of 0 is no leg. With fewer symbols in U than a leg asks
 * for, all of them are in it. Symbols outside of U get 0.
 *
 * The module imports nothing, so its errors have a status and no message:
 *   1  the parameters are not what meta.json's schema asks for
 *   2  a prediction is NaN or infinite
 *   3  no memory left
 */
#include "edgesignal_rule.h"

#include "../legs.h"

static double *prediction, *chosen; /* columns 0 and 1; the ranks are not needed */
static const double *volatility;    /* column 2 */

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  uint32_t top, bottom;
  if (!read_count(json, len, "top_n", DEFAULT_N, &top)) return BAD_PARAMS;
  if (!read_count(json, len, "bottom_n", DEFAULT_N, &bottom)) return BAD_PARAMS;
  top_n = top;
  bottom_n = bottom;
  return ES_OK;
}

static inline int usable(double v) { return v > 0 && v < __builtin_inf(); }

/* Shares +1 or -1, the sign of weight, among the k strongest of U. */
static int weigh_by_volatility(const leg *l, uint32_t n, uint32_t k, double weight) {
  for (uint32_t i = 0; i < n; i++) {
    chosen[i] = 0;
    if (!usable(volatility[i])) prediction[i] = -l->stride * __builtin_inf(); /* after all of U */
  }
  leg marks = {l->p, chosen + (l->p - prediction), l->stride};
  int status = add_leg(&marks, n, k, 1);
  if (status != ES_OK) return status;
  double lowest = __builtin_inf(), sum = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (!usable(volatility[i])) chosen[i] = 0;
    if (chosen[i] && volatility[i] < lowest) lowest = volatility[i];
  }
  /* lowest / v is 1 / v on a scale on which nothing overflows. */
  for (uint32_t i = 0; i < n; i++)
    if (chosen[i]) sum += chosen[i] = lowest / volatility[i];
  double *out = l->out - (l->p - prediction);
  for (uint32_t i = 0; i < n; i++)
    if (chosen[i]) out[i] += weight < 0 ? -(chosen[i] / sum) : chosen[i] / sum;
  return ES_OK;
}

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, double *in, double *out) {
  (void)ncols; /* 3 */
  for (uint32_t i = 0; i < n; i++)
    if (in[i] - in[i] != 0) return BAD_PREDICTION; /* NaN and the infinities */
  prediction = in;
  chosen = in + n;
  volatility = in + 2 * n;
  return add_legs(n, in, out, weigh_by_volatility);
}
