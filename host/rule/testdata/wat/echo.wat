;; The smallest rule that keeps every promise: the weights are the predictions.
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
    (memory.copy (local.get $out) (local.get $in) (i32.mul (local.get $n) (i32.const 8)))
    (i32.const 0)))
