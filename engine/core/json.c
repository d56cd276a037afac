/* engine/core/json.c - a reader that goes through the text once. */
#include "core/json.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

#define NONE UINT32_MAX
#define KEEP_NODES 1024
#define KEEP_TEXT (32u * 1024)

struct parse {
    struct usher_json *json;
    char *at;
    char *end;     /* a zero byte stands there */
    uint32_t open; /* the innermost container, NONE: none; its `next` is the
                      one around it until it is closed */
    enum usher_status status;
};

static int fail(struct parse *p, const char *problem)
{
    p->status = USHER_ERR_PARSE;
    p->json->problem = problem;
    p->json->problem_at = (size_t)(p->at - p->json->text);
    return 0;
}

static void space(struct parse *p)
{
    while (*p->at == ' ' || *p->at == '\n' || *p->at == '\r' || *p->at == '\t')
        p->at++;
}

static uint32_t offset(const struct parse *p)
{
    return (uint32_t)(p->at - p->json->text);
}

static struct usher_json_node *add(struct parse *p, enum usher_json_kind kind)
{
    struct usher_json *json = p->json;
    struct usher_json_node *node;

    if (json->count == json->cap) {
        size_t cap = json->cap ? json->cap * 2 : 24;

        node = realloc(json->nodes, cap * sizeof(*node));
        if (!node) {
            p->status = USHER_ERR_NOMEM;
            return NULL;
        }
        json->nodes = node;
        json->cap = cap;
    }
    node = &json->nodes[json->count++];
    node->kind = kind;
    node->next = (uint32_t)json->count;
    node->start = offset(p);
    node->len = 0;
    node->text = NULL;
    return node;
}

/* ---- strings ---- */

/* Four hexadecimal digits; -1 where there are none. */
static int hex4(const char *at)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static char *put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    } else {
        *out++ = (char)(0xF0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3F));
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    }
    return out;
}

/* At the u of \uXXXX, or of a pair that stands for one character. */
static char *unicode(struct parse *p, char *out)
{
    int high = hex4(p->at + 1), low;

    if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF))
        goto bad;
    p->at += 5;
    if (high < 0xD800 || high > 0xDFFF)
        return put_utf8(out, (uint32_t)high);
    low = p->at[0] == '\\' && p->at[1] == 'u' ? hex4(p->at + 2) : -1;
    if (low < 0xDC00 || low > 0xDFFF)
        goto bad;
    p->at += 6;
    return put_utf8(out, 0x10000 + ((uint32_t)(high - 0xD800) << 10) +
                             (uint32_t)(low - 0xDC00));
bad:
    fail(p, "no Unicode character");
    return NULL;
}

/* Behind a backslash. NULL: it is no escape. */
static char *escape(struct parse *p, char *out)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (*p->at == 'u')
        return unicode(p, out);
    found = *p->at ? strchr(from, *p->at) : NULL;
    if (!found) {
        fail(p, "an unknown escape");
        return NULL;
    }
    p->at++;
    *out++ = to[found - from];
    return out;
}

/* What is neither plain nor the end: an escape or a character of several
 * bytes. */
static char *special(struct parse *p, char *out)
{
    size_t len;

    if (*p->at == '\\') {
        p->at++;
        return escape(p, out);
    }
    if ((unsigned char)*p->at < 0x80) {
        fail(p, p->at == p->end ? "a string without end"
                                : "a control character in a string");
        return NULL;
    }
    len = usher_utf8_length((unsigned char *)p->at, (size_t)(p->end - p->at));
    if (len == 0) {
        fail(p, "no UTF-8");
        return NULL;
    }
    memmove(out, p->at, len);
    p->at += len;
    return out + len;
}

/* The result is never longer than what it is read from: it takes its place. */
static int string(struct parse *p)
{
    struct usher_json_node *node = add(p, USHER_JSON_STRING);
    char *out = p->at + 1;

    if (!node)
        return 0;
    node->text = out;
    p->at++;
    for (;;) {
        char *from = p->at;

        p->at += usher_ascii_plain(p->at, (size_t)(p->end - p->at));
        if (out != from)
            memmove(out, from, (size_t)(p->at - from));
        out += p->at - from;
        if (*p->at == '"')
            break;
        out = special(p, out);
        if (!out)
            return 0;
    }
    p->at++;
    *out = '\0';
    node->len = (uint32_t)(out - node->text);
    node->end = offset(p);
    return 1;
}

/* ---- the other values ---- */

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int digits(struct parse *p)
{
    if (!is_digit(*p->at))
        return 0;
    while (is_digit(*p->at))
        p->at++;
    return 1;
}

static int number(struct parse *p)
{
    struct usher_json_node *node = add(p, USHER_JSON_INTEGER);
    const char *from = p->at;
    int whole = 1, good;

    if (!node)
        return 0;
    if (*p->at == '-')
        p->at++;
    if (*p->at == '0') {
        p->at++;
        good = 1;
    } else {
        good = digits(p);
    }
    if (good && *p->at == '.') {
        whole = 0;
        p->at++;
        good = digits(p);
    }
    if (good && (*p->at == 'e' || *p->at == 'E')) {
        whole = 0;
        p->at++;
        if (*p->at == '+' || *p->at == '-')
            p->at++;
        good = digits(p);
    }
    if (!good)
        return fail(p, "a value is expected here");
    errno = 0;
    if (whole)
        node->integer = strtoll(from, NULL, 10);
    if (!whole || errno)
        node->kind = USHER_JSON_REAL;
    node->end = offset(p);
    return 1;
}

static int word(struct parse *p, const char *text, enum usher_json_kind kind)
{
    size_t len = strlen(text);
    struct usher_json_node *node;

    if (strncmp(p->at, text, len) != 0)
        return fail(p, "a value is expected here");
    node = add(p, kind);
    if (!node)
        return 0;
    p->at += len;
    node->end = offset(p);
    return 1;
}

static int begin(struct parse *p, enum usher_json_kind kind)
{
    struct usher_json_node *node = add(p, kind);

    if (!node)
        return 0;
    node->next = p->open;
    p->open = (uint32_t)(node - p->json->nodes);
    p->at++;
    return 1;
}

static void finish(struct parse *p)
{
    struct usher_json_node *node = &p->json->nodes[p->open];

    p->open = node->next;
    p->at++;
    node->next = (uint32_t)p->json->count;
    node->end = offset(p);
}

static int name(struct parse *p)
{
    const struct usher_json_node *node;

    if (*p->at != '"')
        return fail(p, "a name in quotes is expected here");
    if (!string(p))
        return 0;
    node = &p->json->nodes[p->json->count - 1];
    if (memchr(node->text, '\0', node->len))
        return fail(p, "a zero byte in a name");
    space(p);
    if (*p->at != ':')
        return fail(p, "a colon is expected here");
    p->at++;
    space(p);
    return 1;
}

static int in_object(const struct parse *p)
{
    return p->open != NONE && p->json->nodes[p->open].kind == USHER_JSON_OBJECT;
}

/* A value, with its name within an object; of a container its beginning. */
static int value(struct parse *p)
{
    if (in_object(p) && !name(p))
        return 0;
    switch (*p->at) {
    case '"':
        return string(p);
    case '{':
        return begin(p, USHER_JSON_OBJECT);
    case '[':
        return begin(p, USHER_JSON_ARRAY);
    case 't':
        return word(p, "true", USHER_JSON_TRUE);
    case 'f':
        return word(p, "false", USHER_JSON_FALSE);
    case 'n':
        return word(p, "null", USHER_JSON_NULL);
    default:
        return number(p);
    }
}

/* Behind a value: closes what ends here. Nonzero: another value comes. */
static int another(struct parse *p)
{
    while (p->open != NONE) {
        space(p);
        if (*p->at == ',') {
            p->at++;
            space(p);
            return 1;
        }
        if (*p->at != (in_object(p) ? '}' : ']'))
            return fail(p, in_object(p) ? "',' or '}' is expected here"
                                        : "',' or ']' is expected here");
        finish(p);
    }
    return 0;
}

/* Nonzero where the container that has just begun is not empty. */
static int has_begun(struct parse *p, uint32_t open_before)
{
    if (p->open == open_before)
        return 0;
    space(p);
    if (*p->at == (in_object(p) ? '}' : ']')) {
        finish(p);
        return 0;
    }
    return 1;
}

static void all(struct parse *p)
{
    int more = 1;

    space(p);
    while (more) {
        uint32_t open_before = p->open;

        if (!value(p))
            return;
        more = has_begun(p, open_before) || another(p);
    }
    space(p);
    if (p->status == USHER_OK && p->at != p->end)
        fail(p, "nothing is expected here any more");
}

/* ---- what the header declares ---- */

void usher_json_init(struct usher_json *json)
{
    memset(json, 0, sizeof(*json));
}

void usher_json_free(struct usher_json *json)
{
    free(json->nodes);
    free(json->text);
    usher_json_init(json);
}

void usher_json_rest(struct usher_json *json)
{
    json->count = 0;
    if (json->cap > KEEP_NODES || json->text_cap > KEEP_TEXT)
        usher_json_free(json);
}

static enum usher_status text_keep(struct usher_json *json, const char *text,
                                   size_t len)
{
    if (len >= UINT32_MAX)
        return USHER_ERR_LIMIT;
    if (json->text_cap < len + 1) {
        size_t cap = len < 1024 ? 1024 : len + 1;

        free(json->text);
        json->text_cap = 0;
        json->text = malloc(cap);
        if (!json->text)
            return USHER_ERR_NOMEM;
        json->text_cap = cap;
    }
    if (len > 0)
        memcpy(json->text, text, len);
    json->text[len] = '\0';
    return USHER_OK;
}

enum usher_status usher_json_read(struct usher_json *json, const char *text,
                                  size_t len)
{
    struct parse p = {.json = json, .open = NONE};

    json->count = 0;
    p.status = text_keep(json, text, len);
    if (p.status != USHER_OK)
        return p.status;
    p.at = json->text;
    p.end = json->text + len;
    all(&p);
    if (p.status != USHER_OK)
        json->count = 0;
    return p.status;
}

const struct usher_json_node *usher_json_get(const struct usher_json *json,
                                             const struct usher_json_node *node,
                                             const char *name)
{
    const struct usher_json_node *found = NULL;
    size_t len = strlen(name);
    uint32_t at;

    if (!node || node->kind != USHER_JSON_OBJECT)
        return NULL;
    at = (uint32_t)(node - json->nodes) + 1;
    while (at < node->next) {
        const struct usher_json_node *key = &json->nodes[at];

        if (key->len == len && memcmp(key->text, name, len) == 0)
            found = key + 1;
        at = key[1].next;
    }
    return found;
}

/* The program that embeds the engine may have a locale with another point. */
double usher_json_real(const struct usher_json *json,
                       const struct usher_json_node *node)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double value;

    /* What stands behind the number ends it. */
    value = strtod_l(json->text + node->start, NULL, plain);
    freelocale(plain);
    return value;
}

const char *usher_json_large_integer(const struct usher_json *json,
                                     const struct usher_json_node *node,
                                     size_t *len)
{
    const char *text = json->text + node->start;

    *len = 0;
    if (node->kind != USHER_JSON_REAL)
        return NULL;
    for (size_t i = 0; i < node->end - node->start; i++)
        if (!is_digit(text[i]) && text[i] != '-')
            return NULL;
    *len = node->end - node->start;
    return text;
}
