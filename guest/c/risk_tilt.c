/*
 * risk_tilt: each symbol's weight is in proportion to how far its prediction
 * is above the mean, per unit of its volatility.
 *
 * Over the symbols with a volatility above 0, in order of position:
 *
 *   s = prediction, or -rank with "by": "rank"
 *   mean = s_0 + sum(s - s_0) / count, s_0 being the first of them
 *   x = (s - mean) / volatility_20d;  with long_only: max(x, 0)
 *   weight = x / sum(|x|) * gross;  0 for all where every x is 0
 *
 * All other symbols get 0. Errors: the statuses below.
 */
#include <float.h>

#include "edgesignal_rule.h"

enum {
  BAD_PARAMS = 1,     /* not what meta.json's schema asks for */
  BAD_PREDICTION = 2, /* NaN or infinite: it has no place in the mean */
  NO_VOLATILITY = 3,  /* no symbol has one */
  SUM_NOT_FINITE = 4, /* the x are too large to be added up */
};

static double gross; /* sum of |weight| */
static int long_only, by_rank;

static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

/* Logs the message in up to three pieces and is the status. */
static int32_t fail(int32_t status, const char *a, const char *b, const char *c) {
  es_line line = {0};
  es_add(&line, a);
  es_add(&line, b);
  es_add(&line, c);
  es_log_line(ES_ERROR, &line);
  return status;
}

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  gross = 1;
  if (es_number(json, len, "gross", &gross) == ES_BAD) return fail(BAD_PARAMS, "gross is not a number", "", "");
  if (!(gross > 0 && gross <= 2)) return fail(BAD_PARAMS, "gross must be above 0 and at most 2", "", "");
  long_only = 0;
  if (es_bool(json, len, "long_only", &long_only) == ES_BAD)
    return fail(BAD_PARAMS, "long_only is not true or false", "", "");
  char by[256] = "prediction";
  if (es_text(json, len, "by", by, sizeof by) == ES_BAD) return fail(BAD_PARAMS, "by is not a text", "", "");
  by_rank = same(by, "rank");
  if (!by_rank && !same(by, "prediction")) return fail(BAD_PARAMS, "by is \"", by, "\", want prediction or rank");
  return ES_OK;
}

static int finite(double v) { return v >= -DBL_MAX && v <= DBL_MAX; }

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, const double *in, double *out) {
  (void)ncols; /* meta.json names one column: volatility_20d is column 2 */
  const double *prediction = in, *rank = in + n, *volatility = in + 2 * n;
  double first = 0, sum = 0, total = 0;
  uint32_t count = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (!finite(prediction[i])) {
      es_line line = {0};
      es_add(&line, "the prediction at position ");
      es_add_count(&line, i);
      es_add(&line, " is not a finite number");
      es_log_line(ES_ERROR, &line);
      return BAD_PREDICTION;
    }
    if (!(volatility[i] > 0 && finite(volatility[i]))) continue; /* NaN is neither */
    double s = by_rank ? -rank[i] : prediction[i];
    if (count++ == 0) first = s;
    sum += s - first; /* not the sum of s: equal scores must be their mean to the last bit */
  }
  if (count == 0) return fail(NO_VOLATILITY, "no symbol has a volatility", "", "");
  double mean = first + sum / count;
  for (uint32_t i = 0; i < n; i++) {
    out[i] = 0;
    if (!(volatility[i] > 0 && finite(volatility[i]))) continue;
    double x = ((by_rank ? -rank[i] : prediction[i]) - mean) / volatility[i];
    if (long_only && x < 0) continue;
    out[i] = x;
    total += x < 0 ? -x : x;
  }
  if (!finite(total)) return fail(SUM_NOT_FINITE, "the weights cannot be scaled: their sum is not finite", "", "");
  if (total == 0) return ES_OK;
  for (uint32_t i = 0; i < n; i++) out[i] = out[i] / total * gross;
  return ES_OK;
}
