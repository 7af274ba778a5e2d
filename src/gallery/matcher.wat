;; The matching kernel: int8 dot products of one probe with the rows of a gallery, and the two best people among them.
;; src/gallery/matcher.ts is the same in TypeScript and the reference; `npm run build:kernel` makes kernel-bytes.ts of this.
;;
;; Memory, laid out by wasm-matcher.ts, every part at a multiple of 16 bytes:
;;   state     first i32, second i32, first cosine f64, second cosine f64
;;   probe     [stride] i16, widened once instead of once per row
;;   inverse   [rows] f32: 1 / length of each row
;;   owners    [rows] i32
;;   data      [rows, stride] i8, rows padded with zeros to a multiple of 16
;;
;; No relaxed SIMD: it is missing on Node 20 and gives other sums on other processors.
(module
  (import "limen" "memory" (memory 1))

  (global $stride (mut i32) (i32.const 0))
  (global $inverse (mut i32) (i32.const 0))
  (global $owners (mut i32) (i32.const 0))
  (global $data (mut i32) (i32.const 0))
  (global $probe (mut i32) (i32.const 0))
  (global $state (mut i32) (i32.const 0))

  (func (export "layout")
    (param $stride i32) (param $state i32) (param $probe i32) (param $inverse i32) (param $owners i32) (param $data i32)
    (global.set $stride (local.get $stride))
    (global.set $state (local.get $state))
    (global.set $probe (local.get $probe))
    (global.set $inverse (local.get $inverse))
    (global.set $owners (local.get $owners))
    (global.set $data (local.get $data)))

  ;; The four dot products of the rows at $row. i16 pairs multiplied and added into i32: 2 · 128 · 128 per step, so that
  ;; rows of up to 131,071 numbers cannot overflow.
  (func $fourDots (param $row i32) (result v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $p v128) (local $q v128)
    (local $rowB i32) (local $rowC i32) (local $rowD i32) (local $at i32) (local $end i32)
    (local.set $rowB (i32.add (local.get $row) (global.get $stride)))
    (local.set $rowC (i32.add (local.get $rowB) (global.get $stride)))
    (local.set $rowD (i32.add (local.get $rowC) (global.get $stride)))
    (local.set $at (global.get $probe))
    (local.set $end (local.get $rowB))
    (loop $next
      (local.set $p (v128.load (local.get $at)))
      (local.set $q (v128.load offset=16 (local.get $at)))
      (local.set $a (i32x4.add (local.get $a) (i32x4.add
        (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $row)) (local.get $p))
        (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $row)) (local.get $q)))))
      (local.set $b (i32x4.add (local.get $b) (i32x4.add
        (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $rowB)) (local.get $p))
        (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $rowB)) (local.get $q)))))
      (local.set $c (i32x4.add (local.get $c) (i32x4.add
        (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $rowC)) (local.get $p))
        (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $rowC)) (local.get $q)))))
      (local.set $d (i32x4.add (local.get $d) (i32x4.add
        (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $rowD)) (local.get $p))
        (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $rowD)) (local.get $q)))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (local.set $rowB (i32.add (local.get $rowB) (i32.const 16)))
      (local.set $rowC (i32.add (local.get $rowC) (i32.const 16)))
      (local.set $rowD (i32.add (local.get $rowD) (i32.const 16)))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $end))))
    ;; Four sums of four lanes: transpose by pairs and add.
    (local.set $p (i32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
      (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
    (local.set $q (i32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
      (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
    (i32x4.add
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $p) (local.get $q))
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $p) (local.get $q))))

  (func $oneDot (param $row i32) (result i32)
    (local $sum v128) (local $at i32) (local $end i32)
    (local.set $at (global.get $probe))
    (local.set $end (i32.add (local.get $row) (global.get $stride)))
    (loop $next
      (local.set $sum (i32x4.add (local.get $sum) (i32x4.add
        (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $row)) (v128.load (local.get $at)))
        (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $row)) (v128.load offset=16 (local.get $at))))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $end))))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
      (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))

  (func $rowAt (param $row i32) (result i32)
    (i32.add (global.get $data) (i32.mul (local.get $row) (global.get $stride))))

  ;; Dot products of rows $from up to but without $to, as i32 from address $out on.
  (func (export "dots") (param $from i32) (param $to i32) (param $out i32)
    (local $row i32)
    (local.set $row (call $rowAt (local.get $from)))
    (block $done
      (loop $four
        (br_if $done (i32.lt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 4)))
        (v128.store (local.get $out) (call $fourDots (local.get $row)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $row (i32.add (local.get $row) (i32.shl (global.get $stride) (i32.const 2))))
        (local.set $from (i32.add (local.get $from) (i32.const 4)))
        (br $four)))
    (block $end
      (loop $one
        (br_if $end (i32.ge_u (local.get $from) (local.get $to)))
        (i32.store (local.get $out) (call $oneDot (local.get $row)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $row (i32.add (local.get $row) (global.get $stride)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $one))))

  ;; Let one row take its place among the two best people. The first of equals stays, so the order of rows decides ties.
  (func $consider (param $row i32) (param $dot i32)
    (local $cosine f64) (local $owner i32) (local $state i32)
    (local.set $state (global.get $state))
    (local.set $cosine (f64.mul
      (f64.convert_i32_s (local.get $dot))
      (f64.promote_f32 (f32.load (i32.add (global.get $inverse) (i32.shl (local.get $row) (i32.const 2)))))))
    (if (i32.eqz (f64.gt (local.get $cosine) (f64.load offset=16 (local.get $state)))) (then (return)))
    (local.set $owner (i32.load (i32.add (global.get $owners) (i32.shl (local.get $row) (i32.const 2)))))
    (if (f64.gt (local.get $cosine) (f64.load offset=8 (local.get $state)))
      (then
        (if (i32.ne (local.get $owner) (i32.load (local.get $state)))
          (then
            (i32.store offset=4 (local.get $state) (i32.load (local.get $state)))
            (f64.store offset=16 (local.get $state) (f64.load offset=8 (local.get $state)))))
        (i32.store (local.get $state) (local.get $owner))
        (f64.store offset=8 (local.get $state) (local.get $cosine)))
      (else
        (if (i32.ne (local.get $owner) (i32.load (local.get $state)))
          (then
            (i32.store offset=4 (local.get $state) (local.get $owner))
            (f64.store offset=16 (local.get $state) (local.get $cosine)))))))

  ;; Rows $from up to but without $to, on top of what $state holds.
  (func (export "rank") (param $from i32) (param $to i32)
    (local $row i32) (local $dots v128) (local $inverses v128) (local $bar v128)
    (local.set $row (call $rowAt (local.get $from)))
    (local.set $bar (v128.load64_splat offset=16 (global.get $state)))
    (block $done
      (loop $four
        (br_if $done (i32.lt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 4)))
        (local.set $dots (call $fourDots (local.get $row)))
        (local.set $inverses (v128.load (i32.add (global.get $inverse) (i32.shl (local.get $from) (i32.const 2)))))
        ;; Almost no row beats the second best: four are turned away at once, by the same f64 product as in $consider.
        (if (v128.any_true (v128.or
              (f64x2.gt (f64x2.mul
                (f64x2.convert_low_i32x4_s (local.get $dots))
                (f64x2.promote_low_f32x4 (local.get $inverses))) (local.get $bar))
              (f64x2.gt (f64x2.mul
                (f64x2.convert_low_i32x4_s
                  (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $dots) (local.get $dots)))
                (f64x2.promote_low_f32x4
                  (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $inverses) (local.get $inverses))))
                (local.get $bar))))
          (then
            (call $consider (local.get $from) (i32x4.extract_lane 0 (local.get $dots)))
            (call $consider (i32.add (local.get $from) (i32.const 1)) (i32x4.extract_lane 1 (local.get $dots)))
            (call $consider (i32.add (local.get $from) (i32.const 2)) (i32x4.extract_lane 2 (local.get $dots)))
            (call $consider (i32.add (local.get $from) (i32.const 3)) (i32x4.extract_lane 3 (local.get $dots)))
            (local.set $bar (v128.load64_splat offset=16 (global.get $state)))))
        (local.set $row (i32.add (local.get $row) (i32.shl (global.get $stride) (i32.const 2))))
        (local.set $from (i32.add (local.get $from) (i32.const 4)))
        (br $four)))
    (block $end
      (loop $one
        (br_if $end (i32.ge_u (local.get $from) (local.get $to)))
        (call $consider (local.get $from) (call $oneDot (local.get $row)))
        (local.set $row (i32.add (local.get $row) (global.get $stride)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $one)))))
