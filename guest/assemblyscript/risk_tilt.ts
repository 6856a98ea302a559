/**
 * risk_tilt: each symbol's weight is in proportion to how far its prediction
 * is above the mean, per unit of its volatility.
 *
 * Over the symbols with a volatility above 0, in order of position:
 *
 *   s = prediction, or -rank with "by": "rank"
 *   mean = s_0 + sum(s - s_0) / count, s_0 being the first of them
 *   x = (s - mean) / volatility_20d;  with long_only: max(x, 0)
 *   weight = x / sum(|x|) * gross;  0 for all where every x is 0
 *
 * All other symbols get 0. Errors: the statuses below.
 */
import { Floats, Input, Params, fail } from "./edgesignal_rule";

export { rule_abi_1, rule_alloc } from "./edgesignal_rule";

const BAD_PARAMS = 1; // not what meta.json's schema asks for
const BAD_PREDICTION = 2; // NaN or infinite: it has no place in the mean
const NO_VOLATILITY = 3; // no symbol has one
const SUM_NOT_FINITE = 4; // the x are too large to be added up

const VOLATILITY = 0; // of meta.json's columns

let gross: f64 = 1; // sum of |weight|
let longOnly = false;
let byRank = false;

export function rule_configure(at: usize, size: i32): i32 {
  const params = new Params(at, size);
  gross = params.number("gross", 1);
  if (params.problem == "" && !(gross > 0 && gross <= 2)) return fail(BAD_PARAMS, "gross must be above 0 and at most 2");
  longOnly = params.bool("long_only", false);
  const by = params.text("by", "prediction");
  if (params.problem != "") return fail(BAD_PARAMS, params.problem);
  byRank = by == "rank";
  if (!byRank && by != "prediction") return fail(BAD_PARAMS, "by is \"" + by + "\", want prediction or rank");
  return 0;
}

export function rule_construct(n: i32, ncols: i32, at: usize, out: usize): i32 {
  const input = new Input(n, ncols, at), weights = new Floats(out, n);
  const volatility = input.column(VOLATILITY);
  let first: f64 = 0, sum: f64 = 0, total: f64 = 0, count = 0;
  for (let i = 0; i < n; i++) {
    if (!isFinite(input.predictions[i])) {
      return fail(BAD_PREDICTION, "the prediction at position " + i.toString() + " is not a finite number");
    }
    if (!usable(volatility[i])) continue;
    if (count++ == 0) first = score(input, i);
    sum += score(input, i) - first; // not sum(s): equal scores must be their mean to the last bit
  }
  if (count == 0) return fail(NO_VOLATILITY, "no symbol has a volatility");
  const mean = first + sum / <f64>count;
  for (let i = 0; i < n; i++) {
    weights[i] = 0;
    if (!usable(volatility[i])) continue;
    const x = (score(input, i) - mean) / volatility[i];
    if (longOnly && x < 0) continue;
    weights[i] = x;
    total += Math.abs(x);
  }
  if (!isFinite(total)) return fail(SUM_NOT_FINITE, "the weights cannot be scaled: their sum is not finite");
  if (total == 0) return 0;
  for (let i = 0; i < n; i++) weights[i] = weights[i] / total * gross;
  return 0;
}

function score(input: Input, i: i32): f64 {
  return byRank ? -input.ranks[i] : input.predictions[i];
}

/** Neither NaN nor infinite is. */
function usable(volatility: f64): bool {
  return volatility > 0 && isFinite(volatility);
}
