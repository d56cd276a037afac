/* engine/script/explain.c */
#include "script/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "script/advice.h"
#include "script/lua_block.h"

#define LINE_SHOWN 120 /* bytes of a line's text */

int usher_source_line(const struct usher_source *source, long line, char *out,
                      size_t size)
{
    size_t len;
    const char *at = usher_source_code(source, &len);
    const char *end = at + len;

    len = 0;
    for (long i = 1; i < line && at < end; i++) {
        const char *next = memchr(at, '\n', (size_t)(end - at));

        at = next ? next + 1 : end;
    }
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (at + len < end && at[len] != '\n' && at[len] != '\r')
        len++;
    if (len >= size) { /* not inside a character */
        len = size - 1;
        while (len > 0 && ((unsigned char)at[len] & 0xC0) == 0x80)
            len--;
    }
    memcpy(out, at, len);
    out[len] = '\0';
    return len > 0 && strlen(out) == len; /* else it is no text */
}

/* ---- where it is ---- */

struct place {
    const struct usher_source *source; /* NULL: nothing is known */
    long line;
    size_t from, len; /* of "flows/x.lua:12" in the message */
};

/* The first place "flows/callback.lua:12:" in the message. */
static void place_find(const struct usher_source *sources, size_t count,
                       const char *folder, const char *text,
                       struct place *place)
{
    size_t folder_len = strlen(folder);

    for (const char *at = text; (at = strstr(at, folder)) != NULL;
         at += folder_len) {
        const char *path = at + folder_len + 1;

        if (at[folder_len] != '/')
            continue;
        for (size_t i = 0; i < count; i++) {
            size_t len = strlen(sources[i].path);
            char *end;
            long line;

            if (strncmp(path, sources[i].path, len) != 0 || path[len] != ':')
                continue;
            line = strtol(path + len + 1, &end, 10);
            if (line < 1)
                continue;
            place->source = &sources[i];
            place->line = line;
            place->from = (size_t)(at - text);
            place->len = (size_t)(end - at);
            return;
        }
    }
}

/* The same message with another line. */
static void line_set(struct usher_error *error, struct place *place, long line,
                     const char *folder)
{
    struct usher_error before = *error;

    usher_error_set(error, "%.*s%s/%s:%ld%s", (int)place->from, before.text,
                    folder, place->source->path, line,
                    before.text + place->from + place->len);
    place->line = line;
}

/* A block or a bracket that is not closed shows at the end of the file only:
 * the place is where it begins. */
static void unclosed_place(struct usher_error *error, struct place *place,
                           const char *folder)
{
    struct usher_lua_block block;
    size_t len;
    const char *code = usher_source_code(place->source, &len);

    if (!usher_lua_unclosed(code, len, &block))
        return;
    place->line = block.line;
    usher_error_set(error, "%s/%s:%ld: '%s' expected for this `%s%s`", folder,
                    place->source->path, block.line, block.close,
                    block.is_else_if ? "else " : "", block.word);
}

/* "... (to close '(' at line 3) near <eof>", "... (starting at line 3) near
 * <eof>": whatever was opened there is what is meant. */
static void end_of_file_place(struct usher_error *error, struct place *place,
                              const char *folder)
{
    const char *at = strstr(error->text, " at line ");
    long line = at ? strtol(at + strlen(" at line "), NULL, 10) : 0;
    char text[LINE_SHOWN];

    if (!strstr(error->text, "near <eof>"))
        return;
    /* The end of the file is mostly below its last line. */
    if (line < 1) {
        line = place->line;
        while (line > 1 &&
               !usher_source_line(place->source, line, text, sizeof(text)))
            line--;
    }
    line_set(error, place, line, folder);
    if (!strstr(error->text, "unfinished"))
        unclosed_place(error, place, folder);
}

/* ---- what the lines say ---- */

/* Whether Lua stumbled over its line's first word: then what is missing may be
 * missing at the end of a line above. */
static int is_first_word(const char *message, const char *line)
{
    const char *near = strstr(message, " expected");
    char word[64];
    size_t len;

    near = near ? near : strstr(message, "syntax error");
    near = near ? strstr(near, " near '") : NULL;
    if (!near || strstr(message, "<eof> expected"))
        return 0;
    near += strlen(" near '");
    len = strcspn(near, "'");
    if (len == 0 || len >= sizeof(word) || strncmp(near, line, len) != 0)
        return 0;
    memcpy(word, near, len);
    word[len] = '\0';
    return !strstr(line + len, word); /* or it may be the second one */
}

/* Appends " | line N: TEXT" to `out`, and keeps the text in `text`. */
static void line_add(const struct place *place, long line, char *text,
                     char *out, size_t size)
{
    size_t used = strlen(out);

    if (usher_source_line(place->source, line, text, LINE_SHOWN))
        (void)snprintf(out + used, size - used, " | line %ld: %s", line, text);
}

static void lines_show(const struct place *place, const char *message,
                       char *text, char *out, size_t size)
{
    char above[LINE_SHOWN] = "";
    long line = place->line, before;

    /* The end of the file is mostly below its last line. */
    while (line > 0 &&
           !usher_source_line(place->source, line, text, LINE_SHOWN))
        line--;
    before = line - 1;
    while (before > 0 &&
           !usher_source_line(place->source, before, above, sizeof(above)))
        before--;
    if (before > 0 && is_first_word(message, text)) {
        line_add(place, before, above, out, size);
        line_add(place, line, text, out, size);
        memcpy(text, above, LINE_SHOWN); /* the advice is about that one */
    } else {
        line_add(place, line, text, out, size);
    }
}

void usher_explain(const struct usher_source *sources, size_t count,
                   const char *folder, struct usher_error *error)
{
    struct place place = {NULL, 0, 0, 0};
    char text[LINE_SHOWN] = "", lines[2 * LINE_SHOWN + 64] = "";
    struct usher_error before;
    const char *advice;
    char *traceback = strstr(error->text, "\nstack traceback:");

    if (traceback)
        *traceback = '\0';
    place_find(sources, count, folder, error->text, &place);
    if (place.source) {
        end_of_file_place(error, &place, folder);
        lines_show(&place, error->text, text, lines, sizeof(lines));
    }
    advice = usher_advice(error->text, text);
    before = *error;
    usher_error_set(error, "%s%s%s%s", before.text, lines,
                    advice[0] ? " | " : "", advice);
}

int usher_source_is_utf8(const struct usher_source *source, const char *folder,
                         struct usher_error *error)
{
    const char *end = source->text + source->len;
    long line = 1;

    for (const char *at = source->text; at < end; at++) {
        size_t len =
            usher_utf8_length((const unsigned char *)at, (size_t)(end - at));

        line += *at == '\n';
        if (len > 0) {
            at += len - 1;
        } else if ((unsigned char)*at >= 0x80) {
            usher_error_set(error,
                            "%s/%s:%ld: this letter is not in UTF-8 but in an "
                            "old encoding such as Latin-1, and visitors would "
                            "not read it: save the file as UTF-8",
                            folder, source->path, line);
            return 0;
        }
    }
    return 1;
}
