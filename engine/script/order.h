/* engine/script/order.h - pairs and next in an order that does not depend on
 * addresses: numbers by value, then strings by their bytes, then false and
 * true. A key of any other type has no such order and raises.
 *
 * Both charge their work to the state's script (usher_script_charge()), so
 * they belong into a struct usher_script's state, and may raise. */

#ifndef USHER_SCRIPT_ORDER_H
#define USHER_SCRIPT_ORDER_H

#include <lua.h>

/* pairs(t), which honours __pairs. The keys are those that the table has now:
 * the loop may set or clear fields, sees no field that was cleared before its
 * turn, and never one that was not there. A table that is a plain sequence is
 * not sorted. */
int usher_order_pairs(lua_State *L);

/* next(t [, key]): the field whose key follows `key`, which need not be in the
 * table (any more); nil after the last one. Allocates nothing and looks at
 * the whole table each time: right for `next(t) == nil`, slow for a loop. */
int usher_order_next(lua_State *L);

/* For C that goes over a table and may raise, or whose order can be seen:
 * pushes a list of those keys of the table at `index` that are texts, sorted,
 * and returns how many these are. *others, where it is not NULL: how many keys
 * are not. */
lua_Integer usher_order_names(lua_State *L, int index, lua_Integer *others);

#endif
