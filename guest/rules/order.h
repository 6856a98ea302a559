/*
 * order.h: symbols in the order of a key. Include edgesignal_rule.h first.
 */
#ifndef EDGESIGNAL_RULES_ORDER_H
#define EDGESIGNAL_RULES_ORDER_H

/* Whether symbol a stands after symbol b: a lower key, or an equal one later. */
static inline int after(const double *keys, uint32_t a, uint32_t b) {
  return keys[a] < keys[b] || (keys[a] == keys[b] && a > b);
}

/* Puts symbol at i or below it, so that heap[i] is the last in order of its subtree. */
static void sink(const double *keys, uint32_t *heap, uint32_t n, uint32_t i, uint32_t symbol) {
  for (;;) {
    uint32_t child = 2 * i + 1;
    if (child >= n) break;
    if (child + 1 < n && after(keys, heap[child + 1], heap[child])) child++;
    if (!after(keys, heap[child], symbol)) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = symbol;
}

/*
 * The symbols 0 to n-1 by key, highest first, equal keys by position; no key
 * may be NaN. Heapsort: O(n log n) whatever the keys are. The result is in
 * scratch memory; NULL = no memory left.
 */
static uint32_t *descending(uint32_t n, const double *keys) {
  uint32_t *order = es_scratch((uint64_t)n * sizeof *order);
  if (!order) return NULL;
  for (uint32_t i = 0; i < n; i++) order[i] = i;
  for (uint32_t i = n / 2; i-- > 0;) sink(keys, order, n, i, order[i]);
  for (uint32_t left = n; left-- > 1;) {
    uint32_t symbol = order[left];
    order[left] = order[0];
    sink(keys, order, left, 0, symbol);
  }
  return order;
}

#endif
