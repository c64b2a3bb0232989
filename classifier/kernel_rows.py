"""What numba does not find by itself: sums of rows, eight numbers at once, and reading ahead."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils as untyped_cgutils
from numba.core import types
from numba.extending import intrinsic

cgutils: Any = untyped_cgutils

LANES = 8
"""Numbers of a row that are added at once."""


def _add_rows(
    typing: Any, rows: Any, listed: Any, times: Any, size: Any, lane: Any, sums: Any
) -> Any:
    """Write into sums[:LANES] the listed rows' numbers from `lane` on, each row so many times.

    rows: two-dimensional, 32-bit floats. listed: 32-bit integers. times and sums: 64-bit floats.
    """

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        table, places, factors, into = (
            context.make_array(signature.args[at])(context, builder, arguments[at])
            for at in (0, 1, 2, 5)
        )
        narrow = ir.VectorType(ir.FloatType(), LANES)
        wide = ir.VectorType(ir.DoubleType(), LANES)
        step = builder.extract_value(table.strides, 0)
        base = builder.ptrtoint(builder.gep(table.data, [arguments[4]]), step.type)
        held = cgutils.alloca_once_value(builder, ir.Constant(wide, [0.0] * LANES))
        zero = ir.Constant(ir.IntType(32), 0)
        with cgutils.for_range(builder, arguments[3]) as loop:
            place = builder.sext(builder.load(builder.gep(places.data, [loop.index])), step.type)
            place = builder.add(base, builder.mul(place, step))
            row = builder.load(builder.inttoptr(place, narrow.as_pointer()), align=4)
            factor = builder.load(builder.gep(factors.data, [loop.index]))
            one = builder.insert_element(ir.Constant(wide, ir.Undefined), factor, zero)
            mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
            every = builder.shuffle_vector(one, ir.Constant(wide, ir.Undefined), mask)
            product = builder.fmul(builder.fpext(row, wide), every, flags=("contract",))
            builder.store(builder.fadd(builder.load(held), product, flags=("contract",)), held)
        goal = builder.bitcast(into.data, wide.as_pointer())
        builder.store(builder.load(held), goal, align=8)
        return context.get_dummy_value()

    return types.void(rows, listed, times, size, lane, sums), build


def _fetch(typing: Any, table: Any, at: Any) -> Any:
    """Have the processor read what stands at a place (of a table: the row), and not wait for it.

    Most of a model's memory is far from the processor: one look-up that waits costs as much as
    three hundred additions. So look-ups are announced some time before they are made.
    """

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        step = builder.extract_value(held.strides, 0)
        base = builder.ptrtoint(held.data, step.type)
        place = builder.add(base, builder.mul(arguments[1], step))
        pointer = builder.inttoptr(place, ir.IntType(8).as_pointer())
        narrow = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, narrow, narrow, narrow])
        ahead = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        read, keep, data = (ir.Constant(narrow, value) for value in (0, 3, 1))
        builder.call(ahead, [pointer, read, keep, data])
        return context.get_dummy_value()

    return types.void(table, types.int64), build


add_rows: Any = intrinsic(_add_rows)
fetch: Any = intrinsic(_fetch)
