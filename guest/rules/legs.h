/*
 * legs.h: the legs of top_bottom, for every rule that starts from them.
 * Include edgesignal_rule.h first.
 *
 * Order: prediction, highest first; equal predictions by position, which is
 * the order of the symbols' names. The top leg is the first top_n symbols, the
 * bottom leg the last bottom_n; with fewer symbols all of them are in it.
 */
#ifndef EDGESIGNAL_RULES_LEGS_H
#define EDGESIGNAL_RULES_LEGS_H

#include "params.h"

#define DEFAULT_N 3u
#define MAX_N 10000u

static uint32_t top_n = DEFAULT_N, bottom_n = DEFAULT_N;

/* A whole number from 0 to MAX_N; fallback where key is not there. */
static int read_count(const char *json, uint32_t len, const char *key, uint32_t fallback, uint32_t *to) {
  double v = fallback;
  if (es_number(json, len, key, &v) == ES_BAD) return 0;
  if (!(v >= 0 && v <= MAX_N)) return 0;
  *to = (uint32_t)v;
  return (double)*to == v;
}

/*
 * A leg walks the symbols in the direction in which ties are won: the top leg
 * forwards over p, the bottom leg backwards over -p. So both look for the k
 * largest keys, and of two equal keys the one that came first wins.
 */
typedef struct {
  const double *p; /* the prediction at step 0 */
  double *out;     /* and its weight */
  int32_t stride;  /* 1 forwards, -1 backwards; the sign of the keys too */
} leg;

static inline double key(const leg *l, uint32_t step) { return l->stride * l->p[(int32_t)step * l->stride]; }

static inline void add(const leg *l, uint32_t step, double weight) { l->out[(int32_t)step * l->stride] += weight; }

/* Whether step a loses its place before step b does. */
static inline int weaker(const leg *l, uint32_t a, uint32_t b) {
  double ka = key(l, a), kb = key(l, b);
  return ka < kb || (ka == kb && a > b);
}

/* Puts step at i or below it, so that heap[i] is the weakest of its subtree. */
static void sift(const leg *l, uint32_t *heap, uint32_t k, uint32_t i, uint32_t step) {
  for (;;) {
    uint32_t child = 2 * i + 1;
    if (child >= k) break;
    if (child + 1 < k && weaker(l, heap[child + 1], heap[child])) child++;
    if (!weaker(l, heap[child], step)) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = step;
}

/* Adds weight to the k strongest of n symbols: O(n log k), with a heap whose
 * root is the weakest of the k strongest so far. A status. */
static int add_leg(const leg *l, uint32_t n, uint32_t k, double weight) {
  if (k >= n) {
    for (uint32_t i = 0; i < n; i++) add(l, i, weight);
    return ES_OK;
  }
  uint32_t *heap = es_scratch((uint64_t)k * sizeof *heap);
  if (!heap) return NO_MEMORY;
  for (uint32_t i = 0; i < k; i++) heap[i] = i;
  for (uint32_t i = k / 2; i-- > 0;) sift(l, heap, k, i, heap[i]);
  double bar = key(l, heap[0]);
  for (uint32_t step = k; step < n; step++) {
    if (key(l, step) <= bar) continue; /* an equal key came later and loses */
    sift(l, heap, k, 0, step);
    bar = key(l, heap[0]);
  }
  for (uint32_t i = 0; i < k; i++) add(l, heap[i], weight);
  return ES_OK;
}

/* What gives weight to the k strongest of n symbols of a leg. A status. */
typedef int weigh(const leg *l, uint32_t n, uint32_t k, double weight);

/* Makes out 0 and gives +1/top_n to the top leg, -1/bottom_n to the bottom
 * leg; what a symbol gets from both adds up. A status. */
static inline int add_legs(uint32_t n, const double *p, double *out, weigh *leg_weight) {
  if (n == 0) return ES_OK;
  for (uint32_t i = 0; i < n; i++) {
    if (p[i] != p[i]) return BAD_PREDICTION;
    out[i] = 0;
  }
  leg top = {p, out, 1}, bottom = {p + n - 1, out + n - 1, -1};
  int status = ES_OK;
  if (top_n) status = leg_weight(&top, n, top_n, 1.0 / top_n);
  if (bottom_n && status == ES_OK) status = leg_weight(&bottom, n, bottom_n, -1.0 / bottom_n);
  return status;
}

#endif
