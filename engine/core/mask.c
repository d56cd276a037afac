/* engine/core/mask.c - takes out of a text what must not be shown.
 *
 * Secrets are found by their last six bytes: a table under a hash of these
 * is asked at every position, so that a log which has seen a thousand tokens
 * is as fast as one that has seen two. (Their first bytes would not do: all
 * of Zoho's tokens begin alike.) */
#include "core/mask.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mask_phone.h"

#define BUCKET_BITS 10
#define BUCKETS (1U << BUCKET_BITS)
#define WINDOW_MASK UINT64_C(0xFFFFFFFFFFFF)

struct secret {
    struct secret *next;
    size_t len;
    char value[];
};

struct usher_mask {
    pthread_rwlock_t lock;
    struct secret *buckets[BUCKETS];
};

struct span {
    size_t from;
    size_t to;
};

struct usher_mask *usher_mask_new(void)
{
    struct usher_mask *mask = calloc(1, sizeof(*mask));

    if (mask && pthread_rwlock_init(&mask->lock, NULL) != 0) {
        free(mask);
        mask = NULL;
    }
    return mask;
}

void usher_mask_free(struct usher_mask *mask)
{
    if (!mask)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        struct secret *next;
        for (struct secret *s = mask->buckets[i]; s; s = next) {
            next = s->next;
            explicit_bzero(s->value, s->len);
            free(s);
        }
    }
    pthread_rwlock_destroy(&mask->lock);
    free(mask);
}

static size_t bucket_of(uint64_t window)
{
    return (size_t)((window * UINT64_C(0x9E3779B97F4A7C15)) >>
                    (64 - BUCKET_BITS));
}

static uint64_t window_push(uint64_t window, char byte)
{
    return ((window << 8) | (unsigned char)byte) & WINDOW_MASK;
}

static uint64_t window_of_end(const char *value, size_t len)
{
    uint64_t window = 0;

    for (size_t i = len - USHER_MASK_SECRET_MIN_BYTES; i < len; i++)
        window = window_push(window, value[i]);
    return window;
}

static enum usher_status mask_add(struct usher_mask *mask, const char *value,
                                  size_t len)
{
    struct secret **place =
        &mask->buckets[bucket_of(window_of_end(value, len))];
    struct secret *new = NULL;
    const struct secret *s;
    enum usher_status st = USHER_OK;

    pthread_rwlock_wrlock(&mask->lock);
    for (s = *place; s; s = s->next)
        if (s->len == len && memcmp(s->value, value, len) == 0)
            goto done;
    new = malloc(sizeof(*new) + len);
    if (!new) {
        st = USHER_ERR_NOMEM;
        goto done;
    }
    memcpy(new->value, value, len);
    new->len = len;
    new->next = *place;
    *place = new;
done:
    pthread_rwlock_unlock(&mask->lock);
    return st;
}

enum usher_status usher_mask_secret(struct usher_mask *mask, const char *value)
{
    struct usher_buffer encoded;
    size_t len = value ? strlen(value) : 0;
    enum usher_status st;

    if (!mask || len == 0)
        return USHER_OK;
    if (len < USHER_MASK_SECRET_MIN_BYTES)
        return USHER_ERR_INVALID;
    /* As a URL or a form carries it; the same length means nothing to encode.
     * Its size is known, so that no copy is left behind by growing. */
    usher_buffer_init(&encoded, 0);
    usher_buffer_reserve(&encoded, len * 3);
    usher_buffer_escape(&encoded, value, len, "");
    st = encoded.failed ? USHER_ERR_NOMEM : mask_add(mask, value, len);
    if (st == USHER_OK && encoded.len != len)
        st = mask_add(mask, encoded.data, encoded.len);
    usher_buffer_wipe(&encoded);
    return st;
}

/* The longest secret that ends behind text[end - 1]; 0: none. */
static size_t secret_ending(const struct usher_mask *mask, uint64_t window,
                            const char *text, size_t end)
{
    size_t longest = 0;

    for (const struct secret *s = mask->buckets[bucket_of(window)]; s;
         s = s->next)
        if (s->len > longest && s->len <= end &&
            memcmp(s->value, text + end - s->len, s->len) == 0)
            longest = s->len;
    return longest;
}

/* Appends the places of all secrets, in order and apart, as struct span. */
static void find_secrets(struct usher_mask *mask, const char *text, size_t len,
                         struct usher_buffer *spans)
{
    uint64_t window = 0;

    pthread_rwlock_rdlock(&mask->lock);
    for (size_t i = 0; i < len; i++) {
        window = window_push(window, text[i]);
        if (i + 1 < USHER_MASK_SECRET_MIN_BYTES ||
            !mask->buckets[bucket_of(window)])
            continue;
        size_t found = secret_ending(mask, window, text, i + 1);
        struct span span = {i + 1 - found, i + 1};
        if (found == 0)
            continue;
        /* One that ends later may begin before one that ended earlier. */
        while (spans->len > 0) {
            struct span last;
            memcpy(&last, spans->data + spans->len - sizeof(last),
                   sizeof(last));
            if (last.to <= span.from)
                break;
            span.from = last.from < span.from ? last.from : span.from;
            spans->len -= sizeof(last);
        }
        usher_buffer_append(spans, &span, sizeof(span));
    }
    pthread_rwlock_unlock(&mask->lock);
}

static int is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

static int is_local_byte(char c)
{
    return is_word_byte(c) || (c && strchr("._+-'", c)) ||
           (unsigned char)c >= 0x80;
}

/* Bytes of an @ or %40 at `at`. */
static size_t at_sign(const char *text, size_t at, size_t end)
{
    if (at < end && text[at] == '@')
        return 1;
    return end - at >= 3 && memcmp(text + at, "%40", 3) == 0 ? 3 : 0;
}

/* The end of "example.com" at `at`, or `at` if there is no such name. */
static size_t domain_end(const char *text, size_t at, size_t end)
{
    size_t p = at;
    size_t dot = 0;

    while (p < end && (is_word_byte(text[p]) || text[p] == '-' ||
                       (text[p] == '.' && p > at && text[p - 1] != '.') ||
                       (unsigned char)text[p] >= 0x80)) {
        if (text[p] == '.')
            dot = p;
        p++;
    }
    /* A full stop behind the address does not belong to it. */
    while (p > at && (text[p - 1] == '.' || text[p - 1] == '-'))
        p--;
    if (dot >= p)
        for (dot = p; dot > at && (dot == p || text[dot] != '.'); dot--)
            continue;
    return dot > at && p > dot + 1 ? p : at;
}

struct walk {
    const char *text;
    size_t at;
    size_t end;           /* of the part without secrets */
    size_t no_mail_until; /* this run of bytes was found to be no address */
    int phones;
    struct usher_buffer *out;
};

/* Bytes of the first character at `at`, so that none is cut in two. */
static size_t character_length(const struct walk *w)
{
    size_t n = 1;

    while (w->at + n < w->end &&
           ((unsigned char)w->text[w->at + n] & 0xC0) == 0x80)
        n++;
    return n;
}

static int walk_mail(struct walk *w)
{
    size_t local = w->at;
    size_t sign;
    size_t domain;
    size_t stop;

    if (w->at < w->no_mail_until || !is_local_byte(w->text[w->at]))
        return 0;
    while (local < w->end && is_local_byte(w->text[local]))
        local++;
    w->no_mail_until = local;
    sign = at_sign(w->text, local, w->end);
    if (sign == 0)
        return 0;
    domain = local + sign;
    stop = domain_end(w->text, domain, w->end);
    if (stop == domain)
        return 0;
    usher_buffer_append(w->out, w->text + w->at, character_length(w));
    usher_buffer_text(w->out, "…");
    usher_buffer_append(w->out, w->text + local, stop - local);
    w->at = stop;
    return 1;
}

static int walk_phone(struct walk *w)
{
    struct usher_phone_run run;
    const char *from = w->text + w->at;

    if (!w->phones)
        return 0;
    run = usher_phone_run_at(w->text, w->at, w->end);
    if (run.len == 0)
        return 0;
    if (run.is_phone) {
        usher_buffer_append(w->out, from, run.shown);
        usher_buffer_text(w->out, "…");
        usher_buffer_append(w->out, from + run.tail, run.len - run.tail);
    } else {
        usher_buffer_append(w->out, from, run.len);
    }
    w->at += run.len;
    return 1;
}

static void mask_part(const char *text, size_t from, size_t to, int phones,
                      struct usher_buffer *out)
{
    struct walk w = {text, from, to, from, phones, out};

    while (w.at < to && !out->failed) {
        if (walk_mail(&w) || walk_phone(&w))
            continue;
        usher_buffer_byte(out, text[w.at]);
        w.at++;
    }
}

/* Most texts hold neither a phone nor an address; a look is cheaper. */
static int is_harmless(const char *text, size_t len, int phones)
{
    size_t digits = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '@' || c == '%')
            return 0;
        digits += (c >= '0' && c <= '9') || c >= 0x80;
    }
    return !phones || digits < 7;
}

static void append_part(const char *text, size_t from, size_t to, int phones,
                        struct usher_buffer *out)
{
    if (is_harmless(text + from, to - from, phones))
        usher_buffer_append(out, text + from, to - from);
    else
        mask_part(text, from, to, phones, out);
}

void usher_mask_append(struct usher_mask *mask, const char *text, size_t len,
                       int phones, struct usher_buffer *out)
{
    struct usher_buffer spans;
    struct span span;
    size_t done = 0;

    usher_buffer_init(&spans, 0);
    if (mask && len >= USHER_MASK_SECRET_MIN_BYTES)
        find_secrets(mask, text, len, &spans);
    if (spans.failed) {
        /* Where a secret may be and cannot be noted, nothing is shown. */
        out->failed = spans.failed;
        goto done;
    }
    for (size_t i = 0; i + sizeof(span) <= spans.len; i += sizeof(span)) {
        memcpy(&span, spans.data + i, sizeof(span));
        append_part(text, done, span.from, phones, out);
        usher_buffer_text(out, "[secret]");
        done = span.to;
    }
    append_part(text, done, len, phones, out);
done:
    usher_buffer_free(&spans);
}

static int ends_with(const char *key, const char *end)
{
    size_t key_len = strlen(key);
    size_t end_len = strlen(end);

    return key_len > end_len && strcmp(key + key_len - end_len, end) == 0;
}

static int is_plain_key(const char *key)
{
    static const char *const whole[] = {
        "id",      "conversation", "request", "task",    "run",
        "version", "turn",         "ms",      "us",      "port",
        "pid",     "line",         "bytes",   "status",  "count",
        "time",    "call",         "caller",  "subject",
    };
    static const char *const tail[] = {"_id", "_ms",    "_us",
                                       "_at", "_bytes", "_count"};

    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
        if (strcmp(key, whole[i]) == 0)
            return 1;
    for (size_t i = 0; i < sizeof(tail) / sizeof(tail[0]); i++)
        if (ends_with(key, tail[i]))
            return 1;
    return 0;
}

int usher_mask_plain_field(const char *key, const char *value, size_t len)
{
    if (!is_plain_key(key) || strstr(key, "visitor"))
        return 0;
    if (len >= 7 && strncasecmp(value, "visitor", 7) == 0)
        return 0;
    for (size_t i = 0; i < len; i++)
        if (!is_word_byte(value[i]) && !(value[i] && strchr(":._-", value[i])))
            return 0;
    return 1;
}
