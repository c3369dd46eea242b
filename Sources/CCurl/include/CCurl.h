#ifndef SPANMETER_CCURL_H
#define SPANMETER_CCURL_H
#include <curl/curl.h>
#endif
