/* tests/unit/signature_test.c - webhook signatures, with keys made here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail_alloc.h"
#include "net/base64.h"
#include "net/signature.h"

static const char body[] = "{\"message\":{\"text\":\"h\xc3\xa4llo\"}}";

struct pair {
    EVP_PKEY *key;
    char *bare; /* SPKI in Base64, one line */
};

struct world {
    struct pair first, second, third;
};

static struct world *world;

static char *encode(const unsigned char *data, size_t len)
{
    char *text = malloc((len + 2) / 3 * 4 + 1);

    assert_non_null(text);
    EVP_EncodeBlock((unsigned char *)text, data, (int)len);
    return text;
}

static char *public_of(EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key, &der);
    char *text;

    assert_true(len > 0);
    text = encode(der, (size_t)len);
    OPENSSL_free(der);
    return text;
}

static void pair_make(struct pair *pair, unsigned bits)
{
    pair->key = EVP_RSA_gen(bits);
    assert_non_null(pair->key);
    pair->bare = public_of(pair->key);
}

static char *sign(EVP_PKEY *key, const EVP_MD *hash, const char *text)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char raw[1024];
    size_t len = sizeof(raw);

    assert_int_equal(EVP_DigestSignInit(context, NULL, hash, NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, raw, &len,
                                    (const unsigned char *)text, strlen(text)),
                     1);
    EVP_MD_CTX_free(context);
    return encode(raw, len);
}

static int group_make(void **state)
{
    (void)state;
    world = calloc(1, sizeof(*world));
    assert_non_null(world);
    pair_make(&world->first, 2048);
    pair_make(&world->second, 1024);
    pair_make(&world->third, 1024);
    return 0;
}

static void pair_drop(struct pair *pair)
{
    EVP_PKEY_free(pair->key);
    free(pair->bare);
}

static int group_drop(void **state)
{
    (void)state;
    pair_drop(&world->first);
    pair_drop(&world->second);
    pair_drop(&world->third);
    free(world);
    return 0;
}

static struct usher_keys *parse(const char *text)
{
    struct usher_keys *keys;
    struct usher_error error = {""};

    if (usher_keys_parse(text, &keys, &error) != USHER_OK)
        fail_msg("%s", error.text);
    assert_non_null(keys);
    return keys;
}

static char *join(const char *a, const char *b, const char *c)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    char *text = malloc(size);

    assert_non_null(text);
    snprintf(text, size, "%s%s%s", a, b, c);
    return text;
}

/* PEM with lines of 64, broken by `eol`. */
static char *pem(const char *bare, const char *eol)
{
    size_t len = strlen(bare), at;
    char *text = malloc(2 * len + 200), *end = text;

    assert_non_null(text);
    end += sprintf(end, "-----BEGIN PUBLIC KEY-----%s", eol);
    for (at = 0; at < len; at += 64)
        end += sprintf(end, "%.64s%s", bare + at, eol);
    sprintf(end, "-----END PUBLIC KEY-----%s", eol);
    return text;
}

static int verify(const struct usher_keys *keys, const char *signature,
                  const char *text)
{
    return usher_keys_verify(keys, signature, text, strlen(text));
}

/* Parses the text (which it frees) and checks whose signatures it accepts. */
static void check_accepts(char *text, int first, int second)
{
    struct usher_keys *keys = parse(text);
    char *by_first = sign(world->first.key, EVP_sha256(), body);
    char *by_second = sign(world->second.key, EVP_sha256(), body);

    assert_int_equal(verify(keys, by_first, body), first);
    assert_int_equal(verify(keys, by_second, body), second);
    usher_keys_free(keys);
    free(by_first);
    free(by_second);
    free(text);
}

static void keys_come_in_all_the_forms_people_paste(void **state)
{
    const char *one = world->first.bare, *two = world->second.bare;
    char *lines = pem(one, "\n"), *windows = pem(one, "\r\n");
    char *escaped = pem(one, "\\n"), *other = pem(two, "\n");

    (void)state;
    check_accepts(strdup(one), 1, 0);
    check_accepts(join(" ", one, "\n"), 1, 0);
    check_accepts(join(one, ",", two), 1, 1);
    check_accepts(join(one, " , ", other), 1, 1);
    check_accepts(join(lines, "", other), 1, 1);
    check_accepts(join(one, "\n", other), 1, 1);
    check_accepts(join(one, "", other), 1, 1);
    check_accepts(join(escaped, ",", two), 1, 1);
    check_accepts(join(two, "", ""), 0, 1);
    check_accepts(lines, 1, 0);
    check_accepts(windows, 1, 0);
    check_accepts(escaped, 1, 0);
    free(other);
}

static void no_key_is_no_error(void **state)
{
    struct usher_keys *keys;

    (void)state;
    assert_int_equal(usher_keys_parse(NULL, &keys, NULL), USHER_OK);
    assert_null(keys);
    assert_int_equal(usher_keys_parse("", &keys, NULL), USHER_OK);
    assert_null(keys);
    assert_int_equal(verify(NULL, "AAAA", body), 0);
    usher_keys_free(NULL);
}

/* Frees the text. */
static void check_refused(char *text, enum usher_status status,
                          const char *message)
{
    struct usher_keys *keys;
    struct usher_error error = {""};

    assert_int_equal(usher_keys_parse(text, &keys, &error), status);
    assert_null(keys);
    if (strstr(error.text, message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.text, message);
    free(text);
}

static void what_is_no_key_is_refused_with_its_number(void **state)
{
    const char *one = world->first.bare;
    EVP_PKEY *small = EVP_RSA_gen(512), *curve = EVP_EC_gen("P-256");
    char *cut = strdup(one), *two = join(one, ",", world->second.bare);
    char *unended = pem(one, "\n");

    (void)state;
    strstr(unended, "-----END")[0] = '\0';
    cut[strlen(cut) - 4] = '\0';
    check_refused(strdup("no key"), USHER_ERR_PARSE, "public key 1");
    check_refused(strdup(" , \n"), USHER_ERR_PARSE, "no public key");
    check_refused(cut, USHER_ERR_PARSE, "public key 1");
    check_refused(join(one, ",", "AAAA"), USHER_ERR_PARSE, "public key 2");
    check_refused(public_of(small), USHER_ERR_PARSE, "512 bits");
    check_refused(public_of(curve), USHER_ERR_PARSE, "no RSA key");
    check_refused(join(two, ",", world->third.bare), USHER_ERR_LIMIT,
                  "more than 2");
    check_refused(unended, USHER_ERR_PARSE,
                  "public key 1 has no line \"-----END PUBLIC KEY-----");
    check_refused(strdup("-----BEGIN"
                         " PRIVATE KEY-----\nAAAA\n"
                         "-----END PRIVATE KEY-----\n"),
                  USHER_ERR_PARSE, "never put a private key");
    free(two);
    EVP_PKEY_free(small);
    EVP_PKEY_free(curve);
}

/* An odd number of so many bits, which is enough of a key to be read. */
static char *key_of(int bits)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *n = BN_new(), *e = BN_new();
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;
    char *text;

    assert_true(BN_set_bit(n, bits - 1) && BN_set_bit(n, 0));
    assert_true(BN_set_word(e, 65537));
    assert_true(OSSL_PARAM_BLD_push_BN(build, "n", n));
    assert_true(OSSL_PARAM_BLD_push_BN(build, "e", e));
    params = OSSL_PARAM_BLD_to_param(build);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    text = public_of(key);
    EVP_PKEY_free(key);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_free(n);
    BN_free(e);
    EVP_PKEY_CTX_free(context);
    return text;
}

static void keys_have_1024_to_4096_bits(void **state)
{
    static const int good[] = {1024, 4096};

    (void)state;
    for (int i = 0; i < 2; i++) {
        char *text = key_of(good[i]);

        usher_keys_free(parse(text));
        free(text);
    }
    check_refused(key_of(1016), USHER_ERR_PARSE, "1016 bits: 1024 to 4096");
    check_refused(key_of(4104), USHER_ERR_PARSE, "4104 bits: 1024 to 4096");
}

/* Of 4096 bits; making one takes seconds, so this one was made before. */
static const char large_key[] =
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEA7/38gpC/qL3hcaNNem9R"
    "gBXWJfrMKJBBpDMzXrgkY77cCUacklXznJQjxQKtpPBn6rHO+c4zw3dBu9pEv/Zm"
    "cRFGLCoRudfBeUdXhCXFKNq0+qm73vd1D+9ro+ghsioDZ5V9u98HxhH1/0Z23jGi"
    "qxm+lBlEgwYVHmHeOgbXgmuOgAKdCx4NwIg/jSyljCVkqSm/f4lmwfWWUMIKM8D+"
    "YvnLZdTxd9uQV5mWcKBHLO299F5amDqUY5Z3Ua7oUxb9/6jKyoS56Ki5OYsMQuMo"
    "TNwylYxNNwRcvZcQew3ifbsVtZPB2HtRaaof/dgPf4wRJ4dFnZzjy3F+ukSa2uVo"
    "qavG0aNxHmbDgavG5Oa09/YQXmoIV2Mb46s0Gmluw/qzBXGtMzLW6AUM1LxsCSdB"
    "Mvq/Xm1r8npPE9HUqcQg0ry4o6sqgn2bL0V2tGgHfEKRectbWa2azNoK0r2I26Ra"
    "NyIRHOhar0BOyp2BLuA7HFzL7kzzs+sp7os9/dhJzmxDm305mqfMkG+5D7zEeyoX"
    "g67ow+0oOn8XtkJucoPTDvRkYsS0XnjXSHPUXgCKPEkh7K+n0WFw9xI3MLXOekOr"
    "+JMxFLVz/um3gSCDNwedcOTy1zC/HY4O+/P/V/1TlEY7rSqr/lFDU7IuzWQ29kVl"
    "ku8E3sH7ELgQRK4QLnsEx2kCAwEAAQ==";
static const char large_signature[] =
    "HCB/gbb5ZE59flyCf7jFDjbsesM/v9eMB/MvU6qx91mOe9YI4J467u7FNp6aMlRV"
    "E+yMXAdk8Fp8aTZ9ZxBQUX7U3OmjnMEFAOGFRHcX6r5ndUxkP3G73xAJGvJzh+jg"
    "BehOmEdQaqedQVRWUj1ccQfXc933vXSfZrSY3MoO00phvsR5inLopQdZDXKxUsnp"
    "xVRQjomKgZjtRTilKBO2WllmpIoG8kVqxKWwylq0Wsr5k9gkBH3SAJdlHYloJHni"
    "hFFy/KsTnGFvw3G0aKXcp/0AaBrXRPM7KRNoNdX5mTVqcBnYEJvRgRt1ar/EsOAH"
    "O71gzrwWUs2fWXR4yDZ1DWDAvNtFz5KOrJ4xEhe+QpBgU7IReVYBZ0X7bt5VYcFq"
    "zaew9FWzyt3smdVRtr+fIuOe5P1YuaUNfrdD6/LECp5WRz3Q5fHbPZ/Q8w9Ni7oI"
    "dcUAYCCVrfqICWISKYlouEdIMvBaOZIoEUOArBmQSQTh5x/Hv1F//LH8fNE9t6Mf"
    "BLJFFogr+tIDvnNy1DDwuWKPLd+xJ0vXm6GNliqUXq6lOlCfdR9yNsUa+IzfAw4l"
    "czXiADhEqRBnSDS+/QTUPQUui6amyGrEEYNI4W1nQigH4cytZtn9ii3A6O1CiUVy"
    "16RHNqPjzm8KuFNV1KWjneo4MN9v1N1C4lKyTvXniUA=";

static void the_largest_keys_signatures_have_room(void **state)
{
    struct usher_keys *keys = parse(large_key);

    (void)state;
    assert_int_equal(verify(keys, large_signature, "large"), 1);
    assert_int_equal(verify(keys, large_signature, "Large"), 0);
    usher_keys_free(keys);
}

/* What a shell or an editor makes of a key's line breaks. */
static void bytes_behind_a_key_are_no_part_of_one(void **state)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(world->first.key, &der);
    unsigned char *more = malloc((size_t)len + 3);

    (void)state;
    assert_non_null(more);
    memcpy(more, der, (size_t)len);
    memcpy(more + len, "abc", 3);
    check_refused(encode(more, (size_t)len + 3), USHER_ERR_PARSE,
                  "public key 1 is no RSA key");
    check_accepts(pem(world->first.bare, "\\r\\n"), 1, 0);
    check_refused(join(world->first.bare, "\\t", ""), USHER_ERR_PARSE,
                  "public key 1");
    free(more);
    OPENSSL_free(der);
}

/* Each of two keys alone opens, no third one does, and a broken first
 * signature does not spoil the check of the second key. */
static void any_of_two_keys_is_enough_and_no_third(void **state)
{
    char *both = join(world->second.bare, ",", world->first.bare);
    struct usher_keys *keys = parse(both);
    struct pair *pairs[] = {&world->first, &world->second, &world->third};

    (void)state;
    for (int i = 0; i < 3; i++) {
        char *by = sign(pairs[i]->key, EVP_sha256(), body);

        assert_int_equal(verify(keys, by, body), i < 2);
        assert_int_equal(verify(keys, by, "another body"), 0);
        free(by);
    }
    usher_keys_free(keys);
    free(both);
}

static void a_signature_fits_only_its_own_body(void **state)
{
    struct usher_keys *keys = parse(world->first.bare);
    char *good = sign(world->first.key, EVP_sha256(), body);
    char *sha1 = sign(world->first.key, EVP_sha1(), body);
    char *empty = sign(world->first.key, EVP_sha256(), "");
    char *flipped = strdup(body);

    (void)state;
    flipped[3] = (char)(flipped[3] ^ 1);
    assert_int_equal(verify(keys, good, body), 1);
    assert_int_equal(verify(keys, good, flipped), 0);
    assert_int_equal(verify(keys, good, "{\"message\": {\"text\":\"x\"}}"), 0);
    assert_int_equal(verify(keys, sha1, body), 0);
    assert_int_equal(verify(keys, empty, ""), 1);
    assert_int_equal(verify(keys, NULL, body), 0);
    assert_int_equal(verify(keys, "", body), 0);
    assert_int_equal(verify(keys, "AAAA", body), 0);
    usher_keys_free(keys);
    free(good);
    free(sha1);
    free(empty);
    free(flipped);
}

static void a_signature_has_one_spelling(void **state)
{
    struct usher_keys *keys = parse(world->first.bare);
    char *good = sign(world->first.key, EVP_sha256(), body);
    char *tail = join(good, "\n", ""), *twice = join(good, good, "");
    char *huge = malloc(100001), *broken = strdup(good), *url = strdup(good);
    size_t at = strcspn(url, "+/");

    (void)state;
    assert_non_null(huge);
    memset(huge, 'A', 100000);
    huge[100000] = '\0';
    broken[64] = '\n';
    if (url[at] != '\0')
        url[at] = url[at] == '+' ? '-' : '_';
    else
        url[0] = '-';
    assert_int_equal(verify(keys, tail, body), 0);
    assert_int_equal(verify(keys, twice, body), 0);
    assert_int_equal(verify(keys, huge, body), 0);
    assert_int_equal(verify(keys, broken, body), 0);
    assert_int_equal(verify(keys, url, body), 0);
    good[strlen(good) - 1] = '\0';
    assert_int_equal(verify(keys, good, body), 0);
    usher_keys_free(keys);
    free(good);
    free(tail);
    free(twice);
    free(huge);
    free(broken);
    free(url);
}

static void blanks_around_a_header_are_no_part_of_it(void **state)
{
    struct usher_keys *keys = parse(world->first.bare);
    char *good = sign(world->first.key, EVP_sha256(), body);
    char *around = join(" \t", good, " \t ");

    (void)state;
    assert_int_equal(verify(keys, around, body), 1);
    assert_int_equal(verify(keys, " ", body), 0);
    assert_int_equal(usher_secret_equal("a bc", "a bc \t"), 1);
    assert_int_equal(usher_secret_equal("a bc", "\t a bc"), 1);
    assert_int_equal(usher_secret_equal("a bc", "a  bc"), 0);
    assert_int_equal(usher_secret_equal("a bc", "a b c"), 0);
    assert_int_equal(usher_secret_equal("a bc", "a bc\n"), 0);
    assert_int_equal(usher_secret_equal("a bc", "  "), 0);
    usher_keys_free(keys);
    free(good);
    free(around);
}

static void base64_is_strict(void **state)
{
    static const struct {
        const char *text;
        long len;
    } cases[] = {
        {"", 0},         {"TWFu", 3},      {"TWE=", 2},  {"TQ==", 1},
        {"TWFuTQ==", 4}, {"T", -1},        {"TQ=", -1},  {"TR==", -1},
        {"TWF=", -1},    {"TQ==TWFu", -1}, {"TW=u", -1}, {"====", -1},
        {"TW u", -1},    {"TW-_", -1},     {"T===", -1},
    };
    unsigned char out[16];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(usher_base64_decode(cases[i].text,
                                             strlen(cases[i].text), out),
                         cases[i].len);
    assert_int_equal(usher_base64_decode("TWFu", 4, out), 3);
    assert_memory_equal(out, "Man", 3);
}

static void secrets_are_equal_only_when_they_are(void **state)
{
    (void)state;
    assert_int_equal(usher_secret_equal("abc", "abc"), 1);
    assert_int_equal(usher_secret_equal("abc", "abd"), 0);
    assert_int_equal(usher_secret_equal("abc", "ab"), 0);
    assert_int_equal(usher_secret_equal("abc", "abcd"), 0);
    assert_int_equal(usher_secret_equal("abc", ""), 0);
    assert_int_equal(usher_secret_equal("", ""), 0);
    assert_int_equal(usher_secret_equal("", "a"), 0);
    assert_int_equal(usher_secret_equal(NULL, "abc"), 0);
    assert_int_equal(usher_secret_equal("abc", NULL), 0);
    assert_int_equal(usher_secret_equal(NULL, NULL), 0);
}

static void sha256_is_that_of_the_standard(void **state)
{
    char hex[65];

    (void)state;
    assert_true(usher_sha256_hex("abc", 3, hex));
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
                             "b00361a396177a9cb410ff61f20015ad");
    assert_true(usher_sha256_hex("", 0, hex));
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb924"
                             "27ae41e4649b934ca495991b7852b855");
}

static void no_memory_is_told(void **state)
{
    enum usher_status st = USHER_ERR_NOMEM;
    struct usher_keys *keys = NULL;
    unsigned long n;

    (void)state;
    for (n = 1; st != USHER_OK; n++) {
        assert_in_range(n, 1, 50);
        fail_alloc_at(n);
        st = usher_keys_parse(world->first.bare, &keys, NULL);
        if (!fail_alloc_off())
            assert_int_equal(st, USHER_OK);
        if (st != USHER_OK)
            assert_int_equal(st, USHER_ERR_NOMEM);
    }
    assert_true(n > 2);
    usher_keys_free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_in_all_the_forms_people_paste),
        cmocka_unit_test(no_key_is_no_error),
        cmocka_unit_test(what_is_no_key_is_refused_with_its_number),
        cmocka_unit_test(keys_have_1024_to_4096_bits),
        cmocka_unit_test(the_largest_keys_signatures_have_room),
        cmocka_unit_test(bytes_behind_a_key_are_no_part_of_one),
        cmocka_unit_test(any_of_two_keys_is_enough_and_no_third),
        cmocka_unit_test(a_signature_fits_only_its_own_body),
        cmocka_unit_test(a_signature_has_one_spelling),
        cmocka_unit_test(blanks_around_a_header_are_no_part_of_it),
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(secrets_are_equal_only_when_they_are),
        cmocka_unit_test(sha256_is_that_of_the_standard),
        cmocka_unit_test(no_memory_is_told),
    };

    return cmocka_run_group_tests_name("signature", tests, group_make,
                                       group_drop);
}
