#ifndef SPANMETER_CCURL_H
#define SPANMETER_CCURL_H

#include <curl/curl.h>
#include <stddef.h>

/* Swift cannot call curl_easy_setopt and curl_easy_getinfo, which take variable arguments: one function per type. */

/* Called with each piece of a body or each header line; answers how many bytes it took, fewer to stop. */
typedef size_t (*spanmeter_curl_sink)(char *bytes, size_t size, size_t count, void *context);

CURLcode spanmeter_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode spanmeter_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value);

/* libcurl copies the text of every option that is set with this, but for CURLOPT_POSTFIELDS. */
CURLcode spanmeter_curl_set_text(CURL *handle, CURLoption option, const char *value);

/* The memory must stay until the transfer is over. */
CURLcode spanmeter_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode spanmeter_curl_set_sink(CURL *handle, CURLoption option, spanmeter_curl_sink sink);
CURLcode spanmeter_curl_get_long(CURL *handle, CURLINFO info, long *value);

#endif
