#ifndef SPANMETER_CPROTOBUF_H
#define SPANMETER_CPROTOBUF_H
#include <protobuf-c/protobuf-c.h>
#endif
