/*
 * edgesignal_rule.h: what every rule written in C needs for rule ABI 1
 * (guest/ABI.md): the marker export, an allocator, memory for one call, a
 * reader of flat JSON parameters, and the log.
 *
 * Include it in exactly one .c file, define rule_configure and rule_construct
 * with ES_EXPORT, and build with
 *   clang --target=wasm32 -mcpu=mvp -mbulk-memory -Os -ffp-contract=off -nostdlib
 *   wasm-ld --no-entry --strip-all --stack-first -z stack-size=16384
 * It needs no C library. What a rule does not use is not in its module.
 */
#ifndef EDGESIGNAL_RULE_H
#define EDGESIGNAL_RULE_H

#include <stddef.h>
#include <stdint.h>

#define ES_EXPORT(name) __attribute__((export_name(#name)))

/* For what runs once a call: small counts, not fast. */
#define ES_SMALL static __attribute__((noinline, minsize, unused))

/* Status 0 is success; 1 to 99 are the rule's own errors. */
#define ES_OK 0

/* ---- exports that are the same in every rule ---- */

/* The marker of ABI 1: the host looks for it and never calls it. */
ES_EXPORT(rule_abi_1) void rule_abi_1(void) {}

extern unsigned char __heap_base; /* set by the linker: the first free byte */

static uint32_t es_top; /* end of what rule_alloc has given away; 0 = nothing yet */

#define ES_PAGE 65536u

/* Makes the memory at least end bytes long; 0 when the host's limit forbids it. */
ES_SMALL int es_reach(uint64_t end) {
  uint64_t have = (uint64_t)__builtin_wasm_memory_size(0) * ES_PAGE;
  if (end <= have) return 1;
  uint64_t pages = (end - have + ES_PAGE - 1) / ES_PAGE;
  if (pages > 65535) return 0;
  return __builtin_wasm_memory_grow(0, (size_t)pages) != (size_t)-1;
}

/* The end of what is given away, rounded up to 8 bytes. */
static uint32_t es_heap_top(void) {
  uint32_t top = es_top ? es_top : (uint32_t)(uintptr_t)&__heap_base;
  return (top + 7u) & ~7u;
}

/* rule_alloc gives size bytes, aligned to 8, that stay the caller's for ever;
 * 0 = no memory left. */
ES_EXPORT(rule_alloc) void *rule_alloc(uint32_t size) {
  uint32_t at = es_heap_top();
  uint64_t end = (uint64_t)at + size;
  if (end > UINT32_MAX - 7u || !es_reach(end)) return NULL;
  es_top = (uint32_t)end;
  return (void *)(uintptr_t)at;
}

/* ---- for the rule's own use ---- */

/* es_scratch gives size bytes, aligned to 8, that are the rule's until the
 * export that asked for them returns. The next call of es_scratch or of
 * rule_alloc gives the same bytes again. NULL = no memory left. */
ES_SMALL void *es_scratch(uint64_t size) {
  uint32_t at = es_heap_top();
  if (size > UINT32_MAX - 7u - at || !es_reach(at + size)) return NULL;
  return (void *)(uintptr_t)at;
}

/* ---- parameters: one flat JSON object ---- */

/* The host hands over valid JSON, with no white space, no escapes that are not
 * needed and each key once. This reader never looks past end, whatever it gets. */

ES_SMALL const char *es_after_space(const char *p, const char *end) {
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')) p++;
  return p;
}

/* p is on an opening quote; returns the closing one, or end. */
ES_SMALL const char *es_closing_quote(const char *p, const char *end) {
  for (p++; p < end && *p != '"'; p++)
    if (*p == '\\') p++;
  return p < end ? p : end;
}

/* Where the value of key begins in the object [p, end); NULL = not there. */
ES_SMALL const char *es_value(const char *p, const char *end, const char *key) {
  p = es_after_space(p, end);
  if (p == end || *p != '{') return NULL;
  for (p++;;) {
    p = es_after_space(p, end);
    if (p == end || *p != '"') return NULL;
    const char *close = es_closing_quote(p, end);
    const char *k = key;
    for (p++; p < close && *k == *p; p++) k++;
    int same = p == close && *k == 0;
    if (close == end) return NULL;
    p = es_after_space(close + 1, end);
    if (p == end || *p != ':') return NULL;
    p = es_after_space(p + 1, end);
    if (same) return p;
    for (int depth = 0; p < end; p++) { /* to the comma after this value */
      if (*p == '"') {
        p = es_closing_quote(p, end);
        if (p == end) return NULL;
      } else if (*p == '[' || *p == '{') {
        depth++;
      } else if (*p == ']' || *p == '}') {
        if (depth-- == 0) return NULL;
      } else if (*p == ',' && depth == 0) {
        break;
      }
    }
    if (p == end) return NULL;
    p++;
  }
}

enum { ES_ABSENT = 0, ES_FOUND = 1, ES_BAD = -1 };

/*
 * es_number reads the number under key into *to. ES_ABSENT leaves *to as it
 * was, so put the default there first. ES_BAD: not a number, or one that
 * cannot be read exactly this simply: its digits, the point taken out, make
 * an integer above 2^53, or its power of ten is beyond 10^22. All others are
 * the nearest double, as every other JSON reader gives it, because both
 * operands of the one division or multiplication are exact (W. D. Clinger,
 * "How to read floating point numbers accurately", 1990).
 */
ES_SMALL int es_number(const char *json, uint32_t len, const char *key, double *to) {
  const char *end = json + len, *p = es_value(json, end, key);
  if (!p) return ES_ABSENT;
  double sign = 1;
  if (p < end && *p == '-') {
    sign = -1;
    p++;
  }
  const char *first = p;
  uint64_t digits = 0;
  int32_t power = 0, step = 0;
  for (; p < end; p++) {
    if (*p == '.') {
      step = -1;
      continue;
    }
    uint32_t digit = (uint32_t)*p - '0';
    if (digit > 9) break;
    digits = digits * 10 + digit;
    if (digits > 1ull << 53) return ES_BAD;
    power += step;
  }
  if (p == first) return ES_BAD;
  if (p < end && (*p == 'e' || *p == 'E')) {
    int32_t exponent = 0, down = 0;
    for (p++; p < end; p++) {
      uint32_t digit = (uint32_t)*p - '0';
      if (*p == '-') down = 1;
      else if (digit <= 9) exponent = exponent * 10 + (int32_t)digit;
      else if (*p != '+') break;
      if (exponent > 9999) return ES_BAD;
    }
    power += down ? -exponent : exponent;
  }
  if (p < end && *p != ',' && *p != '}') return ES_BAD;
  if (power < -22 || power > 22) return ES_BAD;
  double ten = 1;
  for (int32_t i = power < 0 ? -power : power; i > 0; i--) ten *= 10; /* exact up to 10^22 */
  *to = sign * (power < 0 ? (double)digits / ten : (double)digits * ten);
  return ES_FOUND;
}

/*
 * es_flag reads true or false under key into *to as 1 or 0. ES_ABSENT leaves
 * *to as it was; ES_BAD: neither true nor false.
 */
ES_SMALL int es_flag(const char *json, uint32_t len, const char *key, int *to) {
  const char *end = json + len, *p = es_value(json, end, key);
  if (!p) return ES_ABSENT;
  int flag = p < end && *p == 't';
  const char *word = flag ? "true" : "false";
  for (; *word; p++, word++)
    if (p == end || *p != *word) return ES_BAD;
  if (p < end && *p != ',' && *p != '}') return ES_BAD;
  *to = flag;
  return ES_FOUND;
}

/* ---- log ---- */

enum { ES_DEBUG = 0, ES_INFO = 1, ES_WARN = 2, ES_ERROR = 3 };

__attribute__((import_module("host"), import_name("log"))) void es_host_log(int32_t level, const char *text,
                                                                            uint32_t len);

/* es_log writes one line. A rule that uses it imports host.log. The last line
 * before a status of 1 to 99 is that error's message. */
ES_SMALL void es_log(int32_t level, const char *text) {
  uint32_t len = 0;
  while (text[len]) len++;
  es_host_log(level, text, len);
}

#endif
