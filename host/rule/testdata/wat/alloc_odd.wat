;; rule_alloc gives an address that is not a multiple of 8.
(module
  (memory (export "memory") 1)
  (func (export "rule_abi_1"))
  (func (export "rule_alloc") (param $size i32) (result i32) (i32.const 1020))
  (func (export "rule_configure") (param i32 i32) (result i32) (i32.const 0))
  (func (export "rule_construct") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
