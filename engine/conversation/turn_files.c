/* engine/conversation/turn_files.c - the files of a message, and what of its
 * text is no more than their names. No page of SalesIQ tells the shape of an
 * attachment: whatever looks like one is taken for one. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conversation/turn_body.h"
#include "script/value.h"

#define FILES_MAX 16
#define NAME_BYTES 255
#define URL_BYTES 2048

struct span {
    const char *at;
    size_t len;
};

struct file {
    const char *type; /* one of kinds[] */
    struct span name, url;
};

struct files {
    struct file list[FILES_MAX];
    size_t count;
};

/* ---- kinds ---- */

/* What a message or a file may call its kind, and what flows read. A MIME type
 * counts up to its slash. */
static const char *const kinds[][2] = {
    {"file", "file"},         {"files", "file"},       {"attachment", "file"},
    {"attachments", "file"},  {"document", "file"},    {"media", "file"},
    {"upload", "file"},       {"file-upload", "file"}, {"file_upload", "file"},
    {"image", "image"},       {"images", "image"},     {"picture", "image"},
    {"photo", "image"},       {"gif", "image"},        {"video", "video"},
    {"audio", "audio"},       {"voice", "audio"},      {"sticker", "sticker"},
    {"location", "location"}, {"contact", "contact"},  {"contacts", "contact"},
};

static const char *kind_of(const char *word)
{
    size_t len = word ? strcspn(word, "/") : 0;

    if (!len)
        return NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strncasecmp(word, kinds[i][0], len) == 0 && !kinds[i][0][len])
            return kinds[i][1];
    return NULL;
}

/* A message of such a kind says where or what, not what a visitor wrote. */
static int is_no_text(const char *kind)
{
    return strcmp(kind, "location") == 0 || strcmp(kind, "sticker") == 0;
}

/* ---- names and addresses ---- */

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int is_letter(char c)
{
    return ((unsigned char)c | 0x20) >= 'a' && ((unsigned char)c | 0x20) <= 'z';
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct span trimmed(struct span text)
{
    while (text.len && is_blank(text.at[text.len - 1]))
        text.len--;
    while (text.len && is_blank(text.at[0])) {
        text.at++;
        text.len--;
    }
    return text;
}

static int is_url(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_blank(text.at[i]))
            return 0;
        if (i > 0 && text.len - i > 3 && memcmp(text.at + i, "://", 3) == 0)
            return 1;
    }
    return 0;
}

/* "IMG_20260303_1530.jpg": a dot and two to five letters and figures at its
 * end, one a letter. With blanks in it, it may be a sentence. */
static int is_name(struct span text, int may_have_blanks)
{
    size_t ending = 0;
    int letters = 0;

    while (ending < text.len && text.at[text.len - 1 - ending] != '.') {
        char c = text.at[text.len - 1 - ending++];

        if (!is_letter(c) && !is_digit(c))
            return 0;
        letters += is_letter(c);
    }
    if (ending < 2 || ending > 5 || !letters || text.len < ending + 2 ||
        text.len > NAME_BYTES)
        return 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '\n' || (is_blank(text.at[i]) && !may_have_blanks))
            return 0;
    return 1;
}

/* The last part of an address, where that is a name. */
static struct span name_in(struct span url)
{
    struct span name = url;
    size_t end = 0;

    while (end < url.len && url.at[end] != '?' && url.at[end] != '#')
        end++;
    name.len = end;
    for (size_t i = end; i > 0; i--) {
        if (url.at[i - 1] != '/')
            continue;
        name.at = url.at + i;
        name.len = end - i;
        break;
    }
    if (!is_name(name, 0))
        name.len = 0;
    return name;
}

/* ---- what there is ---- */

static struct span node_span(const struct usher_json_node *node)
{
    struct span span = {"", 0};

    if (node_is(node, USHER_JSON_STRING)) {
        span.at = node->text;
        span.len = node->len;
    }
    return span;
}

/* The first of several members that is a text with something in it. */
static struct span member_span(const struct turn_body *body,
                               const struct usher_json_node *node,
                               const char *const *names)
{
    struct span span = {"", 0};

    for (; *names && !span.len; names++)
        span = trimmed(node_span(body_get(body, node, *names)));
    return span;
}

static const char *const name_members[] = {"name",     "file_name", "filename",
                                           "fileName", "title",     NULL};
static const char *const url_members[] = {"url",          "link", "file_url",
                                          "download_url", "src",  "href",
                                          "public_url",   NULL};
static const char *const type_members[] = {"type",        "content_type",
                                           "contentType", "mime_type",
                                           "mimeType",    "file_type",
                                           NULL};

static void file_add(struct files *files, const char *type, struct span name,
                     struct span url)
{
    struct file *file = &files->list[files->count];

    if (files->count == FILES_MAX)
        return;
    files->count++;
    if (!name.len)
        name = name_in(url);
    if (url.len > URL_BYTES || !is_url(url)) /* or its bytes themselves */
        url.len = 0;
    file->type = type;
    file->name = name;
    file->url = url;
}

/* Name and address may stand one object deeper. */
static void object_add(const struct turn_body *body, struct files *files,
                       const struct usher_json_node *node, const char *kind)
{
    static const char *const inside[] = {"payload", "file", "data", "content",
                                         NULL};
    struct span type = member_span(body, node, type_members);
    struct span name = member_span(body, node, name_members);
    struct span url = member_span(body, node, url_members);
    const char *known = type.len ? kind_of(type.at) : NULL;

    for (size_t i = 0; inside[i] && !name.len && !url.len; i++) {
        const struct usher_json_node *more = body_get(body, node, inside[i]);

        name = member_span(body, more, name_members);
        url = member_span(body, more, url_members);
    }
    file_add(files, known ? known : kind, name, url);
}

static void one_add(const struct turn_body *body, struct files *files,
                    const struct usher_json_node *node, const char *kind)
{
    static const struct span none = {"", 0};
    struct span text = trimmed(node_span(node));
    uint32_t at = (uint32_t)(node - body->json->nodes);

    if (node->kind == USHER_JSON_OBJECT) {
        if (node->next > at + 1)
            object_add(body, files, node, kind);
    } else if (text.len) {
        file_add(files, kind, is_url(text) ? none : text, text);
    } else if (node->kind == USHER_JSON_INTEGER && node->integer != 0) {
        file_add(files, kind, none, none);
    }
}

/* A member that is a file, or a list of files. */
static void member_add(const struct turn_body *body, struct files *files,
                       const struct usher_json_node *node, const char *kind)
{
    uint32_t at;

    if (!node)
        return;
    if (node->kind != USHER_JSON_ARRAY) {
        one_add(body, files, node, kind);
        return;
    }
    at = (uint32_t)(node - body->json->nodes) + 1;
    for (; at < node->next; at = body->json->nodes[at].next)
        one_add(body, files, &body->json->nodes[at], kind);
}

static void files_find(const struct turn_body *body, struct files *files)
{
    static const char *const members[] = {"attachments", "attachment", "files",
                                          "file"};
    const struct usher_json_node *message =
        body_object(body, body->inner, "message");
    const char *kind = kind_of(node_text(body_get(body, message, "type")));
    const char *usual = kind ? kind : "file";

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        member_add(body, files, body_get(body, body->inner, members[i]), usual);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        member_add(body, files, body_get(body, message, members[i]), usual);
    if (kind && !files->count)
        object_add(body, files, message, kind);
}

/* ---- the text beside them ---- */

/* Every place where the part stands, as a blank. */
static void blank_out(struct usher_buffer *text, struct span part)
{
    char *at = text->data;

    while (part.len && text->len && part.len <= text->len &&
           (at = memmem(at, (size_t)(text->data + text->len - at), part.at,
                        part.len)) != NULL) {
        memset(at, ' ', part.len);
        at += part.len;
    }
}

/* A file's name within a sentence is taken out where it cannot be a word. */
static void name_blank_out(struct usher_buffer *text, struct span name)
{
    struct span all = {text->data, text->len};

    all = trimmed(all);
    if (is_name(name, 1) ||
        (all.len == name.len && memcmp(all.at, name.at, all.len) == 0))
        blank_out(text, name);
}

static int has_words(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_letter(text.at[i]) || is_digit(text.at[i]) ||
            (unsigned char)text.at[i] >= 0x80)
            return 1;
    return 0;
}

/* What is left of the text may be the name that the file itself lacks. Such a
 * name is kept in `kept`, since the text is emptied. */
static void rest_take(struct usher_buffer *text, struct file *first,
                      struct usher_buffer *kept)
{
    struct span rest = {text->data, text->len};
    int is_address, is_all;

    rest = trimmed(rest);
    is_address = is_url(rest);
    is_all = is_no_text(first->type);
    if (!is_address && !is_all && !is_name(rest, !first->name.len))
        return;
    usher_buffer_append(kept, rest.at, rest.len);
    if (kept->failed)
        return;
    rest.at = kept->data;
    if (is_address && !first->url.len && rest.len <= URL_BYTES)
        first->url = rest;
    if (!first->name.len)
        first->name = is_address ? name_in(rest) : rest;
    usher_buffer_clear(text);
}

/* The text as the visitor wrote it, in place. */
static void text_strip(struct usher_buffer *text, struct files *files,
                       struct usher_buffer *kept)
{
    struct span rest;

    if (!text->len)
        return;
    for (size_t i = 0; i < files->count; i++) {
        blank_out(text, files->list[i].url);
        name_blank_out(text, files->list[i].name);
    }
    rest.at = text->data;
    rest.len = text->len;
    if (has_words(rest))
        rest_take(text, &files->list[0], kept);
    else
        usher_buffer_clear(text);
    if (!text->len)
        return;
    rest.at = text->data;
    rest.len = text->len;
    rest = trimmed(rest);
    memmove(text->data, rest.at, rest.len);
    text->len = rest.len;
    text->data[text->len] = '\0';
}

/* ---- what flows and people see ---- */

static void span_write(struct usher_buffer *out, const char *name,
                       struct span value)
{
    if (!value.len)
        return;
    usher_value_string(out, name, strlen(name));
    usher_value_string(out, value.at, value.len);
}

/* "[file: photo.jpg]", "[location]" */
static void file_show(struct usher_buffer *out, const struct file *file)
{
    int is_file = strcmp(file->type, "location") != 0 &&
                  strcmp(file->type, "contact") != 0 &&
                  strcmp(file->type, "sticker") != 0;

    usher_buffer_text(out, out->len ? " [" : "[");
    usher_buffer_text(out, is_file ? "file" : file->type);
    if (file->name.len) {
        usher_buffer_text(out, ": ");
        usher_buffer_append(out, file->name.at, file->name.len);
    } else if (is_file && strcmp(file->type, "file") != 0) {
        usher_buffer_text(out, ": ");
        usher_buffer_text(out, file->type);
    }
    usher_buffer_byte(out, ']');
}

static void files_write(struct usher_turn *turn, struct files *files)
{
    usher_value_table(&turn->files, files->count, 0);
    for (size_t i = 0; i < files->count; i++) {
        struct file *file = &files->list[i];
        struct span type = {file->type, strlen(file->type)};

        file->name.len = body_cut(file->name.at, file->name.len, NAME_BYTES);
        usher_value_table(&turn->files, 0,
                          1u + !!file->name.len + !!file->url.len);
        span_write(&turn->files, "name", file->name);
        span_write(&turn->files, "type", type);
        span_write(&turn->files, "url", file->url);
        file_show(&turn->files_shown, file);
    }
}

void turn_files_read(const struct turn_body *body)
{
    struct usher_turn *turn = body->turn;
    struct files files = {.count = 0};
    struct usher_buffer kept;

    if (turn->kind != USHER_TURN_MESSAGE || turn->text.failed)
        return;
    files_find(body, &files);
    if (!files.count)
        return;
    usher_buffer_init(&kept, 0);
    text_strip(&turn->text, &files, &kept);
    files_write(turn, &files);
    if (kept.failed)
        turn->files.failed = kept.failed;
    usher_buffer_free(&kept);
}
