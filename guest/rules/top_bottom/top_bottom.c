/*
 * top_bottom: the symbols with the highest predictions share +1 equally, those
 * with the lowest share -1.
 *
 * Order: prediction, highest first; equal predictions by position, which is
 * the order of the symbols' names. The first top_n symbols get +1/top_n, the
 * last bottom_n get -1/bottom_n; a symbol in both legs gets the sum. A leg of
 * 0 is no leg. With fewer symbols than a leg asks for, all of them are in it,
 * each with the same 1/top_n or -1/bottom_n as ever.
 *
 * The module imports nothing, so its errors have a status and no message:
 *   1  the parameters are not what meta.json's schema asks for
 *   2  a prediction is NaN: it has no place in the order
 *   3  no memory left
 */
#include "edgesignal_rule.h"

#include "../legs.h"

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  uint32_t top, bottom;
  if (!read_count(json, len, "top_n", DEFAULT_N, &top)) return BAD_PARAMS;
  if (!read_count(json, len, "bottom_n", DEFAULT_N, &bottom)) return BAD_PARAMS;
  top_n = top;
  bottom_n = bottom;
  return ES_OK;
}

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, const double *in, double *out) {
  (void)ncols; /* the predictions are column 0; nothing else is used */
  return add_legs(n, in, out, add_leg);
}
