;; Passes over the sample columns of a VCF line and lists those that are not plain; see plain-columns.ts.
;;
;; A column is plain when its call is 0|0 or 0/0 and either nothing follows, or fields of which GQ is not below the minimum.
;; A window of 32 bytes holds most columns whole: what is a tab and what is a colon in it are two bit masks, so that finding
;; the column's end and its GQ takes no steps by bytes and hardly a branch.
(module
  (memory (export "memory") 1)

  ;; Where the columns end that were passed over: one past the last one's tab; and how many they were.
  (global $at (export "at") (mut i32) (i32.const 0))
  (global $passed (export "passed") (mut i32) (i32.const 0))

  ;; $from   where the columns begin; 64 bytes after $end can be read
  ;; $end    where they end, and where a tab stands
  ;; $gq     which field is GQ, counted from 0; less than 1: no field is
  ;; $out    where the listed go, 8 bytes each: the column's number times two, plus one if its GQ is enough; where it begins
  ;; Returns how many are listed.
  (func (export "list")
    (param $from i32) (param $end i32) (param $samples i32) (param $gq i32) (param $minimum i32) (param $out i32)
    (result i32)
    (local $at i32) (local $sample i32) (local $next i32)
    (local $call i32) (local $window i32) (local $low v128) (local $high v128) (local $tabs i32) (local $colons i32)
    (local $left i32) (local $more i32) (local $value i32) (local $digits i32) (local $tens i32) (local $ones i32)
    (local $enough i32)
    (local.set $at (local.get $from))
    (local.set $next (local.get $out))
    (block $done
      (loop $column
        (br_if $done (i32.ge_u (local.get $sample) (local.get $samples)))
        (br_if $done (i32.gt_u (local.get $at) (local.get $end)))
        (local.set $window (local.get $at))
        (local.set $left (local.get $gq))
        ;; Where the value of GQ begins; 0: not found.
        (local.set $value (i32.const 0))
        (block $ended
          (loop $windows
            (local.set $low (v128.load align=1 (local.get $window)))
            (local.set $high (v128.load offset=16 align=1 (local.get $window)))
            (local.set $tabs
              (i32.or
                (i8x16.bitmask (i8x16.eq (local.get $low) (v128.const i8x16 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9)))
                (i32.shl
                  (i8x16.bitmask (i8x16.eq (local.get $high) (v128.const i8x16 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9)))
                  (i32.const 16))))
            ;; The colons before the first tab; x xor (x - 1) has the bits up to the lowest of x, and all where x is 0.
            (local.set $colons
              (i32.and
                (i32.or
                  (i8x16.bitmask
                    (i8x16.eq (local.get $low) (v128.const i8x16 58 58 58 58 58 58 58 58 58 58 58 58 58 58 58 58)))
                  (i32.shl
                    (i8x16.bitmask
                      (i8x16.eq (local.get $high) (v128.const i8x16 58 58 58 58 58 58 58 58 58 58 58 58 58 58 58 58)))
                    (i32.const 16)))
                (i32.xor (local.get $tabs) (i32.sub (local.get $tabs) (i32.const 1)))))
            (if (i32.gt_s (local.get $left) (i32.const 0))
              (then
                (if (i32.ge_u (i32.popcnt (local.get $colons)) (local.get $left))
                  (then
                    (loop $field
                      (if (local.tee $more (i32.sub (local.get $left) (i32.const 1)))
                        (then
                          (local.set $left (local.get $more))
                          ;; Without its lowest bit.
                          (local.set $colons
                            (i32.and (local.get $colons) (i32.sub (local.get $colons) (i32.const 1))))
                          (br $field))))
                    (local.set $left (i32.const 0))
                    (local.set $value
                      (i32.add (i32.add (local.get $window) (i32.ctz (local.get $colons))) (i32.const 1))))
                  (else
                    (local.set $left (i32.sub (local.get $left) (i32.popcnt (local.get $colons))))))))
            (br_if $ended (local.get $tabs))
            (local.set $window (i32.add (local.get $window) (i32.const 32)))
            (br $windows)))
        ;; Nearly all GQ have two digits; of more, the first two are enough or all are read elsewhere.
        (local.set $enough (i32.const 1))
        (if (i32.gt_s (local.get $gq) (i32.const 0))
          (then
            (local.set $digits (i32.load16_u align=1 (local.get $value)))
            (local.set $tens (i32.sub (i32.and (local.get $digits) (i32.const 255)) (i32.const 48)))
            (local.set $ones (i32.sub (i32.shr_u (local.get $digits) (i32.const 8)) (i32.const 48)))
            (local.set $enough
              (i32.and
                (i32.and
                  (i32.ne (local.get $value) (i32.const 0))
                  (i32.and
                    (i32.lt_u (local.get $tens) (i32.const 10))
                    (i32.lt_u (local.get $ones) (i32.const 10))))
                (i32.ge_s
                  (i32.add (i32.mul (local.get $tens) (i32.const 10)) (local.get $ones))
                  (local.get $minimum))))))
        (i32.store (local.get $next) (i32.or (i32.shl (local.get $sample) (i32.const 1)) (local.get $enough)))
        (i32.store offset=4 (local.get $next) (local.get $at))
        ;; 0|0 and 0/0, followed by a colon, or by a tab. What is not listed is written over by the next.
        (local.set $call (i32.load align=1 (local.get $at)))
        (local.set $next
          (i32.add
            (local.get $next)
            (i32.shl
              (i32.eqz
                (i32.or
                  (i32.and
                    (local.get $enough)
                    (i32.or
                      (i32.eq (local.get $call) (i32.const 0x3a307c30))
                      (i32.eq (local.get $call) (i32.const 0x3a302f30))))
                  (i32.or
                    (i32.eq (local.get $call) (i32.const 0x09307c30))
                    (i32.eq (local.get $call) (i32.const 0x09302f30)))))
              (i32.const 3))))
        (local.set $at
          (i32.add (i32.add (local.get $window) (i32.ctz (local.get $tabs))) (i32.const 1)))
        (local.set $sample (i32.add (local.get $sample) (i32.const 1)))
        (br $column)))
    (global.set $at (local.get $at))
    (global.set $passed (local.get $sample))
    (i32.shr_u (i32.sub (local.get $next) (local.get $out)) (i32.const 3))))
