// libcurl: HTTPS (Debian's libcurl4-openssl-dev). curl_easy_setopt and curl_easy_getinfo are variadic, and checked by
// macros, neither of which Swift can see: a wrapper for each kind of value. The bytes of a blob are copied.
#pragma once
#include <curl/curl.h>

static inline CURLcode CCurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode CCurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode CCurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode CCurl_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

// CURLOPT_COPYPOSTFIELDS, whose length must be told first.
static inline CURLcode CCurl_set_body(CURL *handle, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes);
}

typedef size_t (*CCurl_receiver)(char *bytes, size_t size, size_t count, void *context);

// CURLOPT_HEADERFUNCTION and CURLOPT_WRITEFUNCTION, with one context for both.
static inline void CCurl_set_receivers(CURL *handle, CCurl_receiver header, CCurl_receiver body, void *context) {
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

// CURLOPT_ERRORBUFFER: CURL_ERROR_SIZE bytes that outlive the call.
static inline void CCurl_set_error_buffer(CURL *handle, char *buffer) {
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

// CURL_SSLVERSION_TLSv1_2: the least that is spoken.
static const long CCurl_TLSv1_2 = CURL_SSLVERSION_TLSv1_2;

// Of the multi interface (libcurl-multi(3)): curl_multi_setopt is variadic too.
static inline CURLMcode CCurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// CURLOPT_PRIVATE and CURLINFO_PRIVATE: whose transfer a handle is, as a number.
static inline void CCurl_set_number(CURL *handle, long number) {
    curl_easy_setopt(handle, CURLOPT_PRIVATE, (char *)number);
}
static inline long CCurl_number(CURL *handle) {
    char *number = NULL;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &number);
    return (long)number;
}

// curl_multi_info_read: the next handle that is done, and how; NULL if none is.
static inline CURL *CCurl_next_done(CURLM *multi, CURLcode *code) {
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE) continue;
        *code = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

// CURLINFO_RESPONSE_CODE
static inline long CCurl_status(CURL *handle) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}
