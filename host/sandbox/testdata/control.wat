;; Functions (i32) -> (i32) that branch in every admitted way. They are run
;; plain and metered, over small numbers.
(module
  (type $unary (func (param i32) (result i32)))
  (type $two (func (param i32 i32) (result i32 i32)))
  (table 3 funcref)
  (elem (i32.const 0) $countdown $diamond)
  (memory (export "memory") 1)
  (data $bytes "metered")
  (global $turns (mut i32) (i32.const 0))
  (global $mask i32 (i32.const 15))
  (global $sum (mut f64) (f64.const 0))

  (func $countdown (export "loop") (type $unary)
    (loop $again
      (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
      (br_if $again (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0))))
    (global.get $turns))

  (func $diamond (export "if with both arms") (type $unary)
    (if (result i32) (i32.and (local.get 0) (i32.const 1))
      (then (i32.mul (local.get 0) (i32.const 3)))
      (else (i32.shr_s (local.get 0) (i32.const 1)))))

  (func (export "if without else") (type $unary)
    (if (i32.lt_s (local.get 0) (i32.const 0)) (then (local.set 0 (i32.const 100))))
    (i32.add (local.get 0) (i32.const 1)))

  (func (export "if that leaves") (type $unary)
    (block $out
      (if (i32.eq (local.get 0) (i32.const 3)) (then (br $out)))
      (if (i32.eq (local.get 0) (i32.const 4)) (then (return (i32.const 44))) (else (nop)))
      (local.set 0 (i32.add (local.get 0) (i32.const 10))))
    (i32.mul (local.get 0) (i32.const 2)))

  (func (export "both arms leave") (type $unary)
    (block $a (block $b
      (if (i32.gt_s (local.get 0) (i32.const 5)) (then (br $a)) (else (br $b)))
      (drop (i32.const 1)))
      (return (i32.const 7)))
    (i32.const 8))

  (func (export "nested loops") (type $unary) (local $i i32) (local $j i32) (local $n i32)
    (block $done
      (loop $outer
        (br_if $done (i32.ge_s (local.get $i) (local.get 0)))
        (local.set $j (i32.const 0))
        (loop $inner
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (if (i32.eq (local.get $n) (i32.const 30)) (then (br $done)))
          (if (i32.eq (local.get $j) (i32.const 5))
            (then (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $outer)))
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br_if $inner (i32.lt_s (local.get $j) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $outer)))
    (i32.add (i32.mul (local.get $i) (i32.const 100)) (local.get $n)))

  (func (export "loop without a way back") (type $unary)
    (loop $once (result i32)
      (block $skip (br_if $skip (local.get 0)) (return (i32.const -1)))
      (i32.const 5)))

  (func (export "loop with parameters") (type $unary)
    (local.get 0) (i32.const 1)
    (loop $again (type $two)
      (call $swap)
      (local.set 0)
      (i32.add (i32.const 3))
      (local.get 0)
      (br_if $again (i32.lt_u (i32.const 20) (i32.and (local.get 0) (global.get $mask)))))
    (i32.xor))

  (func $swap (type $two) (local.get 1) (local.get 0))

  (func (export "block with parameters") (type $unary)
    (local.get 0) (i32.const 9)
    (block $b (type $two)
      (br_if $b (i32.and (local.get 0) (i32.const 2)))
      (i32.add) (i32.const 1))
    (if (type $two) (i32.and (local.get 0) (i32.const 4)) (then (call $swap)))
    (i32.sub))

  (func (export "br_table") (type $unary)
    (block $d (result i32)
      (block $c (result i32)
        (block $b (result i32)
          (br_table $b $c $d $b $c (i32.const 6) (local.get 0)))
        (i32.add (i32.const 10)))
      (i32.add (i32.const 100))))

  (func (export "br_table to a loop") (type $unary) (local $n i32)
    (loop $again
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (block $out
        (block $down
          (br_table $out $down $down $again (i32.and (i32.add (local.get 0) (local.get $n)) (i32.const 3))))
        (local.set 0 (i32.sub (local.get 0) (i32.const 2)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 50)))))
    (local.get $n))

  (func (export "br_table to the function") (type $unary)
    (block (result i32) (br_table 0 1 0 1 (i32.const 5) (local.get 0)))
    (i32.add (i32.const 1)))

  (func (export "unreachable code") (type $unary)
    (block $b
      (br $b)
      (loop $l (if (i32.const 1) (then (br_if $l (i32.const 1)) (call $trap)) (else (br_table $l $b (i32.const 0)))))
      (drop (memory.grow (i32.const 100)))
      (memory.fill (i32.const 0) (i32.const 0) (i32.const 100)))
    (return (local.get 0))
    (block (result i32) (i32.const 1)))

  (func $trap (unreachable))

  (func (export "trap in an arm") (type $unary)
    (if (i32.eq (local.get 0) (i32.const 2)) (then (unreachable)))
    (i32.div_s (i32.const 60) (local.get 0)))

  (func (export "calls") (type $unary)
    (block $b
      (call $countdown (local.get 0)) (drop)
      (br_if $b (i32.eq (local.get 0) (i32.const 1)))
      (if (i32.gt_s (call $diamond (local.get 0)) (i32.const 4)) (then (local.set 0 (call $diamond (local.get 0)))))
      (call $touch))
    (i32.add (local.get 0) (global.get $turns)))

  (func $touch (global.set $sum (f64.add (global.get $sum) (f64.const 0.5))))

  (func $factorial (export "recursion") (type $unary)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (i32.const 1))
      (else (i32.mul (local.get 0) (call $factorial (i32.sub (local.get 0) (i32.const 1)))))))

  (func (export "indirect") (type $unary) ;; a hole in the table and its end are traps
    (call_indirect (type $unary) (i32.const 6) (local.get 0)))

  (func (export "bulk") (type $unary)
    (memory.fill (i32.const 64) (local.get 0) (i32.mul (local.get 0) (i32.const 9)))
    (memory.init $bytes (i32.const 70) (i32.const 1) (i32.and (local.get 0) (i32.const 7)))
    (memory.copy (i32.const 66) (i32.const 64) (local.get 0))
    (i32.load (i32.const 68)))

  (func (export "grow") (type $unary)
    (drop (memory.grow (i32.const 0)))
    (i32.add (memory.grow (local.get 0)) (memory.size)))

  (func (export "nothing but ends") (type $unary)
    (block (block (block (loop)))) (block) (local.get 0)))
