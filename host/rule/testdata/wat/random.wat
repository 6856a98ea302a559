;; Each weight is a number that it draws.
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
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
    (loop $next
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (drop (call $random (i32.const 0) (i32.const 4)))
      (f64.store (i32.add (local.get $out) (i32.mul (local.get $n) (i32.const 8))) (f64.convert_i32_u (i32.load (i32.const 0))))
      (br_if $next (local.get $n)))
    (i32.const 0)))
