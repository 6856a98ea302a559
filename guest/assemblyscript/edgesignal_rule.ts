/**
 * What every rule in AssemblyScript needs for EdgeSignal's rule ABI 1: the
 * marker export, the allocator, views of the host's buffers, a reader of flat
 * JSON parameters, and the log. One file; it uses nothing but AssemblyScript's
 * standard library.
 *
 * The entry file passes two exports on and adds two of its own:
 *
 *   export { rule_abi_1, rule_alloc } from "./edgesignal_rule";
 *   export function rule_configure(at: usize, size: i32): i32 { ... }
 *   export function rule_construct(n: i32, ncols: i32, at: usize, out: usize): i32 { ... }
 *
 * Each call begins with the state right after the module's start: nothing that
 * a call leaves in memory or in a global is there in the next. So the stub
 * runtime, which never frees, is the right one.
 */

/** The marker of ABI 1: the host looks for it and never calls it. */
export function rule_abi_1(): void {}

/** Memory for the host, aligned to 16 bytes. Traps when there is none left. */
export function rule_alloc(size: usize): usize {
  return heap.alloc(size);
}

/** n float64 in memory: a column of the input, or the weights. */
@final
export class Floats {
  constructor(private at: usize, readonly length: i32) {}

  @operator("[]")
  private get(i: i32): f64 {
    if (<u32>i >= <u32>this.length) unreachable();
    return load<f64>(this.at + (<usize>i << 3));
  }

  @operator("[]=")
  private set(i: i32, value: f64): void {
    if (<u32>i >= <u32>this.length) unreachable();
    store<f64>(this.at + (<usize>i << 3), value);
  }
}

/** One day's data over n symbols, in ascending order of their names. */
@final
export class Input {
  readonly predictions: Floats;
  /** 1 = the highest prediction. */
  readonly ranks: Floats;

  constructor(readonly n: i32, readonly ncols: i32, private at: usize) {
    this.predictions = new Floats(at, n);
    this.ranks = new Floats(at + (<usize>n << 3), n);
  }

  /** Column c of meta.json's columns, the first is 0; NaN = missing. */
  column(c: i32): Floats {
    if (<u32>c >= <u32>(this.ncols - 2)) unreachable();
    return new Floats(this.at + (<usize>this.n * (2 + <usize>c) << 3), this.n);
  }
}

// ---- log ----

export const DEBUG: i32 = 0, INFO: i32 = 1, WARN: i32 = 2, ERROR: i32 = 3;

// @ts-ignore: decorator
@external("host", "log")
declare function hostLog(level: i32, text: usize, size: i32): void;

/** Writes one line. The host shows the lines of a call that fails. */
export function log(level: i32, line: string): void {
  const utf8 = String.UTF8.encode(line);
  hostLog(level, changetype<usize>(utf8), utf8.byteLength);
}

/** Logs the message of an error and is its status, 1 to 99. */
export function fail(status: i32, message: string): i32 {
  log(ERROR, message);
  return status;
}

// ---- parameters: one flat JSON object ----

/**
 * The parameters of a call. Each getter answers the fallback where the key is
 * not there; where the value is of another kind, problem says so.
 */
@final
export class Params {
  /** What is wrong with the first parameter that could not be read; "" = nothing. */
  problem: string = "";
  /** The object as the host wrote it: valid JSON with each key once. */
  readonly json: string;

  constructor(at: usize, size: i32) {
    this.json = String.UTF8.decodeUnsafe(at, size);
  }

  /**
   * The number under key. One that cannot be read exactly in the simple way is
   * refused: its digits, the point taken out, make an integer above 2^53, or
   * its power of ten is beyond 10^22. All others are the nearest double (W. D.
   * Clinger, "How to read floating point numbers accurately", 1990).
   */
  number(key: string, fallback: f64): f64 {
    const from = this.find(key);
    if (from < 0) return fallback;
    const s = this.json, end = this.end(from);
    let p = from;
    const negative = at(s, p) == 0x2d; // -
    if (negative) p++;
    const first = p;
    let digits: u64 = 0, power = 0, step = 0;
    for (; p < end; p++) {
      const c = at(s, p);
      if (c == 0x2e) { // .
        step = -1;
        continue;
      }
      if (c < 0x30 || c > 0x39) break;
      digits = digits * 10 + <u64>(c - 0x30);
      if (digits > 1 << 53) return this.bad(key, "a number", fallback);
      power += step;
    }
    if (p == first) return this.bad(key, "a number", fallback);
    if (p < end && (at(s, p) | 0x20) == 0x65) { // e
      let exponent = 0, down = false;
      for (p++; p < end; p++) {
        const c = at(s, p);
        if (c == 0x2d) down = true;
        else if (c >= 0x30 && c <= 0x39) exponent = exponent * 10 + c - 0x30;
        else if (c != 0x2b) break; // +
        if (exponent > 9999) break;
      }
      power += down ? -exponent : exponent;
    }
    if (p < end || power < -22 || power > 22) return this.bad(key, "a number", fallback);
    let ten: f64 = 1;
    for (let i = abs(power); i > 0; i--) ten *= 10; // exact up to 10^22
    const value = power < 0 ? <f64>digits / ten : <f64>digits * ten;
    return negative ? -value : value;
  }

  /** The true or false under key. */
  bool(key: string, fallback: bool): bool {
    const from = this.find(key);
    if (from < 0) return fallback;
    const value = this.json.substring(from, this.end(from));
    if (value == "true") return true;
    if (value == "false") return false;
    return this.bad(key, "true or false", fallback);
  }

  /** The string under key, without its escapes. */
  text(key: string, fallback: string): string {
    const from = this.find(key);
    if (from < 0) return fallback;
    const s = this.json, last = this.end(from) - 1;
    if (last <= from || at(s, from) != 0x22 || at(s, last) != 0x22) return this.bad(key, "a text", fallback);
    let text = "";
    for (let p = from + 1; p < last; p++) {
      let c = at(s, p);
      if (c == 0x5c) {
        c = at(s, ++p);
        const k = "\"\\/bfnrt".indexOf(String.fromCharCode(c));
        if (k >= 0) {
          c = "\"\\/\b\f\n\r\t".charCodeAt(k);
        } else { // uXXXX; a pair of them comes as the two units that it is here
          c = hex4(s, p + 1);
          if (c < 0) return this.bad(key, "a text", fallback);
          p += 4;
        }
      }
      text += String.fromCharCode(c);
    }
    return text;
  }

  private bad<T>(key: string, want: string, fallback: T): T {
    if (this.problem == "") this.problem = key + " is not " + want;
    return fallback;
  }

  /** Where the value of key begins, -1 = not there. The key is compared as it stands between its quotes. */
  private find(key: string): i32 {
    const s = this.json;
    let p = 1; // behind the brace
    while (at(s, p) == 0x22) {
      const close = closingQuote(s, p);
      const same = s.substring(p + 1, close) == key;
      p = close + 2; // behind the colon
      if (same) return p;
      p = this.end(p) + 1;
    }
    return -1;
  }

  /** Where the value that begins at p ends: at the comma or the brace after it. */
  private end(p: i32): i32 {
    const s = this.json;
    for (let depth = 0; p < s.length; p++) {
      const c = at(s, p);
      if (c == 0x22) p = closingQuote(s, p);
      else if (c == 0x5b || c == 0x7b) depth++;
      else if ((c == 0x5d || c == 0x7d) && depth-- == 0) return p;
      else if (c == 0x2c && depth == 0) return p;
    }
    return s.length;
  }
}

/** The UTF-16 unit at p, -1 beyond the end. */
function at(s: string, p: i32): i32 {
  return p < s.length ? s.charCodeAt(p) : -1;
}

/** p is on an opening quote. */
function closingQuote(s: string, p: i32): i32 {
  for (p++; p < s.length && at(s, p) != 0x22; p++) {
    if (at(s, p) == 0x5c) p++;
  }
  return min(p, s.length);
}

/** The four hexadecimal digits at p, or -1. */
function hex4(s: string, p: i32): i32 {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const c = at(s, p + i), letter = (c | 0x20) - 0x61;
    if (c >= 0x30 && c <= 0x39) value = (value << 4) + c - 0x30;
    else if (letter >= 0 && letter < 6) value = (value << 4) + letter + 10;
    else return -1;
  }
  return value;
}
