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

/* es_bool reads the true or false under key into *to, as es_number does. */
ES_SMALL int es_bool(const char *json, uint32_t len, const char *key, int *to) {
  const char *end = json + len, *p = es_value(json, end, key);
  if (!p) return ES_ABSENT;
  for (int value = 0; value <= 1; value++) {
    const char *q = p, *word = value ? "true" : "false";
    while (q < end && *word && *q == *word) q++, word++;
    if (*word) continue;
    if (q < end && *q != ',' && *q != '}') continue;
    *to = value;
    return ES_FOUND;
  }
  return ES_BAD;
}

/* The four hexadecimal digits at p, or -1. */
ES_SMALL int32_t es_hex4(const char *p, const char *end) {
  int32_t value = 0;
  if (end - p < 4) return -1;
  for (int i = 0; i < 4; i++) {
    uint32_t c = (uint8_t)p[i], digit = c - '0';
    if (digit > 9) digit = (c | 32u) - 'a' < 6u ? (c | 32u) - 'a' + 10 : 16;
    if (digit > 15) return -1;
    value = value * 16 + (int32_t)digit;
  }
  return value;
}

/* Writes the UTF-8 of code, below 0x10000, to to; returns how many bytes. */
ES_SMALL uint32_t es_utf8(uint32_t code, char *to) {
  uint32_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : 2;
  to[0] = (char)(more ? (0xff00u >> (more + 1) & 0xffu) | code >> 6 * more : code);
  for (uint32_t i = 1; i <= more; i++) to[i] = (char)(0x80u | (code >> 6 * (more - i) & 0x3fu));
  return more + 1;
}

/*
 * es_text reads the string under key into to, as UTF-8 that ends with a 0.
 * ES_ABSENT leaves to as it was. ES_BAD: not a string, longer than room - 3
 * bytes, a 0 inside, or a surrogate pair in escapes, which the host does not
 * write; what to holds then is of no use.
 */
ES_SMALL int es_text(const char *json, uint32_t len, const char *key, char *to, uint32_t room) {
  const char *end = json + len, *p = es_value(json, end, key);
  if (!p) return ES_ABSENT;
  if (p == end || *p != '"') return ES_BAD;
  uint32_t at = 0;
  for (p++; p < end && *p != '"';) {
    if (at + 4 > room) return ES_BAD; /* the longest escape and the 0 */
    if (*p != '\\') {
      to[at++] = *p++;
      continue;
    }
    if (++p == end) return ES_BAD;
    int32_t code = -1;
    if (*p == 'u') {
      code = es_hex4(++p, end);
      if (code <= 0 || code >> 11 == 0xd800 >> 11) return ES_BAD;
      p += 4;
    } else {
      static const char from[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
      for (uint32_t i = 0; i < sizeof from - 1; i++)
        if (*p == from[i]) code = meant[i];
      if (code < 0) return ES_BAD;
      p++;
    }
    at += es_utf8((uint32_t)code, to + at);
  }
  if (p >= end) return ES_BAD;
  to[at] = 0;
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

/* es_line is a line of text put together piece by piece; what is beyond its
 * room is left out. Begin with {0}. */
typedef struct {
  uint32_t len;
  char text[1024];
} es_line;

ES_SMALL void es_add(es_line *line, const char *text) {
  while (*text && line->len < sizeof line->text) line->text[line->len++] = *text++;
}

/* es_add_count adds a whole number in decimal. */
ES_SMALL void es_add_count(es_line *line, uint32_t count) {
  char digits[11], *p = digits + 10;
  *p = 0;
  do *--p = (char)('0' + count % 10);
  while (count /= 10);
  es_add(line, p);
}

ES_SMALL void es_log_line(int32_t level, const es_line *line) { es_host_log(level, line->text, line->len); }

#endif
