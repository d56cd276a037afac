/* engine/core/place.c - reads tzdata's tables of countries and zones. */
#include "core/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/zone.h"

struct row {
    char code[3];
    char name[64];
};

struct table {
    struct row *rows;
    size_t count;
};

struct usher_places {
    struct table countries; /* code, English name */
    struct table zones;     /* code, zone */
};

/* Names that people and SalesIQ use and the table spells otherwise. */
static const struct row also[] = {
    {"US", "United States of America"},
    {"US", "USA"},
    {"GB", "United Kingdom"},
    {"GB", "UK"},
    {"GB", "Great Britain"},
    {"KR", "South Korea"},
    {"RU", "Russian Federation"},
    {"VN", "Viet Nam"},
    {"CZ", "Czechia"},
    {"AE", "UAE"},
};

static enum usher_status add(struct table *table, const char *code,
                             const char *name)
{
    struct row *more;

    if ((table->count & (table->count - 1)) == 0) {
        size_t cap = table->count ? table->count * 2 : 1;

        more = realloc(table->rows, cap * sizeof(*more));
        if (!more)
            return USHER_ERR_NOMEM;
        table->rows = more;
    }
    more = &table->rows[table->count++];
    snprintf(more->code, sizeof(more->code), "%.2s", code);
    snprintf(more->name, sizeof(more->name), "%s", name);
    return USHER_OK;
}

/* Lines of columns between tabs; `column` counts from 0. */
static enum usher_status table_read(const char *folder, const char *file,
                                    int column, struct table *table)
{
    char path[512], line[512];
    enum usher_status st = USHER_OK;
    FILE *in;

    snprintf(path, sizeof(path), "%s/%s", folder, file);
    in = fopen(path, "re");
    if (!in)
        return USHER_OK;
    while (st == USHER_OK && fgets(line, sizeof(line), in)) {
        char *at = line;

        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '#' || strlen(line) < 4 || line[2] != '\t')
            continue;
        for (int i = 0; i < column && at; i++) {
            at = strchr(at, '\t');
            at = at ? at + 1 : NULL;
        }
        if (!at)
            continue;
        at[strcspn(at, "\t")] = '\0';
        st = add(table, line, at);
    }
    fclose(in);
    return st;
}

enum usher_status usher_places_load(const char *folder,
                                    struct usher_places **out)
{
    struct usher_places *places = calloc(1, sizeof(*places));
    enum usher_status st;

    *out = NULL;
    if (!places)
        return USHER_ERR_NOMEM;
    st = table_read(folder, "iso3166.tab", 1, &places->countries);
    if (st == USHER_OK)
        st = table_read(folder, "zone.tab", 2, &places->zones);
    for (size_t i = 0; st == USHER_OK && i < sizeof(also) / sizeof(also[0]);
         i++)
        st = add(&places->countries, also[i].code, also[i].name);
    if (st != USHER_OK) {
        usher_places_free(places);
        return st;
    }
    *out = places;
    return USHER_OK;
}

void usher_places_free(struct usher_places *places)
{
    if (!places)
        return;
    free(places->countries.rows);
    free(places->zones.rows);
    free(places);
}

const char *usher_places_country(const struct usher_places *places,
                                 const char *name)
{
    const struct table *table = places ? &places->countries : NULL;

    for (size_t i = 0; table && i < table->count; i++) {
        if (strcasecmp(table->rows[i].name, name) == 0 ||
            strcasecmp(table->rows[i].code, name) == 0)
            return table->rows[i].code;
    }
    return NULL;
}

static const char *zone_code(const struct table *table, const char *zone)
{
    for (size_t i = 0; zone && i < table->count; i++) {
        if (strcmp(table->rows[i].name, zone) == 0)
            return table->rows[i].code;
    }
    return NULL;
}

const char *usher_places_zone_country(const struct usher_places *places,
                                      const char *zone)
{
    const char *code;

    if (!places)
        return NULL;
    code = zone_code(&places->zones, usher_zone_successor(zone));
    /* An old table has the old name. */
    return code ? code : zone_code(&places->zones, zone);
}
