/*
 * zscore_weighted: weights in proportion to the z-score of the prediction.
 *
 *   z_i = (p_i - mean) / s, s = the sample standard deviation (n - 1)
 *   c_i = min(max(z_i, -clip), clip), less the mean of these
 *   w_i = gross * c_i / sum |c|
 *
 * The weights sum to 0. With long_only each c_i below 0 is 0 before the last
 * step, and gross is 1 where it is not given, otherwise 2. When all
 * predictions are equal, or there is one symbol only, all weights are 0.
 *
 * The module imports nothing, so its errors have a status and no message:
 *   1  the parameters are not what meta.json's schema asks for
 *   2  a prediction is NaN or infinite: there is no mean
 */
#include "edgesignal_rule.h"

#include "../params.h"
#include "../scores.h"

#define DEFAULT_CLIP 3.0
#define MIN_CLIP 0.1
#define MAX_CLIP 1000.0

static double gross = 2, clip = DEFAULT_CLIP;
static int long_only = 0;

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  if (!read_gross(json, len, &gross, &long_only)) return BAD_PARAMS;
  return read_between(json, len, "clip", DEFAULT_CLIP, MIN_CLIP, MAX_CLIP, &clip) ? ES_OK : BAD_PARAMS;
}

/* Makes clipped z-scores of x, which has mean 0 and a value that is not 0. */
static void standardise(uint32_t n, double *x) {
  double squares = 0;
  for (uint32_t i = 0; i < n; i++) squares += x[i] * x[i];
  double s = __builtin_sqrt(squares / (n - 1));
  for (uint32_t i = 0; i < n; i++) {
    double z = x[i] / s;
    x[i] = z > clip ? clip : z < -clip ? -clip : z;
  }
}

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, double *in, double *out) {
  (void)ncols; /* the predictions are column 0; nothing else is used */
  double scale = headroom(n, in);
  if (scale == 0) return BAD_PREDICTION;
  /* Differences from one of the predictions instead of the predictions: 0
   * exactly where all are equal, and no digits lost where they are close. */
  double first = in[0] * scale;
  for (uint32_t i = 0; i < n; i++) in[i] = in[i] * scale - first;
  if (normalise(n, in)) {
    centre(n, in);
    standardise(n, in);
    centre(n, in);
  }
  to_gross(n, in, gross, long_only, out);
  return ES_OK;
}
