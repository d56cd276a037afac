/* engine/conversation/turn.c - reads a webhook body into a turn. */
#include "conversation/turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/zone.h"
#include "script/value.h"

/* What a turn may bring into a journal, an entry has room for it: text and
 * visitor have their bounds, which leave the first so much to the rest. */
#define MORE_MAX (64 * 1024)
#define INPUT_MAX (250 * 1024)

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

/* A body on its way into a turn. */
struct body {
    struct usher_turn *turn;
    const struct usher_json *json;
    const char *bytes;
    const struct usher_json_node *root;    /* NULL: unreadable */
    const struct usher_json_node *inner;   /* its entity, else root */
    const struct usher_json_node *visitor; /* or NULL */
};

static const struct usher_json_node *get(const struct body *body,
                                         const struct usher_json_node *node,
                                         const char *name)
{
    return usher_json_get(body->json, node, name);
}

static int is(const struct usher_json_node *node, enum usher_json_kind kind)
{
    return node && node->kind == kind;
}

static const struct usher_json_node *
object_in(const struct body *body, const struct usher_json_node *node,
          const char *name)
{
    const struct usher_json_node *value = get(body, node, name);

    return is(value, USHER_JSON_OBJECT) ? value : NULL;
}

/* Up to its first zero byte; NULL where it is no string. */
static const char *text_of(const struct usher_json_node *node)
{
    return is(node, USHER_JSON_STRING) ? node->text : NULL;
}

/* The bytes of a string or an integer; NULL for anything else. `scratch`
 * holds an integer's digits. */
static const char *scalar(const struct usher_json_node *node, char scratch[24],
                          size_t *len)
{
    if (is(node, USHER_JSON_STRING)) {
        *len = node->len;
        return node->text;
    }
    if (is(node, USHER_JSON_INTEGER)) {
        *len = (size_t)snprintf(scratch, 24, "%lld", (long long)node->integer);
        return scratch;
    }
    *len = 0;
    return NULL;
}

static int key_try(struct usher_turn *turn, const char *source,
                   const struct usher_json_node *id)
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

static void key_find(const struct body *body)
{
    struct usher_turn *turn = body->turn;
    const struct usher_json_node *inner = body->inner, *visitor = body->visitor;

    if (key_try(turn, "siq:", get(body, visitor, "active_conversation_id")) ||
        key_try(turn,
                "chat:", get(body, object_in(body, inner, "chat"), "id")) ||
        key_try(turn, "conversation:",
                get(body, object_in(body, inner, "conversation"), "id")) ||
        key_try(turn, "session:", get(body, inner, "session_id")) ||
        key_try(turn, "visitor:", get(body, visitor, "id"))) {
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

static int take(struct usher_buffer *out, const struct usher_json_node *value)
{
    char scratch[24];
    size_t len;
    const char *text = scalar(value, scratch, &len);

    if (!text)
        return 0;
    usher_buffer_append(out, text, cut(text, len, USHER_TEXT_MAX));
    return 1;
}

static int is_something(const struct usher_json_node *value)
{
    return value && value->kind != USHER_JSON_NULL;
}

/* message: an object with text or value, or a bare string. */
static void message_read(const struct body *body)
{
    static const char *const payloads[] = {"payload", "action_value", "value"};
    struct usher_turn *turn = body->turn;
    const struct usher_json_node *message = get(body, body->inner, "message");

    if (is(message, USHER_JSON_OBJECT)) {
        const struct usher_json_node *inside = get(body, message, "text");

        if (!take(&turn->text, inside)) {
            if (is_something(inside))
                problem(turn, "message.text is not a string");
            take(&turn->text, get(body, message, "value"));
        }
        for (size_t i = 0; i < 2 && !turn->payload.len; i++)
            take(&turn->payload, get(body, message, payloads[i]));
    } else if (!take(&turn->text, message) && is_something(message)) {
        problem(turn, "message is neither an object nor a string");
    }
    for (size_t i = 0; i < 2 && !turn->payload.len; i++) {
        const struct usher_json_node *value =
            get(body, body->inner, payloads[i]);

        if (is(value, USHER_JSON_OBJECT))
            value = get(body, value, "value");
        take(&turn->payload, value);
    }
}

static void kind_read(const struct body *body)
{
    struct usher_turn *turn = body->turn;
    const struct usher_json_node *handler = get(body, body->root, "handler");
    const char *name = text_of(handler);

    turn->kind = USHER_TURN_MESSAGE;
    if (!name) {
        if (is_something(handler))
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

/* Appends name and value, which is the JSON text; both are cut off again
 * where it is no plain data or too large. */
static size_t json_member(struct usher_buffer *out, const char *name,
                          const char *text, size_t len)
{
    size_t start = out->len;
    enum usher_status st;

    out->max = MORE_MAX;
    name_write(out, name);
    st = usher_value_from_json(out, text, len, NULL);
    out->max = INPUT_MAX;
    if (st == USHER_OK)
        return 1;
    out->len = start;
    if (st == USHER_ERR_LIMIT)
        out->failed = 0;
    return 0;
}

/* A member that is seldom there, with all that is inside it. */
static size_t node_member(const struct body *body, struct usher_buffer *out,
                          const char *name, const struct usher_json_node *node)
{
    return json_member(out, name, body->bytes + node->start,
                       node->end - node->start);
}

static size_t text_member(struct usher_buffer *out, const char *name,
                          const char *text, size_t len)
{
    name_write(out, name);
    usher_value_string(out, text, len);
    return 1;
}

/* visitor: its strings, numbers and booleans, in the order of their names. */
#define VISITOR_MAX 64
#define NAME_MAX_BYTES 128

static int member_compare(const void *left, const void *right)
{
    const struct usher_json_node *const *a = left, *const *b = right;
    int order = strcmp((*a)->text, (*b)->text);

    return order ? order : (*a > *b) - (*a < *b);
}

static int is_kept(const struct usher_json_node *name)
{
    const struct usher_json_node *value = name + 1;

    if (name->len > NAME_MAX_BYTES)
        return 0;
    return (value->kind == USHER_JSON_STRING && value->len > 0 &&
            value->len <= 2048) ||
           value->kind == USHER_JSON_INTEGER ||
           value->kind == USHER_JSON_TRUE || value->kind == USHER_JSON_FALSE;
}

/* Names in their order, each once: of equal names the last one counts. */
static size_t visitor_names(const struct body *body,
                            const struct usher_json_node **names)
{
    const struct usher_json_node *visitor = body->visitor;
    size_t count = 0, kept = 0;
    uint32_t at, end;

    if (!visitor)
        return 0;
    at = (uint32_t)(visitor - body->json->nodes) + 1;
    end = visitor->next;
    for (; at < end && count < VISITOR_MAX; at = body->json->nodes[at + 1].next)
        names[count++] = &body->json->nodes[at];
    qsort(names, count, sizeof(names[0]), member_compare);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && strcmp(names[i]->text, names[i + 1]->text) == 0)
            continue;
        if (is_kept(names[i]))
            names[kept++] = names[i];
    }
    return kept;
}

static void visitor_write(const struct body *body, struct usher_buffer *out)
{
    const struct usher_json_node *names[VISITOR_MAX];
    size_t count = visitor_names(body, names);

    usher_value_table(out, 0, count);
    for (size_t i = 0; i < count; i++) {
        const struct usher_json_node *value = names[i] + 1;

        usher_value_string(out, names[i]->text, names[i]->len);
        if (value->kind == USHER_JSON_STRING)
            usher_value_string(out, value->text, value->len);
        else if (value->kind == USHER_JSON_INTEGER)
            usher_value_integer(out, value->integer);
        else
            usher_value_boolean(out, value->kind == USHER_JSON_TRUE);
    }
}

/* answers may be an object or, as one page has it, a JSON text. */
static size_t answers_write(const struct body *body, struct usher_buffer *out)
{
    const struct usher_json_node *answers = get(body, body->inner, "answers");
    size_t blank;

    if (is(answers, USHER_JSON_OBJECT))
        return node_member(body, out, "answers", answers);
    if (!is(answers, USHER_JSON_STRING))
        return 0;
    blank = strspn(answers->text, " \t\r\n");
    if (answers->text[blank] != '{' && answers->text[blank] != '[')
        return 0;
    return json_member(out, "answers", answers->text, answers->len);
}

/* Zone: the visitor's if it is a known one, else the default. Region: the
 * visitor's country, else the default, else the zone's country. */
static void place_write(const struct body *body, struct usher_buffer *out,
                        const struct usher_turn_place *place)
{
    const struct usher_json_node *location =
        object_in(body, object_in(body, body->inner, "request"), "location");
    const char *zone = text_of(get(body, body->visitor, "time_zone"));
    const char *names[3] = {
        text_of(get(body, body->visitor, "country_code")),
        text_of(get(body, body->visitor, "country")),
        text_of(get(body, location, "country")),
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

/* The members in the order of their names: the encoding is canonical. Gives
 * their number. */
static size_t members_write(const struct body *body, struct usher_buffer *out,
                            const struct usher_turn_place *place)
{
    const struct usher_turn *turn = body->turn;
    const struct usher_json_node *attachments =
        get(body, body->inner, "attachments");
    const struct usher_json_node *cause = object_in(body, body->inner, "cause");
    const struct usher_json_node *meta =
        object_in(body, object_in(body, body->inner, "message"), "meta");
    const char *kind = usher_turn_kind_text(turn->kind);
    size_t pairs = answers_write(body, out);

    name_write(out, "at");
    usher_value_float(out, (double)turn->received_ms / 1000.0);
    if (is(attachments, USHER_JSON_ARRAY) &&
        attachments->next > attachments - body->json->nodes + 1)
        pairs += node_member(body, out, "attachments", attachments);
    if (cause)
        pairs += node_member(body, out, "cause", cause);
    text_member(out, "kind", kind, strlen(kind));
    if (meta)
        pairs += node_member(body, out, "meta", meta);
    if (turn->payload.len)
        pairs +=
            text_member(out, "payload", turn->payload.data, turn->payload.len);
    name_write(out, "place");
    place_write(body, out, place);
    if (turn->preview) {
        name_write(out, "preview");
        usher_value_boolean(out, 1);
        pairs++;
    }
    text_member(out, "text", turn->text.data ? turn->text.data : "",
                turn->text.len);
    name_write(out, "visitor");
    visitor_write(body, out);
    return pairs + 5; /* at, kind, place, text, visitor */
}

/* The table's count is known only at the end. It is below 128, so that one
 * byte has room for it: an empty table's is filled in. */
static void input_write(const struct body *body,
                        const struct usher_turn_place *place)
{
    struct usher_buffer *out = &body->turn->input;
    size_t pairs;

    out->max = INPUT_MAX;
    usher_buffer_reserve(out, 480); /* what most need */
    usher_value_table(out, 0, 0);
    pairs = members_write(body, out, place);
    if (!out->failed)
        out->data[2] = (char)pairs;
}

static void request_read(const struct body *body)
{
    struct usher_turn *turn = body->turn;
    char scratch[24];
    size_t len;
    const char *id =
        scalar(get(body, object_in(body, body->inner, "request"), "id"),
               scratch, &len);

    if (!id || len == 0 || len >= sizeof(turn->request_id) ||
        memchr(id, '\0', len))
        return;
    memcpy(turn->request_id, id, len);
    turn->request_id[len] = '\0';
}

/* Sets the body's parts; the turn's problem where it is no JSON object. */
static enum usher_status body_read(struct body *body, struct usher_json *json,
                                   size_t len)
{
    struct usher_turn *turn = body->turn;
    enum usher_status st = usher_json_read(json, body->bytes, len);

    if (st == USHER_ERR_NOMEM)
        return st;
    if (st != USHER_OK && len > 0)
        snprintf(turn->problem, sizeof(turn->problem),
                 "the body is not JSON: %s, at byte %zu", json->problem,
                 json->problem_at + 1);
    else if (st != USHER_OK)
        problem(turn, "the body is empty");
    else if (!is(json->nodes, USHER_JSON_OBJECT))
        problem(turn, "the body is not a JSON object");
    else
        body->root = json->nodes;
    body->inner = object_in(body, body->root, "entity");
    if (!body->inner)
        body->inner = body->root;
    body->visitor = object_in(body, body->inner, "visitor");
    return USHER_OK;
}

static void body_take(const struct body *body)
{
    if (!body->root) {
        body->turn->kind = USHER_TURN_UNREADABLE;
        return;
    }
    kind_read(body);
    if (!body->visitor)
        problem(body->turn, "visitor is missing or not an object");
    key_find(body);
    request_read(body);
    message_read(body);
}

enum usher_status usher_turn_parse(struct usher_turn *turn, const char *bytes,
                                   size_t len, int64_t received_ms,
                                   const struct usher_turn_place *place)
{
    struct body body = {.turn = turn, .json = place->json, .bytes = bytes};
    enum usher_status st;

    memset(turn, 0, sizeof(*turn));
    turn->received_ms = received_ms;
    st = body_read(&body, place->json, len);
    if (st != USHER_OK)
        return st;
    body_take(&body);
    input_write(&body, place);
    usher_json_rest(place->json);
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
