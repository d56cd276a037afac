/* engine/conversation/turn.c - reads a webhook body into a turn; what flows see
 * of it is written by turn_input.c. */
#include "conversation/turn_body.h"

#include <stdio.h>
#include <string.h>

const char *usher_turn_kind_text(enum usher_turn_kind kind)
{
    static const char *const names[] = {"message", "trigger", "context",
                                        "failure", "unreadable"};

    return names[kind];
}

static void problem(struct usher_turn *turn, const char *what)
{
    if (turn->problem[0])
        return;
    turn->problem_kind = what;
    snprintf(turn->problem, sizeof(turn->problem), "%s", what);
}

/* The bytes of a string or an integer, however large; NULL for anything else.
 * `scratch` holds an integer's digits. */
static const char *scalar(const struct turn_body *body,
                          const struct usher_json_node *node, char scratch[24],
                          size_t *len)
{
    *len = 0;
    if (!node)
        return NULL;
    if (node->kind == USHER_JSON_STRING) {
        *len = node->len;
        return node->text;
    }
    if (node->kind == USHER_JSON_INTEGER) {
        *len = (size_t)snprintf(scratch, 24, "%lld", (long long)node->integer);
        return scratch;
    }
    return usher_json_large_integer(body->json, node, len);
}

static int key_try(const struct turn_body *body, const char *source,
                   const struct usher_json_node *id)
{
    struct usher_turn *turn = body->turn;
    char scratch[24];
    size_t len;
    const char *text = scalar(body, id, scratch, &len);
    size_t source_len = strlen(source);

    if (!text || len == 0 || len > 128 || memchr(text, '\0', len))
        return 0;
    memcpy(turn->key, source, source_len);
    memcpy(turn->key + source_len, text, len);
    turn->key_len = source_len + len;
    return 1;
}

/* Where an id may stand, the surest place first: what names this conversation
 * goes before what names the visitor, who may have several. */
static void key_find(const struct turn_body *body)
{
    struct usher_turn *turn = body->turn;
    const struct usher_json_node *inner = body->inner, *visitor = body->visitor;
    const struct {
        const char *source;
        const struct usher_json_node *place; /* or NULL */
        const char *object;                  /* in it; NULL: itself */
        const char *name;
    } places[] = {
        {"siq:", visitor, NULL, "active_conversation_id"},
        {"chat:", inner, "chat", "id"},
        {"conversation:", inner, "conversation", "id"},
        {"session:", inner, NULL, "session_id"},
        {"body:", inner, NULL, "conversation_id"},
        {"body:", body->root, NULL, "conversation_id"}, /* beside an entity */
        {"request:", inner, "request", "conversation_id"},
        {"visitor:", visitor, NULL, "id"},
        {"visitor_id:", visitor, NULL, "visitor_id"},
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const struct usher_json_node *place = places[i].place;
        size_t source_len;

        if (places[i].object)
            place = body_object(body, place, places[i].object);
        if (!key_try(body, places[i].source,
                     body_get(body, place, places[i].name)))
            continue;
        source_len = strlen(places[i].source);
        turn->preview = turn->key_len > source_len + 11 &&
                        memcmp(turn->key + source_len, "botpreview_", 11) == 0;
        return;
    }
    problem(turn, "no usable conversation id");
}

static int take(const struct turn_body *body, struct usher_buffer *out,
                const struct usher_json_node *value)
{
    char scratch[24];
    size_t len;
    const char *text = scalar(body, value, scratch, &len);

    if (!text)
        return 0;
    usher_buffer_append(out, text, body_cut(text, len, USHER_TEXT_MAX));
    return 1;
}

static int is_something(const struct usher_json_node *value)
{
    return value && value->kind != USHER_JSON_NULL;
}

/* message: an object with text or value, or a bare string. */
static void message_read(const struct turn_body *body)
{
    static const char *const payloads[] = {"payload", "action_value", "value"};
    struct usher_turn *turn = body->turn;
    const struct usher_json_node *message =
        body_get(body, body->inner, "message");

    if (node_is(message, USHER_JSON_OBJECT)) {
        const struct usher_json_node *inside = body_get(body, message, "text");

        if (!take(body, &turn->text, inside)) {
            if (is_something(inside))
                problem(turn, "message.text is not a string");
            take(body, &turn->text, body_get(body, message, "value"));
        }
        for (size_t i = 0; i < 2 && !turn->payload.len; i++)
            take(body, &turn->payload, body_get(body, message, payloads[i]));
    } else if (!take(body, &turn->text, message) && is_something(message)) {
        problem(turn, "message is neither an object nor a string");
    }
    for (size_t i = 0; i < 2 && !turn->payload.len; i++) {
        const struct usher_json_node *value =
            body_get(body, body->inner, payloads[i]);

        if (node_is(value, USHER_JSON_OBJECT))
            value = body_get(body, value, "value");
        take(body, &turn->payload, value);
    }
}

static void kind_read(const struct turn_body *body)
{
    struct usher_turn *turn = body->turn;
    const struct usher_json_node *handler =
        body_get(body, body->root, "handler");
    const char *name = node_text(handler);

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

static void request_read(const struct turn_body *body)
{
    struct usher_turn *turn = body->turn;
    char scratch[24];
    size_t len;
    const char *id =
        scalar(body,
               body_get(body, body_object(body, body->inner, "request"), "id"),
               scratch, &len);

    if (!id || len == 0 || len >= sizeof(turn->request_id) ||
        memchr(id, '\0', len))
        return;
    memcpy(turn->request_id, id, len);
    turn->request_id[len] = '\0';
}

/* Sets the body's parts; the turn's problem where it is no JSON object. */
static enum usher_status body_read(struct turn_body *body,
                                   struct usher_json *json, const char *bytes,
                                   size_t len)
{
    struct usher_turn *turn = body->turn;
    enum usher_status st = usher_json_read(json, bytes, len);

    if (st == USHER_ERR_NOMEM)
        return st;
    if (st != USHER_OK && len > 0) {
        problem(turn, "the body is not JSON");
        snprintf(turn->problem, sizeof(turn->problem), "%s: %s, at byte %zu",
                 turn->problem_kind, json->problem, json->problem_at + 1);
    } else if (st != USHER_OK)
        problem(turn, "the body is empty");
    else if (!node_is(json->nodes, USHER_JSON_OBJECT))
        problem(turn, "the body is not a JSON object");
    else
        body->root = json->nodes;
    body->inner = body_object(body, body->root, "entity");
    if (!body->inner)
        body->inner = body->root;
    body->visitor = body_object(body, body->inner, "visitor");
    return USHER_OK;
}

static void body_take(const struct turn_body *body)
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
    turn_files_read(body);
}

enum usher_status usher_turn_parse(struct usher_turn *turn, const char *bytes,
                                   size_t len, int64_t received_ms,
                                   const struct usher_turn_place *place)
{
    struct turn_body body = {.turn = turn, .json = place->json};
    enum usher_status st;

    memset(turn, 0, sizeof(*turn));
    turn->received_ms = received_ms;
    st = body_read(&body, place->json, bytes, len);
    if (st != USHER_OK)
        return st;
    body_take(&body);
    turn_input_write(&body, place);
    usher_json_rest(place->json);
    turn->fingerprint = hash(1469598103934665603ULL + turn->kind,
                             turn->text.data, turn->text.len);
    turn->fingerprint =
        hash(turn->fingerprint, turn->payload.data, turn->payload.len);
    if (turn->files.len)
        turn->fingerprint =
            hash(turn->fingerprint, turn->files.data, turn->files.len);
    if (turn->request_id[0])
        turn->delivery =
            hash(turn->fingerprint, turn->request_id, strlen(turn->request_id));
    if (turn->input.failed || turn->text.failed || turn->payload.failed ||
        turn->files.failed || turn->files_shown.failed) {
        usher_turn_clear(turn);
        return USHER_ERR_NOMEM;
    }
    return USHER_OK;
}

void usher_turn_clear(struct usher_turn *turn)
{
    usher_buffer_free(&turn->text);
    usher_buffer_free(&turn->payload);
    usher_buffer_free(&turn->files);
    usher_buffer_free(&turn->files_shown);
    usher_buffer_free(&turn->input);
}
