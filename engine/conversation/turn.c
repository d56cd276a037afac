/* engine/conversation/turn.c - reads a webhook body (jansson) into a turn. */
#include "conversation/turn.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/zone.h"
#include "script/value.h"

const char *usher_turn_kind_text(enum usher_turn_kind kind)
{
    static const char *const names[] = {"message", "trigger", "context",
                                        "failure", "unreadable"};

    return names[kind];
}

static void problem(struct usher_turn *turn, const char *what)
{
    if (!turn->problem[0])
        snprintf(turn->problem, sizeof(turn->problem), "%s", what);
}

static const json_t *object_in(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);

    return json_is_object(value) ? value : NULL;
}

/* The bytes of a string or an integer; NULL for anything else. `scratch`
 * holds an integer's digits. */
static const char *scalar(const json_t *json, char scratch[24], size_t *len)
{
    if (json_is_string(json)) {
        *len = json_string_length(json);
        return json_string_value(json);
    }
    if (json_is_integer(json)) {
        *len = (size_t)snprintf(scratch, 24, "%lld",
                                (long long)json_integer_value(json));
        return scratch;
    }
    *len = 0;
    return NULL;
}

static int key_try(struct usher_turn *turn, const char *source,
                   const json_t *id)
{
    char scratch[24];
    size_t len;
    const char *text = scalar(id, scratch, &len);
    size_t source_len = strlen(source);

    if (!text || len == 0 || len > 128 || memchr(text, '\0', len))
        return 0;
    memcpy(turn->key, source, source_len);
    memcpy(turn->key + source_len, text, len);
    turn->key_len = source_len + len;
    return 1;
}

static void key_find(struct usher_turn *turn, const json_t *root,
                     const json_t *visitor)
{
    if (key_try(turn,
                "siq:", json_object_get(visitor, "active_conversation_id")) ||
        key_try(turn,
                "chat:", json_object_get(object_in(root, "chat"), "id")) ||
        key_try(turn, "conversation:",
                json_object_get(object_in(root, "conversation"), "id")) ||
        key_try(turn, "session:", json_object_get(root, "session_id")) ||
        key_try(turn, "visitor:", json_object_get(visitor, "id"))) {
        turn->preview =
            turn->key_len > 15 && memcmp(turn->key, "siq:botpreview_", 15) == 0;
        return;
    }
    problem(turn, "no usable conversation id");
}

/* Cuts at a character's border: UTF-8 continuation bytes go with theirs. */
static size_t cut(const char *text, size_t len, size_t max)
{
    if (len <= max)
        return len;
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
        max--;
    return max;
}

static int take(struct usher_buffer *out, const json_t *value)
{
    char scratch[24];
    size_t len;
    const char *text = scalar(value, scratch, &len);

    if (!text)
        return 0;
    usher_buffer_append(out, text, cut(text, len, USHER_TEXT_MAX));
    return 1;
}

/* message: an object with text or value, or a bare string. */
static void message_read(struct usher_turn *turn, const json_t *root)
{
    const json_t *message = json_object_get(root, "message");
    static const char *const payloads[] = {"payload", "action_value", "value"};
    const json_t *inside;

    if (json_is_object(message)) {
        inside = json_object_get(message, "text");
        if (!take(&turn->text, inside)) {
            if (inside && !json_is_null(inside))
                problem(turn, "message.text is not a string");
            take(&turn->text, json_object_get(message, "value"));
        }
        for (size_t i = 0; i < 2 && !turn->payload.len; i++)
            take(&turn->payload, json_object_get(message, payloads[i]));
    } else if (!take(&turn->text, message) && message &&
               !json_is_null(message)) {
        problem(turn, "message is neither an object nor a string");
    }
    for (size_t i = 0; i < 2 && !turn->payload.len; i++) {
        const json_t *value = json_object_get(root, payloads[i]);

        if (json_is_object(value))
            value = json_object_get(value, "value");
        take(&turn->payload, value);
    }
}

static void kind_read(struct usher_turn *turn, const json_t *root)
{
    const json_t *handler = json_object_get(root, "handler");
    const char *name = json_string_value(handler);

    turn->kind = USHER_TURN_MESSAGE;
    if (!name) {
        if (handler && !json_is_null(handler))
            problem(turn, "handler is not a string");
        return;
    }
    if (strcmp(name, "trigger") == 0)
        turn->kind = USHER_TURN_TRIGGER;
    else if (strcmp(name, "context") == 0)
        turn->kind = USHER_TURN_CONTEXT;
    else if (strcmp(name, "failure") == 0)
        turn->kind = USHER_TURN_FAILURE;
    else if (strcmp(name, "message") != 0)
        problem(turn, "unknown handler, taken as a message");
}

static uint64_t hash(uint64_t seed, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        seed = (seed ^ (unsigned char)data[i]) * 1099511628211ULL;
    return (seed ^ len) * 1099511628211ULL;
}

static void name_write(struct usher_buffer *out, const char *name)
{
    usher_value_string(out, name, strlen(name));
}

/* Appends name and value; the value cut off again where it is no plain data
 * or too large. */
static size_t json_member(struct usher_buffer *out, const char *name,
                          const json_t *value)
{
    size_t start = out->len;
    char *text;
    enum usher_status st;

    name_write(out, name);
    text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    st = text ? usher_value_from_json(out, text, strlen(text), NULL)
              : USHER_ERR_NOMEM;
    free(text);
    if (st == USHER_OK)
        return 1;
    out->len = start;
    return 0;
}

static size_t text_member(struct usher_buffer *out, const char *name,
                          const char *text, size_t len)
{
    name_write(out, name);
    usher_value_string(out, text, len);
    return 1;
}

/* visitor: its strings, numbers and booleans, in the order of their names. */
static int member_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void visitor_write(struct usher_buffer *out, const json_t *visitor)
{
    const char *names[64];
    size_t count = 0;
    json_t *object = (json_t *)(uintptr_t)visitor;

    for (void *at = json_object_iter(object); at && count < 64;
         at = json_object_iter_next(object, at)) {
        const json_t *value = json_object_iter_value(at);

        if ((json_is_string(value) && json_string_length(value) > 0 &&
             json_string_length(value) <= 2048) ||
            json_is_integer(value) || json_is_boolean(value))
            names[count++] = json_object_iter_key(at);
    }
    qsort(names, count, sizeof(names[0]), member_compare);
    usher_value_table(out, 0, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(visitor, names[i]);

        name_write(out, names[i]);
        if (json_is_string(value))
            usher_value_string(out, json_string_value(value),
                               json_string_length(value));
        else if (json_is_integer(value))
            usher_value_integer(out, json_integer_value(value));
        else
            usher_value_boolean(out, json_is_true(value));
    }
}

/* answers may be an object or, as one page has it, a JSON text. */
static json_t *answers_open(const json_t *root)
{
    const json_t *answers = json_object_get(root, "answers");

    if (json_is_string(answers))
        return json_loads(json_string_value(answers), 0, NULL);
    return json_is_object(answers) ? json_incref((json_t *)(uintptr_t)answers)
                                   : NULL;
}

/* Zone: the visitor's if it is a known one, else the default. Region: the
 * visitor's country, else the default, else the zone's country. */
static void place_write(struct usher_buffer *out, const json_t *inner,
                        const json_t *visitor,
                        const struct usher_turn_place *place)
{
    const json_t *location = object_in(object_in(inner, "request"), "location");
    const char *zone = json_string_value(json_object_get(visitor, "time_zone"));
    const char *names[3] = {
        json_string_value(json_object_get(visitor, "country_code")),
        json_string_value(json_object_get(visitor, "country")),
        json_string_value(json_object_get(location, "country")),
    };
    const char *region = NULL;

    if (!zone || !usher_zones_find(place->zones, zone, strlen(zone)))
        zone = place->zone;
    for (int i = 0; i < 3 && !region; i++) {
        if (names[i])
            region = usher_places_country(place->places, names[i]);
    }
    if (!region)
        region = place->region;
    if (!region)
        region = zone == place->zone
                     ? place->zone_region
                     : usher_places_zone_country(place->places, zone);
    usher_value_table(out, 0, region ? 2 : 1);
    if (region)
        text_member(out, "region", region, strlen(region));
    text_member(out, "zone", zone, strlen(zone));
}

/* The members in the order of their names: the encoding is canonical. The
 * table's count is known only at the end, so the body is made first. */
static void input_write(struct usher_turn *turn, const json_t *root,
                        const json_t *visitor,
                        const struct usher_turn_place *place)
{
    struct usher_buffer body;
    json_t *answers = answers_open(root);
    const json_t *attachments = json_object_get(root, "attachments");
    const json_t *message = json_object_get(root, "message");
    const json_t *meta =
        json_is_object(message) ? json_object_get(message, "meta") : NULL;
    size_t pairs = 0;

    usher_buffer_init(&body, 200 * 1024);
    if (answers)
        pairs += json_member(&body, "answers", answers);
    name_write(&body, "at");
    usher_value_float(&body, (double)turn->received_ms / 1000.0);
    pairs++;
    if (json_array_size(attachments) > 0)
        pairs += json_member(&body, "attachments", attachments);
    if (json_is_object(json_object_get(root, "cause")))
        pairs += json_member(&body, "cause", json_object_get(root, "cause"));
    pairs += text_member(&body, "kind", usher_turn_kind_text(turn->kind),
                         strlen(usher_turn_kind_text(turn->kind)));
    if (json_is_object(meta))
        pairs += json_member(&body, "meta", meta);
    if (turn->payload.len)
        pairs += text_member(&body, "payload", turn->payload.data,
                             turn->payload.len);
    name_write(&body, "place");
    place_write(&body, root, visitor, place);
    pairs++;
    if (turn->preview) {
        name_write(&body, "preview");
        usher_value_boolean(&body, 1);
        pairs++;
    }
    pairs += text_member(&body, "text", turn->text.data ? turn->text.data : "",
                         turn->text.len);
    name_write(&body, "visitor");
    visitor_write(&body, visitor);
    pairs++;
    usher_value_table(&turn->input, 0, pairs);
    if (body.failed || !body.data)
        turn->input.failed = 1;
    else
        usher_buffer_append(&turn->input, body.data, body.len);
    usher_buffer_free(&body);
    json_decref(answers);
}

static void request_read(struct usher_turn *turn, const json_t *root)
{
    char scratch[24];
    size_t len;
    const char *id = scalar(json_object_get(object_in(root, "request"), "id"),
                            scratch, &len);

    if (!id || len == 0 || len >= sizeof(turn->request_id) ||
        memchr(id, '\0', len))
        return;
    memcpy(turn->request_id, id, len);
    turn->request_id[len] = '\0';
}

static json_t *body_load(struct usher_turn *turn, const char *body, size_t len)
{
    json_error_t why;
    json_t *root;

    if (len == 0) {
        problem(turn, "the body is empty");
        return NULL;
    }
    root = json_loadb(body, len, JSON_ALLOW_NUL, &why);
    if (!root) {
        snprintf(turn->problem, sizeof(turn->problem),
                 "the body is not JSON: line %d column %d: %.80s", why.line,
                 why.column, why.text);
        return NULL;
    }
    if (!json_is_object(root)) {
        problem(turn, "the body is not a JSON object");
        json_decref(root);
        return NULL;
    }
    return root;
}

enum usher_status usher_turn_parse(struct usher_turn *turn, const char *body,
                                   size_t len, int64_t received_ms,
                                   const struct usher_turn_place *place)
{
    json_t *root;
    const json_t *inner;
    const json_t *visitor;

    memset(turn, 0, sizeof(*turn));
    turn->received_ms = received_ms;
    root = body_load(turn, body, len);
    if (!root)
        turn->kind = USHER_TURN_UNREADABLE;
    inner = object_in(root, "entity") ? object_in(root, "entity") : root;
    visitor = object_in(inner, "visitor");
    if (root) {
        kind_read(turn, root);
        if (!visitor)
            problem(turn, "visitor is missing or not an object");
        key_find(turn, inner, visitor);
        request_read(turn, inner);
        message_read(turn, inner);
    }
    input_write(turn, inner, visitor, place);
    json_decref(root);
    turn->fingerprint = hash(1469598103934665603ULL + turn->kind,
                             turn->text.data, turn->text.len);
    turn->fingerprint =
        hash(turn->fingerprint, turn->payload.data, turn->payload.len);
    if (turn->input.failed || turn->text.failed || turn->payload.failed) {
        usher_turn_clear(turn);
        return USHER_ERR_NOMEM;
    }
    return USHER_OK;
}

void usher_turn_clear(struct usher_turn *turn)
{
    usher_buffer_free(&turn->text);
    usher_buffer_free(&turn->payload);
    usher_buffer_free(&turn->input);
}
