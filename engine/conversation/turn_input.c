/* engine/conversation/turn_input.c - what flows see of a turn, as plain data:
 * the message, the visitor, the place. */
#include <stdlib.h>
#include <string.h>

#include "conversation/turn_body.h"
#include "script/value.h"

/* What a turn may bring into a journal, an entry has room for it: text and
 * visitor have their bounds, which leave the first so much to the rest. */
#define MORE_MAX (64 * 1024)
#define INPUT_MAX (250 * 1024)

static void name_write(struct usher_buffer *out, const char *name)
{
    usher_value_string(out, name, strlen(name));
}

/* Appends name and value; both are cut off again where the value is too
 * large. */
static size_t node_member(struct usher_buffer *out, const char *name,
                          const struct usher_json *json,
                          const struct usher_json_node *node)
{
    size_t start = out->len;
    enum usher_status st;

    out->max = MORE_MAX;
    name_write(out, name);
    st = usher_value_from_node(out, json, node);
    out->max = INPUT_MAX;
    if (st == USHER_OK)
        return 1;
    out->len = start;
    out->failed = st == USHER_ERR_LIMIT ? USHER_OK : (int)st;
    return 0;
}

/* Likewise a value that is JSON in a string. */
static size_t text_json_member(struct usher_buffer *out, const char *name,
                               const struct usher_json_node *node)
{
    struct usher_json json;
    enum usher_status st;
    size_t count = 0;

    usher_json_init(&json);
    st = usher_json_read(&json, node->text, node->len);
    if (st == USHER_OK)
        count = node_member(out, name, &json, json.nodes);
    else if (st == USHER_ERR_NOMEM)
        out->failed = (int)st;
    usher_json_free(&json);
    return count;
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
           value->kind == USHER_JSON_REAL || value->kind == USHER_JSON_TRUE ||
           value->kind == USHER_JSON_FALSE;
}

/* Names in their order, each once: of equal names the last one counts. */
static size_t visitor_names(const struct turn_body *body,
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

static void visitor_write(const struct turn_body *body,
                          struct usher_buffer *out)
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
        else if (value->kind == USHER_JSON_REAL)
            usher_value_float(out, usher_json_real(body->json, value));
        else
            usher_value_boolean(out, value->kind == USHER_JSON_TRUE);
    }
}

/* answers may be an object or, as one page has it, a JSON text. */
static size_t answers_write(const struct turn_body *body,
                            struct usher_buffer *out)
{
    const struct usher_json_node *answers =
        body_get(body, body->inner, "answers");
    size_t blank;

    if (node_is(answers, USHER_JSON_OBJECT))
        return node_member(out, "answers", body->json, answers);
    if (!node_is(answers, USHER_JSON_STRING))
        return 0;
    blank = strspn(answers->text, " \t\r\n");
    if (answers->text[blank] != '{' && answers->text[blank] != '[')
        return 0;
    return text_json_member(out, "answers", answers);
}

/* Zone: the visitor's if it is a known one, else the default. Region: the
 * visitor's country, else the default, else the zone's country. */
static void place_write(const struct turn_body *body, struct usher_buffer *out,
                        const struct usher_turn_place *place)
{
    const struct usher_json_node *location = body_object(
        body, body_object(body, body->inner, "request"), "location");
    const char *zone = node_text(body_get(body, body->visitor, "time_zone"));
    const char *names[3] = {
        node_text(body_get(body, body->visitor, "country_code")),
        node_text(body_get(body, body->visitor, "country")),
        node_text(body_get(body, location, "country")),
    };
    const struct usher_zone *known = NULL;
    const char *region = NULL;

    if (zone && zone[0])
        known = usher_zones_find(place->zones, zone, strlen(zone));
    if (zone && zone[0] && !known && place->zone_unknown)
        place->zone_unknown(place->user, zone);
    zone = known ? usher_zone_name(known) : place->zone;
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

/* The conversation may know better: usher_turn_set_forwarded(). */
static size_t forwarded_write(const struct turn_body *body,
                              struct usher_buffer *out)
{
    const struct usher_json_node *failed =
        body_object(body, body->inner, "failed_response");
    const char *action = node_text(body_get(body, failed, "action"));

    if (body->turn->kind != USHER_TURN_FAILURE)
        return 0;
    name_write(out, "forwarded");
    body->turn->forwarded_at = out->len;
    usher_value_boolean(out, action && strcmp(action, "forward") == 0);
    return 1;
}

void usher_turn_set_forwarded(struct usher_turn *turn, int forwarded)
{
    struct usher_buffer value;

    if (!turn->forwarded_at)
        return;
    usher_buffer_init(&value, 0);
    usher_value_boolean(&value, forwarded);
    if (!value.failed)
        turn->input.data[turn->forwarded_at] = value.data[0];
    usher_buffer_free(&value);
}

/* The members in the order of their names: the encoding is canonical. Gives
 * their number. */
static size_t members_write(const struct turn_body *body,
                            struct usher_buffer *out,
                            const struct usher_turn_place *place)
{
    const struct usher_turn *turn = body->turn;
    const struct usher_json_node *attachments =
        body_get(body, body->inner, "attachments");
    const struct usher_json_node *cause = body_get(body, body->inner, "cause");
    const struct usher_json_node *meta =
        body_object(body, body_object(body, body->inner, "message"), "meta");
    const char *kind = usher_turn_kind_text(turn->kind);
    size_t pairs = answers_write(body, out);

    name_write(out, "at");
    usher_value_float(out, (double)turn->received_ms / 1000.0);
    if (node_is(attachments, USHER_JSON_ARRAY) &&
        attachments->next > attachments - body->json->nodes + 1)
        pairs += node_member(out, "attachments", body->json, attachments);
    if (node_is(cause, USHER_JSON_OBJECT) || node_is(cause, USHER_JSON_STRING))
        pairs += node_member(out, "cause", body->json, cause);
    if (turn->files.len) {
        name_write(out, "files");
        usher_buffer_append(out, turn->files.data, turn->files.len);
        pairs++;
    }
    pairs += forwarded_write(body, out);
    text_member(out, "kind", kind, strlen(kind));
    if (meta)
        pairs += node_member(out, "meta", body->json, meta);
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
void turn_input_write(const struct turn_body *body,
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
