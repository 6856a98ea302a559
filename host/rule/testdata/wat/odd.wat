;; Misbehaves as the first prediction says:
;;   0 answers with the predictions          8 grows its memory until it cannot, then as 0
;;   1 never ends                            9 proc_exit(0)
;;   2 traps                                10 logs 100,000 lines, then as 0
;;   3 leaves the last weight unwritten     11 logs from beyond its memory
;;   4 a weight of +Inf                     12 recurses without end
;;   5 logs twice and answers 7             13 answers 3 without a message
;;   6 answers 100                          14 logs bytes that are not UTF-8 and control characters, answers 99
;;   7 answers -1                           15 logs one line of 60,000 bytes, answers 1
;; rule_configure answers 9 unless the parameters are two bytes long.
(module
  (import "host" "log" (func $log (param i32 i32 i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "first message")
  (data (i32.const 32) "second message")
  (data (i32.const 48) "a\ffb\0ac\1b[1md")
  (global $top (mut i32) (i32.const 1024))
  (func (export "rule_abi_1"))
  (func (export "rule_alloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $top))
    (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (local.get $at))
  (func (export "rule_configure") (param $ptr i32) (param $len i32) (result i32)
    (select (i32.const 0) (i32.const 9) (i32.eq (local.get $len) (i32.const 2))))
  (func $deep (param $x i32) (result i32)
    (i32.add (call $deep (i32.add (local.get $x) (i32.const 1))) (local.get $x)))
  (func (export "rule_construct") (param $n i32) (param $ncols i32) (param $in i32) (param $out i32) (result i32)
    (local $i i32)
    (memory.copy (local.get $out) (local.get $in) (i32.mul (local.get $n) (i32.const 8)))
    (block $15 (block $14 (block $13 (block $12 (block $11 (block $10 (block $9 (block $8
    (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 $9 $10 $11 $12 $13 $14 $15
        (i32.trunc_f64_u (f64.load (local.get $in)))))
      (return (i32.const 0)))
      (loop $again (br $again)))
      (unreachable))
      (f64.store
        (i32.add (local.get $out) (i32.mul (i32.sub (local.get $n) (i32.const 1)) (i32.const 8)))
        (f64.const nan))
      (return (i32.const 0)))
      (f64.store (local.get $out) (f64.const inf))
      (return (i32.const 0)))
      (call $log (i32.const 1) (i32.const 16) (i32.const 13))
      (call $log (i32.const 3) (i32.const 32) (i32.const 14))
      (return (i32.const 7)))
      (return (i32.const 100)))
      (return (i32.const -1)))
      (loop $grow (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (return (i32.const 0)))
      (call $exit (i32.const 0))
      (return (i32.const 0)))
      (loop $flood
        (call $log (i32.const 0) (i32.const 16) (i32.const 13))
        (br_if $flood (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100000))))
      (return (i32.const 0)))
      (call $log (i32.const 1) (i32.const 65530) (i32.const 100))
      (return (i32.const 0)))
      (return (call $deep (i32.const 1))))
      (return (i32.const 3)))
      (call $log (i32.const 77) (i32.const 48) (i32.const 10))
      (return (i32.const 99)))
      (call $log (i32.const 1) (i32.const 2048) (i32.const 60000))
      (i32.const 1)))
