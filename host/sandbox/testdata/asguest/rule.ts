// Ranks the symbols by prediction with a heap sort over an array of indices
// and gives the first half of them equal weights of +1, the others of -1.

export function rule_abi_1(): void {}

export function rule_alloc(size: i32): usize {
  return (heap.alloc(size + 8) + 7) & ~7;
}

export function rule_configure(at: usize, size: i32): i32 {
  return 0;
}

let order: StaticArray<i32> = new StaticArray<i32>(0);

function before(keys: usize, a: i32, b: i32): bool {
  const x = load<f64>(keys + (<usize>a << 3)), y = load<f64>(keys + (<usize>b << 3));
  return x > y || (x == y && a < b);
}

function sift(keys: usize, from: i32, n: i32): void {
  const moved = order[from];
  for (;;) {
    let child = 2 * from + 1;
    if (child >= n) break;
    if (child + 1 < n && before(keys, order[child], order[child + 1])) child++;
    if (!before(keys, moved, order[child])) break;
    order[from] = order[child];
    from = child;
  }
  order[from] = moved;
}

export function rule_construct(n: i32, ncols: i32, keys: usize, out: usize): i32 {
  if (order.length < n) order = new StaticArray<i32>(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = n / 2 - 1; i >= 0; i--) sift(keys, i, n);
  for (let k = n - 1; k > 0; k--) {
    const last = order[k];
    order[k] = order[0];
    order[0] = last;
    sift(keys, 0, k);
  }
  for (let k = 0; k < n; k++) {
    store<f64>(out + (<usize>order[k] << 3), (k < n / 2 ? 1.0 : -1.0) / <f64>n);
  }
  return 0;
}
