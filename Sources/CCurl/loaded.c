// libcurl, loaded when it is called for the first time.
//
// With the libraries that it brings (TLS, Kerberos, LDAP) it takes 5 MB, which a service that only receives does
// not need. These functions stand in for the library's own at link time. Where the library is not to be had,
// curl_global_init fails, and nothing else is called.

#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>

static void *library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    // The name is that of the interface's version, the same since 2006.
    library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
}

static void *symbol(const char *name) {
    pthread_once(&once, load);
    return library == NULL ? NULL : dlsym(library, name);
}

// A function of the library by its name, looked for until it is found.
#define FOUND(name) \
    static _Atomic(__typeof__(&name)) known; \
    __typeof__(&name) found = known; \
    if (found == NULL) known = found = (__typeof__(&name))symbol(#name);

// The library's header makes macros of these to check arguments.
#undef curl_easy_setopt
#undef curl_easy_getinfo

#define HIDDEN __attribute__((visibility("hidden")))

HIDDEN CURLcode curl_global_init(long flags) {
    FOUND(curl_global_init)
    return found == NULL ? CURLE_FAILED_INIT : found(flags);
}

HIDDEN CURL *curl_easy_init(void) {
    FOUND(curl_easy_init)
    return found == NULL ? NULL : found();
}

HIDDEN CURLcode curl_easy_perform(CURL *handle) {
    FOUND(curl_easy_perform)
    return found(handle);
}

HIDDEN void curl_easy_reset(CURL *handle) {
    FOUND(curl_easy_reset)
    found(handle);
}

HIDDEN void curl_easy_cleanup(CURL *handle) {
    FOUND(curl_easy_cleanup)
    found(handle);
}

HIDDEN const char *curl_easy_strerror(CURLcode code) {
    FOUND(curl_easy_strerror)
    return found == NULL ? "libcurl.so.4 cannot be loaded" : found(code);
}

HIDDEN struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text) {
    FOUND(curl_slist_append)
    return found == NULL ? NULL : found(list, text);
}

HIDDEN void curl_slist_free_all(struct curl_slist *list) {
    FOUND(curl_slist_free_all)
    if (found != NULL) found(list);
}

HIDDEN CURLU *curl_url(void) {
    FOUND(curl_url)
    return found == NULL ? NULL : found();
}

HIDDEN void curl_url_cleanup(CURLU *url) {
    FOUND(curl_url_cleanup)
    if (found != NULL) found(url);
}

HIDDEN CURLUcode curl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned int flags) {
    FOUND(curl_url_set)
    return found == NULL ? CURLUE_OUT_OF_MEMORY : found(url, part, text, flags);
}

#if LIBCURL_VERSION_NUM < 0x080000
#define READ_ONLY
#else
#define READ_ONLY const
#endif

HIDDEN CURLUcode curl_url_get(READ_ONLY CURLU *url, CURLUPart part, char **text, unsigned int flags) {
    FOUND(curl_url_get)
    return found == NULL ? CURLUE_OUT_OF_MEMORY : found(url, part, text, flags);
}

HIDDEN const char *curl_url_strerror(CURLUcode code) {
    FOUND(curl_url_strerror)
    return found == NULL ? "libcurl.so.4 cannot be loaded" : found(code);
}

HIDDEN void curl_free(void *memory) {
    FOUND(curl_free)
    if (found != NULL) found(memory);
}

static CURLcode (*setopt(void))(CURL *, CURLoption, ...) {
    FOUND(curl_easy_setopt)
    return found;
}

static CURLcode (*getinfo(void))(CURL *, CURLINFO, ...) {
    FOUND(curl_easy_getinfo)
    return found;
}

CURLcode spanmeter_curl_set_long(CURL *handle, CURLoption option, long value) {
    return setopt()(handle, option, value);
}

CURLcode spanmeter_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return setopt()(handle, option, value);
}

CURLcode spanmeter_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return setopt()(handle, option, value);
}

CURLcode spanmeter_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return setopt()(handle, option, value);
}

CURLcode spanmeter_curl_set_sink(CURL *handle, CURLoption option, spanmeter_curl_sink sink) {
    return setopt()(handle, option, sink);
}

CURLcode spanmeter_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return getinfo()(handle, info, value);
}
