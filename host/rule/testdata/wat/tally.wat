;; Would go wrong if two calls ever shared an instance: it keeps the first
;; prediction in a fixed place of its memory, spends a while adding up, and
;; then answers with what lies in that place.
(module
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (func (export "rule_abi_1"))
  (func (export "rule_alloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $top))
    (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (local.get $at))
  (func (export "rule_configure") (param i32 i32) (result i32) (i32.const 0))
  (func (export "rule_construct") (param $n i32) (param $ncols i32) (param $in i32) (param $out i32) (result i32)
    (local $i i32)
    (f64.store (i32.const 8) (f64.load (local.get $in)))
    (loop $wait
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (br_if $wait (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5000))))
    (local.set $i (i32.const 0))
    (loop $fill
      (f64.store (i32.add (local.get $out) (i32.mul (local.get $i) (i32.const 8))) (f64.load (i32.const 8)))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (i32.const 0)))
