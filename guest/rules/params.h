/*
 * params.h: the stock rules' status codes and what their numbers may be.
 * Include edgesignal_rule.h first.
 */
#ifndef EDGESIGNAL_RULES_PARAMS_H
#define EDGESIGNAL_RULES_PARAMS_H

/* The same in every stock rule. The modules import nothing, so there is no message. */
enum {
  BAD_PARAMS = 1,     /* not what meta.json's schema asks for */
  BAD_PREDICTION = 2, /* NaN, or infinite where the rule calculates with it */
  NO_MEMORY = 3
};

/* A number from low to high; fallback where key is not there. */
ES_SMALL int read_between(const char *json, uint32_t len, const char *key, double fallback, double low, double high,
                          double *to) {
  double v = fallback;
  if (es_number(json, len, key, &v) == ES_BAD) return 0;
  if (!(v >= low && v <= high)) return 0;
  *to = v;
  return 1;
}

#define MAX_GROSS 10.0

/* gross and long_only, which decides the default of gross: two legs of 1 each, or one. */
ES_SMALL int read_gross(const char *json, uint32_t len, double *gross, int *long_only) {
  int only = 0;
  if (es_bool(json, len, "long_only", &only) == ES_BAD) return 0;
  if (!read_between(json, len, "gross", only ? 1 : 2, 0, MAX_GROSS, gross)) return 0;
  *long_only = only;
  return 1;
}

#endif
