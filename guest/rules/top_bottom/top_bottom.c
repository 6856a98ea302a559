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

enum { BAD_PARAMS = 1, NAN_PREDICTION = 2, NO_MEMORY = 3 };

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

ES_EXPORT(rule_configure) int32_t rule_configure(const char *json, uint32_t len) {
  uint32_t top, bottom;
  if (!read_count(json, len, "top_n", DEFAULT_N, &top)) return BAD_PARAMS;
  if (!read_count(json, len, "bottom_n", DEFAULT_N, &bottom)) return BAD_PARAMS;
  top_n = top;
  bottom_n = bottom;
  return ES_OK;
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
 * root is the weakest of the k strongest so far. */
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

ES_EXPORT(rule_construct)
int32_t rule_construct(uint32_t n, uint32_t ncols, const double *in, double *out) {
  (void)ncols; /* the predictions are column 0; nothing else is used */
  if (n == 0) return ES_OK;
  for (uint32_t i = 0; i < n; i++) {
    if (in[i] != in[i]) return NAN_PREDICTION;
    out[i] = 0;
  }
  leg top = {in, out, 1}, bottom = {in + n - 1, out + n - 1, -1};
  int status = ES_OK;
  if (top_n) status = add_leg(&top, n, top_n, 1.0 / top_n);
  if (bottom_n && status == ES_OK) status = add_leg(&bottom, n, bottom_n, -1.0 / bottom_n);
  return status;
}
