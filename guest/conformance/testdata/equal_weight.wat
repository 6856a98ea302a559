;; equal_weight: 1/k for each of the k symbols that have a close, 0 for the
;; others. One extra column, no parameters. Written from guest/ABI.md alone.
;;
;; Statuses: 1 there are parameters, 2 no symbol has a close, 3 not the one column.
(module
  (import "host" "log" (func $log (param $level i32) (param $ptr i32) (param $len i32)))

  ;; The first page: messages. Buffers begin at 1024.
  (memory (export "memory") 1)
  (data (i32.const 16) "equal_weight takes no parameters")
  (data (i32.const 48) "no symbol has a close")
  (global $top (mut i32) (i32.const 1024))

  (func (export "rule_abi_1"))

  ;; A multiple of 8 behind all that was given before; 0 when the memory cannot grow.
  (func (export "rule_alloc") (param $size i32) (result i32)
    (local $at i32) (local $missing i32)
    (local.set $at (global.get $top))
    (global.set $top
      (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 7)) (i32.const -8)))
    ;; pages beyond the memory, rounded up
    (local.set $missing
      (i32.sub
        (i32.shr_u (i32.add (global.get $top) (i32.const 65535)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1))
          (then (return (i32.const 0))))))
    (local.get $at))

  ;; No parameters are the two bytes {}.
  (func (export "rule_configure") (param $ptr i32) (param $len i32) (result i32)
    (if (i32.eq (local.get $len) (i32.const 2)) (then (return (i32.const 0))))
    (call $log (i32.const 3) (i32.const 16) (i32.const 32))
    (i32.const 1))

  (func (export "rule_construct")
    (param $n i32) (param $ncols i32) (param $in i32) (param $out i32) (result i32)
    (local $close i32) (local $end i32) (local $at i32) (local $k f64) (local $value f64)
    (if (i32.ne (local.get $ncols) (i32.const 3)) (then (return (i32.const 3))))

    ;; column 2 begins at in + 8 * (n * 2)
    (local.set $close (i32.add (local.get $in) (i32.mul (local.get $n) (i32.const 16))))
    (local.set $end (i32.add (local.get $close) (i32.mul (local.get $n) (i32.const 8))))

    (local.set $at (local.get $close))
    (loop $count
      (local.set $value (f64.load (local.get $at)))
      (local.set $k
        (f64.add (local.get $k)
          (f64.convert_i32_s (f64.eq (local.get $value) (local.get $value))))) ;; NaN is not itself
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $count (i32.lt_u (local.get $at) (local.get $end))))

    (if (f64.eq (local.get $k) (f64.const 0))
      (then
        (call $log (i32.const 3) (i32.const 48) (i32.const 21))
        (return (i32.const 2))))

    (local.set $at (local.get $close))
    (loop $write
      (local.set $value (f64.load (local.get $at)))
      (f64.store (local.get $out)
        (select
          (f64.div (f64.const 1) (local.get $k))
          (f64.const 0)
          (f64.eq (local.get $value) (local.get $value))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $write (i32.lt_u (local.get $at) (local.get $end))))
    (i32.const 0)))
