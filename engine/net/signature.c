/* engine/net/signature.c - RSA signatures of webhook calls (libcrypto). */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "net/base64.h"
#include "net/signature.h"

enum {
    KEYS_MAX = 2,
    KEY_BITS_MIN = 1024,
    KEY_BITS_MAX = 4096,
    SIGNATURE_MAX = KEY_BITS_MAX / 8
};

struct usher_keys {
    EVP_PKEY *key[KEYS_MAX];
    size_t count;
};

/* Reading keys */

/* The text with literal "\n" as spaces, for .env holds a key in one line. */
static char *text_unescape(const char *text)
{
    char *copy = strdup(text), *at;

    for (at = copy; at != NULL && *at != '\0'; at++) {
        if (at[0] == '\\' && (at[1] == 'n' || at[1] == 'r')) {
            at[0] = ' ';
            at[1] = ' ';
        }
    }
    return copy;
}

/* From Base64 with white space anywhere, in place, to a key or NULL. */
static EVP_PKEY *key_decode(char *text, size_t len)
{
    unsigned char *der = (unsigned char *)text;
    const unsigned char *at = der;
    size_t kept = 0, i;
    EVP_PKEY *key;
    long size;

    for (i = 0; i < len; i++) {
        if (strchr(" \t\r\n", text[i]) == NULL)
            text[kept++] = text[i];
    }
    /* In place: three bytes are written when four have been read. */
    size = usher_base64_decode(text, kept, der);
    if (size <= 0)
        return NULL;
    key = d2i_PUBKEY(NULL, &at, size);
    if (key != NULL && at != der + size) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    ERR_clear_error();
    return key;
}

static enum usher_status keys_add(struct usher_keys *keys, char *text,
                                  size_t len, struct usher_error *error)
{
    size_t number = keys->count + 1;
    EVP_PKEY *key;
    int bits;

    if (keys->count == KEYS_MAX) {
        usher_error_set(error,
                        "more than %d public keys: two are enough for "
                        "a change of keys",
                        KEYS_MAX);
        return USHER_ERR_LIMIT;
    }
    key = key_decode(text, len);
    if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        usher_error_set(error,
                        "public key %zu is no RSA key in Base64 or PEM: "
                        "copy it again from the bot's webhook settings",
                        number);
        return USHER_ERR_PARSE;
    }
    bits = EVP_PKEY_get_bits(key);
    if (bits < KEY_BITS_MIN || bits > KEY_BITS_MAX) {
        EVP_PKEY_free(key);
        usher_error_set(error,
                        "public key %zu has %d bits: %d to %d are "
                        "accepted",
                        number, bits, KEY_BITS_MIN, KEY_BITS_MAX);
        return USHER_ERR_PARSE;
    }
    keys->key[keys->count++] = key;
    return USHER_OK;
}

static const char pem_begin[] = "-----BEGIN PUBLIC KEY-----";
static const char pem_end[] = "-----END PUBLIC KEY-----";

/* One key at *text, which moves behind it. */
static enum usher_status keys_next(struct usher_keys *keys, char **text,
                                   struct usher_error *error)
{
    char *start = *text, *end;
    size_t len;

    if (strncmp(start, pem_begin, sizeof(pem_begin) - 1) == 0) {
        start += sizeof(pem_begin) - 1;
        end = strstr(start, pem_end);
        if (end == NULL) {
            usher_error_set(error, "public key %zu has no line \"%s\"",
                            keys->count + 1, pem_end);
            return USHER_ERR_PARSE;
        }
        *text = end + sizeof(pem_end) - 1;
        return keys_add(keys, start, (size_t)(end - start), error);
    }
    if (strncmp(start, "-----BEGIN ", 11) == 0) {
        usher_error_set(error,
                        "key %zu is not a \"PUBLIC KEY\": never put a "
                        "private key here",
                        keys->count + 1);
        return USHER_ERR_PARSE;
    }
    len = strcspn(start, ",-");
    *text = start + len;
    return keys_add(keys, start, len, error);
}

static char *skip_between(char *text)
{
    return text + strspn(text, " \t\r\n,");
}

enum usher_status usher_keys_parse(const char *text, struct usher_keys **out,
                                   struct usher_error *error)
{
    struct usher_keys *keys = NULL;
    char *copy = NULL, *at;
    enum usher_status st = USHER_ERR_NOMEM;

    *out = NULL;
    if (text == NULL || text[0] == '\0')
        return USHER_OK;
    keys = calloc(1, sizeof(*keys));
    copy = text_unescape(text);
    if (keys == NULL || copy == NULL)
        goto done;
    st = USHER_OK;
    for (at = skip_between(copy); st == USHER_OK && *at != '\0';
         at = skip_between(at))
        st = keys_next(keys, &at, error);
    if (st == USHER_OK && keys->count == 0) {
        usher_error_set(error, "there is no public key in the text");
        st = USHER_ERR_PARSE;
    }
    if (st != USHER_OK)
        goto done;
    *out = keys;
    keys = NULL;
done:
    usher_keys_free(keys);
    free(copy);
    return st;
}

void usher_keys_free(struct usher_keys *keys)
{
    size_t i;

    if (keys == NULL)
        return;
    for (i = 0; i < keys->count; i++)
        EVP_PKEY_free(keys->key[i]);
    free(keys);
}

/* Checking */

static int key_verify(EVP_PKEY *key, const unsigned char *signature,
                      size_t signature_len, const void *body, size_t len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int good = 0;

    if (context == NULL)
        return 0;
    if (EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1)
        good =
            EVP_DigestVerify(context, signature, signature_len, body, len) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good;
}

/* Blanks around a header's value are no part of it. Gives the length of what
 * remains. */
static size_t trim(const char **text)
{
    size_t len;

    *text += strspn(*text, " \t");
    len = strlen(*text);
    while (len > 0 && strchr(" \t", (*text)[len - 1]))
        len--;
    return len;
}

int usher_keys_verify(const struct usher_keys *keys, const char *signature,
                      const void *body, size_t len)
{
    unsigned char raw[SIGNATURE_MAX + 3];
    size_t text_len, i;
    long size;

    if (keys == NULL || signature == NULL)
        return 0;
    text_len = trim(&signature);
    if (text_len == 0 || text_len / 4 * 3 > sizeof(raw))
        return 0;
    size = usher_base64_decode(signature, text_len, raw);
    if (size <= 0)
        return 0;
    for (i = 0; i < keys->count; i++) {
        if (key_verify(keys->key[i], raw, (size_t)size, body, len))
            return 1;
    }
    return 0;
}

/* Walks along `given`; the secret is read in step and never beyond its end,
 * without a branch on what it holds. */
int usher_secret_equal(const char *secret, const char *given)
{
    unsigned difference = 0;
    size_t len;

    if (secret == NULL || given == NULL || secret[0] == '\0')
        return 0;
    len = trim(&given);
    for (size_t i = 0; i < len; i++) {
        difference |= (unsigned char)(*secret ^ given[i]);
        secret += *secret != '\0';
    }
    difference |= (unsigned char)*secret;
    return difference == 0;
}

int usher_sha256_hex(const void *data, size_t len, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char hash[EVP_MAX_MD_SIZE] = {0};
    size_t i;

    if (!EVP_Digest(data, len, hash, NULL, EVP_sha256(), NULL))
        return 0;
    for (i = 0; i < 32; i++) {
        out[2 * i] = digits[hash[i] >> 4];
        out[2 * i + 1] = digits[hash[i] & 15];
    }
    out[64] = '\0';
    return 1;
}
