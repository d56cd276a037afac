/* engine/script/advice.h - what to do about an error of Lua's, for people who
 * do not know Lua well. */
#ifndef USHER_SCRIPT_ADVICE_H
#define USHER_SCRIPT_ADVICE_H

/* One line of advice, or "" where there is nothing better to say than the
 * message itself. line: the text of the line it is about; "": not known.
 * Static, not to be freed. */
const char *usher_advice(const char *message, const char *line);

#endif
