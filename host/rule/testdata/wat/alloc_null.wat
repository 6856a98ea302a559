;; rule_alloc has no memory to give.
(module
  (memory (export "memory") 1)
  (func (export "rule_abi_1"))
  (func (export "rule_alloc") (param $size i32) (result i32) (i32.const 0))
  (func (export "rule_configure") (param i32 i32) (result i32) (i32.const 0))
  (func (export "rule_construct") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
