/* engine/script/value_tags.h - the first byte of an encoded value; for
 * value.c and value_json.c. Written to journals: never renumber. */
#ifndef USHER_SCRIPT_VALUE_TAGS_H
#define USHER_SCRIPT_VALUE_TAGS_H

enum {
    VALUE_NIL = 0,
    VALUE_FALSE = 1,
    VALUE_TRUE = 2,
    VALUE_INTEGER = 3,
    VALUE_FLOAT = 4,
    VALUE_STRING = 5,
    VALUE_TABLE = 6
};

#endif
