/*
 * capped: weights in proportion to how far the prediction is from the median,
 * none above max_weight.
 *
 *   d_i = p_i - median; n even: the mean of the two in the middle
 *   long leg: d_i > 0, short leg: d_i < 0; the sum of a leg is L = gross / 2
 *   w_i = sign(d_i) * min(max_weight, lambda * |d_i|), with the lambda of the
 *         leg that makes the leg's |w| add up to L
 *
 * That lambda is what water-filling ends at: share L in proportion to |d|, cut
 * at max_weight, share the excess in proportion among those below it, and so
 * on until none is above. A leg of k symbols with k * max_weight <= L has
 * them all at max_weight, and the book is smaller by the rest. With long_only
 * the short leg is left out, L = gross, and gross is 1 where it is not given,
 * otherwise 2. A prediction at the median gets 0; when all predictions are
 * equal, or there is one symbol only, all weights are 0.
 *
 * The module imports nothing, so its errors have a status and no message:
 *   1  the parameters are not what meta.json's schema asks for
 *   2  a prediction is NaN or infinite
 *   3  no memory left
 */
#include "edgesignal_rule.h"

#include "../order.h"
#include "../params.h"
#include "../scores.h"

#define DEFAULT_MAX_WEIGHT 0.1
#define MIN_MAX_WEIGHT 0.000001
#define MAX_MAX_WEIGHT 1.0

static double gross = 2, max_weight = DEFAULT_MAX_WEIGHT;
static int long_only = 0;

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  if (!read_gross(json, len, &gross, &long_only)) return BAD_PARAMS;
  int ok = read_between(json, len, "max_weight", DEFAULT_MAX_WEIGHT, MIN_MAX_WEIGHT, MAX_MAX_WEIGHT, &max_weight);
  return ok ? ES_OK : BAD_PARAMS;
}

/* Makes weights of the scores d[0], d[stride], ... of a leg that sums to sum.
 * Along the stride, 1 for the long leg and -1 for the short one, |d| falls. */
static void fill(double *d, int32_t stride, uint32_t k, double sum) {
  /* With the j largest at the cap, the others share what they leave in
   * proportion. The right j is the smallest with which the largest of those
   * others stays within the cap; one more at the cap only lowers the share. */
  uint32_t full = k;
  double below = 0; /* scores of those that are not at the cap */
  for (uint32_t j = k; j-- > 0; full = j) {
    double score = stride * d[(int32_t)j * stride];
    if (score * (sum - j * max_weight) > max_weight * (below + score)) break;
    below += score;
  }
  double left = sum - full * max_weight;
  for (uint32_t j = 0; j < k; j++) {
    double *at = &d[(int32_t)j * stride], w = max_weight;
    if (j >= full) w = left * (stride * *at / below); /* at most left: no overflow */
    *at = stride * (w > max_weight ? max_weight : w);
  }
}

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, double *in, double *out) {
  (void)ncols; /* the predictions are column 0 */
  double *d = in + n; /* in the order of the predictions, in the place of the ranks */
  double scale = headroom(n, in);
  if (scale == 0) return BAD_PREDICTION;
  uint32_t *order = descending(n, in);
  if (!order) return NO_MEMORY;
  /* Differences from the lower of the two in the middle, or the one: so the
   * sign of d is right however close the predictions are. */
  double lower = in[order[n / 2]] * scale;
  for (uint32_t k = 0; k < n; k++) d[k] = in[order[k]] * scale - lower;
  double median = 0.5 * d[(n - 1) / 2];
  for (uint32_t k = 0; k < n; k++) d[k] -= median;
  uint32_t above = 0, under = 0;
  while (above < n && d[above] > 0) above++;
  while (under < n && d[n - 1 - under] < 0) under++;
  fill(d, 1, above, long_only ? gross : 0.5 * gross);
  if (long_only) {
    for (uint32_t k = above; k < n; k++) d[k] = 0;
  } else {
    fill(d + n - 1, -1, under, 0.5 * gross);
  }
  for (uint32_t k = 0; k < n; k++) out[order[k]] = d[k] + 0.0; /* makes 0 of -0 */
  return ES_OK;
}
