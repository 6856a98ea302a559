/*
 * sector_neutral: weights in proportion to how far the prediction is from the
 * mean of its sector.
 *
 *   d_i = p_i - mean of p over the symbols of i's sector
 *   w_i = gross * d_i / sum |d|
 *
 * The weights sum to 0 in every sector. A sector is one value of the column
 * sector; the symbols without one (NaN, or infinite) are a sector together. A
 * sector of one symbol, or of equal predictions, gets 0; when that is every
 * sector, all weights are 0.
 *
 * The module imports nothing, so its errors have a status and no message:
 *   1  the parameters are not what meta.json's schema asks for
 *   2  a prediction is NaN or infinite: there is no mean
 *   3  no memory left
 */
#include "edgesignal_rule.h"

#include "../order.h"
#include "../params.h"
#include "../scores.h"

#define DEFAULT_GROSS 2.0

static double gross = DEFAULT_GROSS;

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  return read_between(json, len, "gross", DEFAULT_GROSS, 0, MAX_GROSS, &gross) ? ES_OK : BAD_PARAMS;
}

/* Where the sector of order[first] ends. */
static uint32_t sector_end(uint32_t n, const double *sector, const uint32_t *order, uint32_t first) {
  uint32_t end = first + 1;
  while (end < n && sector[order[end]] == sector[order[first]]) end++;
  return end;
}

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, double *in, double *out) {
  (void)ncols; /* 3 */
  double *score = in + n; /* sector after sector, in the place of the ranks */
  double *sector = in + 2 * n;
  double scale = headroom(n, in);
  if (scale == 0) return BAD_PREDICTION;
  for (uint32_t i = 0; i < n; i++)
    if (sector[i] - sector[i] != 0) sector[i] = __builtin_inf();
  uint32_t *order = descending(n, sector);
  if (!order) return NO_MEMORY;
  /* Differences from the first of the sector instead of the predictions: 0
   * exactly where all are equal, and no digits lost where they are close. */
  for (uint32_t first = 0, end; first < n; first = end) {
    end = sector_end(n, sector, order, first);
    for (uint32_t k = first; k < end; k++) score[k] = in[order[k]] * scale - in[order[first]] * scale;
  }
  if (normalise(n, score)) {
    for (uint32_t first = 0, end; first < n; first = end) {
      end = sector_end(n, sector, order, first);
      centre(end - first, score + first);
    }
  }
  to_gross(n, score, gross, 0, score);
  for (uint32_t k = 0; k < n; k++) out[order[k]] = score[k];
  return ES_OK;
}
