/*
 * scores.h: from predictions to scores, from scores to a book. Sums go in
 * index order, so that every host gets the same bits.
 */
#ifndef EDGESIGNAL_RULES_SCORES_H
#define EDGESIGNAL_RULES_SCORES_H

/* A power of two that all predictions can be multiplied by, so that neither
 * their differences nor sums of those overflow, and halving one loses nothing.
 * That multiplication is exact, but for subnormal ones beside one of 2^1000 or
 * more. 0 = a prediction is NaN or infinite. */
static inline double headroom(uint32_t n, const double *p) {
  double largest = 0;
  for (uint32_t i = 0; i < n; i++) {
    double size = __builtin_fabs(p[i]);
    if (!(size <= 0x1.fffffffffffffp1023)) return 0;
    if (size > largest) largest = size;
  }
  return largest >= 0x1p1000 ? 0x1p-20 : largest < 0x1p-900 ? 0x1p20 : 1;
}

/* Divides x by its largest absolute value. 0 = there is none but 0. */
static inline int normalise(uint32_t n, double *x) {
  double largest = 0;
  for (uint32_t i = 0; i < n; i++) {
    double size = __builtin_fabs(x[i]);
    if (size > largest) largest = size;
  }
  if (largest == 0) return 0;
  for (uint32_t i = 0; i < n; i++) x[i] /= largest;
  return 1;
}

/* Subtracts the mean. */
static inline void centre(uint32_t n, double *x) {
  double sum = 0;
  for (uint32_t i = 0; i < n; i++) sum += x[i];
  double mean = sum / n;
  for (uint32_t i = 0; i < n; i++) x[i] -= mean;
}

/* Scales the scores so that their absolute values add up to gross; of a book
 * that is long only, negative scores are 0 before that. Scores that are all 0
 * stay so. out may be score. */
static inline void to_gross(uint32_t n, const double *score, double gross, int long_only, double *out) {
  double sum = 0;
  for (uint32_t i = 0; i < n; i++) {
    double s = long_only && score[i] < 0 ? 0 : score[i];
    out[i] = s;
    sum += __builtin_fabs(s);
  }
  double factor = sum > 0 ? gross / sum : 0;
  for (uint32_t i = 0; i < n; i++) out[i] = out[i] * factor + 0.0; /* + 0.0 makes 0 of -0 */
}

#endif
