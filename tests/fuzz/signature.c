/* tests/fuzz/signature.c - the public keys of SALESIQ_PUBLIC_KEY, the headers
 * of a call. Parts: keys, x-siqsignature, body, two secrets. */
#include "net/signature.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static const char signed_body[] = "{\"handler\":\"message\"}";

static struct usher_keys *keys;
static char signature[1024]; /* of signed_body */

/* The key is another one in every process: nobody can guess what fits. */
static void key_make(void)
{
    EVP_PKEY *key = EVP_RSA_gen(1024);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char raw[256], *der = NULL;
    size_t len = sizeof(raw);
    char text[1024];
    int der_len;

    FUZZ_CHECK(key && context);
    der_len = i2d_PUBKEY(key, &der);
    FUZZ_CHECK(der_len > 0 && der_len < 512);
    EVP_EncodeBlock((unsigned char *)text, der, der_len);
    OPENSSL_free(der);
    FUZZ_CHECK(usher_keys_parse(text, &keys, NULL) == USHER_OK);
    FUZZ_CHECK(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1);
    FUZZ_CHECK(EVP_DigestSign(context, raw, &len,
                              (const unsigned char *)signed_body,
                              sizeof(signed_body) - 1) == 1);
    EVP_EncodeBlock((unsigned char *)signature, raw, (int)len);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
}

/* The true signature with one character made another fits no more. */
static void check_changed(unsigned place, char c)
{
    char text[sizeof(signature)];

    memcpy(text, signature, sizeof(text));
    place %= (unsigned)strlen(text);
    FUZZ_CHECK(
        usher_keys_verify(keys, text, signed_body, sizeof(signed_body) - 1));
    if (!c || text[place] == c)
        return;
    text[place] = c;
    FUZZ_CHECK(
        !usher_keys_verify(keys, text, signed_body, sizeof(signed_body) - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};
    struct usher_keys *parsed;
    struct usher_error error = {""};
    size_t len, body_len;
    char *text, *header, *body, *secret, *given;

    if (!keys)
        key_make();
    text = fuzz_next(&input, &len);
    header = fuzz_next(&input, &len);
    body = fuzz_next(&input, &body_len);
    secret = fuzz_next(&input, &len);
    given = fuzz_next(&input, &len);
    if (usher_keys_parse(text, &parsed, &error) == USHER_OK)
        (void)usher_keys_verify(parsed, header, body, body_len);
    else
        FUZZ_CHECK(!parsed && error.text[0]);
    FUZZ_CHECK(!usher_keys_verify(keys, header, body, body_len));
    check_changed((unsigned char)given[0], secret[0]);
    FUZZ_CHECK(usher_secret_equal(secret, given) ==
               (secret[0] && strcmp(secret, given) == 0));
    usher_keys_free(parsed);
    free(text);
    free(header);
    free(body);
    free(secret);
    free(given);
    return 0;
}
