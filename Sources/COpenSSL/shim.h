// OpenSSL 3: keys and certificates (Debian's libssl-dev). Macros and variadic functions that Swift cannot see are
// wrapped here, each named after what it wraps.
#pragma once
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// EVP_EC_gen: a new key on the curve P-256; NULL if it cannot.
static inline EVP_PKEY *COpenSSL_EC_gen_P256(void) {
    return EVP_EC_gen("P-256");
}

// OPENSSL_free, clearing the bytes first: what OpenSSL allocated for its caller.
static inline void COpenSSL_clear_free(void *bytes, long count) {
    OPENSSL_clear_free(bytes, count);
}

// X509V3_EXT_conf_nid and X509_add_ext: adds the extension `nid`, its value written as in x509v3_config(5).
// The subject key identifier comes from `certificate`, the authority key identifier from `issuer`. 0 if it cannot.
static inline int COpenSSL_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    int added = extension != NULL && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

// X509_NAME_print_ex with XN_FLAG_RFC2253: the name as RFC 2253 writes it. Negative if it cannot.
static inline int COpenSSL_print_name(BIO *out, const X509_NAME *name) {
    return X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253);
}

// X509_REQ_add_extensions with one extension `nid`, its value written as in x509v3_config(5). 0 if it cannot.
static inline int COpenSSL_add_request_extension(X509_REQ *request, int nid, const char *value) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    int added = extension != NULL && extensions != NULL && sk_X509_EXTENSION_push(extensions, extension) > 0;
    if (!added) X509_EXTENSION_free(extension);
    added = added && X509_REQ_add_extensions(request, extensions);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return added;
}

// sk_X509_pop_free: a list of certificates with a reference of its own to each.
static inline void COpenSSL_free_certificates(STACK_OF(X509) *certificates) {
    sk_X509_pop_free(certificates, X509_free);
}

// SSL_set_tlsext_host_name: the name that the client asks for. 0 if it cannot.
static inline int COpenSSL_set_server_name(SSL *stream, const char *name) {
    return (int)SSL_set_tlsext_host_name(stream, name);
}
