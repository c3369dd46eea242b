#ifndef SPANMETER_CPROTOBUF_H
#define SPANMETER_CPROTOBUF_H
#include <protobuf-c/protobuf-c.h>

#include "exposition.pb-c.h"
#include "otlp_answers.pb-c.h"
#include "remote_write_1.pb-c.h"
#include "remote_write_2.pb-c.h"
#include "rpc_status.pb-c.h"
#endif
