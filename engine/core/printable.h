/* engine/core/printable.h - text of strangers on a terminal: nothing in it may
 * steer the screen. */
#ifndef USHER_CORE_PRINTABLE_H
#define USHER_CORE_PRINTABLE_H

/* Puts "?" in the place of control characters: escape codes, carriage returns,
 * also those of two bytes (U+0080 to U+009F). Line breaks and tabs stay where
 * `lines` is nonzero, else they become blanks. NULL is fine. */
void usher_printable(char *text, int lines);

#endif
